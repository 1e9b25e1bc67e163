// SPDX-License-Identifier: Apache-2.0
// Which service a port or an IP protocol is usually for, out of the signatures: what the collector names
// by port has the names that the probe gives by payload.
import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';

interface Signature {
  readonly name?: string;
  readonly category?: string;
  /** tcp/443 */
  readonly ports?: readonly string[];
  readonly ipProtocol?: number;
}

interface Service {
  readonly name: string;
  readonly category: string;
  readonly protocol: number;
  readonly port: number;
}

const PROTOCOLS: Readonly<Record<string, number>> = { tcp: 6, udp: 17 };

/** TLS around what has a signature only without it; sure by IANA's registry. */
const BESIDE_SIGNATURES: readonly Signature[] = [
  {
    name: 'TLS',
    category: 'security',
    ports: ['tcp/465', 'tcp/636', 'tcp/853', 'tcp/993', 'tcp/995'],
  },
];

function servicesOf({ name = '', category = '', ports = [], ipProtocol }: Signature): Service[] {
  const byPort = ports.map((text) => {
    const [transport = '', port = ''] = text.split('/');
    return { name, category, protocol: PROTOCOLS[transport] as number, port: Number(port) };
  });
  return ipProtocol === undefined
    ? byPort
    : [...byPort, { name, category, protocol: ipProtocol, port: 0 }];
}

/** @throws Error when two signatures have the same port */
export function readServices(signatures: URL): readonly Service[] {
  const files = readdirSync(signatures).filter(
    (file) => file.endsWith('.yaml') && file !== 'registry.yaml',
  );
  const services = files
    .map((file) => parse(readFileSync(new URL(file, signatures), 'utf8')) as Signature)
    .concat(BESIDE_SIGNATURES)
    .flatMap(servicesOf)
    .sort((one, other) => one.protocol - other.protocol || one.port - other.port);
  const keys = new Set(services.map(({ protocol, port }) => `${protocol}/${port}`));
  if (keys.size !== services.length) throw new Error('signatures: two services have one port');
  return services;
}

/** The whole of wire/src/generated/services.ts. */
export function servicesModule(services: readonly Service[]): string {
  const rows = services.map((service) => `  ${JSON.stringify(service)},`).join('\n');
  return `// SPDX-License-Identifier: Apache-2.0
// Generated from signatures/*.yaml by \`npm run generate\`. Do not edit.

/** By IP protocol and port; port 0: any flow of the protocol. */
export const SERVICES = [
${rows}
] as const;
`;
}
