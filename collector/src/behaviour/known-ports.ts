// SPDX-License-Identifier: Apache-2.0
// Ports whose services look like peer-to-peer in flows, though they are not: the exceptions of Karagiannis,
// Broido, Faloutsos and claffy ("Transport layer identification of P2P traffic", IMC 2004, table 3 and
// section 4), and those of services that came since, QUIC and conferences before all.

export const KNOWN_PORTS = {
  mail: [25, 109, 110, 113, 143, 465, 587, 993, 995, 4190],
  dns: [53, 853, 5353, 5355],
  web: [80, 81, 443, 3128, 8000, 8008, 8080, 8081, 8443, 8888],
  chat: [194, 1863, 5190, 5222, 5223, 5228, 5269, 6660, 6667, 6697],
  streaming: [554, 1755, 1935, 5000, 5001, 6970, 7000, 7070, 7514],
  conference: [1719, 1720, 3478, 3479, 3480, 3481, 5060, 5061, 5349, 8801, 19302],
  games: [3074, 3659, 6112, 6500, 6868, 6899, 14567, 25565, 27005, 27015, 27016, 27960, 28960],
  files: [20, 21, 69, 111, 135, 137, 138, 139, 445, 548, 873, 2049],
  remote: [22, 23, 512, 513, 514, 3389, 5900, 5938],
  management: [67, 68, 88, 123, 161, 162, 389, 500, 546, 547, 623, 636, 1900, 3702],
  tunnel: [1194, 1701, 1723, 4500, 51820],
  data: [1433, 1521, 3306, 5432, 5672, 6379, 9042, 9092, 11211, 27017],
} as const;
export type KnownService = keyof typeof KNOWN_PORTS;

/** Every one of them, ascending. */
export const ALL_KNOWN_PORTS: readonly number[] = [
  ...new Set<number>(Object.values(KNOWN_PORTS).flat()),
].sort((a, b) => a - b);

const SERVICE_OF = new Map<number, KnownService>(
  Object.entries(KNOWN_PORTS).flatMap(([service, ports]) =>
    ports.map((port): [number, KnownService] => [port, service as KnownService]),
  ),
);

export function serviceOf(port: number): KnownService | undefined {
  return SERVICE_OF.get(port);
}

/** Ports below belong to services that somebody set up; programs of users take those above. */
export const FIRST_FREE_PORT = 1024;
