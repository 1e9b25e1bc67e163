// SPDX-License-Identifier: Apache-2.0
// The network that the conversations to one port make. Constantinou and Mavrommatis ("Identifying known
// and unknown peer-to-peer traffic", NCA 2006): in a peer-to-peer network many hosts are both client and
// server, and it is deep, since peers connect to peers; a service's clients and servers make two levels.
import type { PortNetwork } from './evidence.js';

export interface PortShape {
  readonly port: number;
  readonly hosts: number;
  /** Hosts that are both client and server on this port. */
  readonly both: readonly string[];
  /** Longest of all shortest ways between two connected hosts, in edges; a lower bound. */
  readonly diameter: number;
}

/** Two servers that ask each other (mail, DNS, time) have no more than this. */
const SERVICE_DIAMETER = 2;
const FEWEST_BOTH = 3;

/** Neighbours by host, whatever the direction. */
function neighboursOf(edges: PortNetwork['edges']): Map<string, Set<string>> {
  const neighbours = new Map<string, Set<string>>();
  const add = (from: string, to: string) => {
    const known = neighbours.get(from);
    if (known === undefined) neighbours.set(from, new Set([to]));
    else known.add(to);
  };
  for (const [client, server] of edges) {
    add(client, server);
    add(server, client);
  }
  return neighbours;
}

/** The host farthest from `start`, how far it is, and all that can be reached. */
function farthest(neighbours: ReadonlyMap<string, ReadonlySet<string>>, start: string) {
  const distance = new Map([[start, 0]]);
  let last = start;
  // A Map is walked in the order of insertion, also what is inserted meanwhile: breadth first.
  for (const [host, steps] of distance) {
    last = host;
    for (const next of neighbours.get(host) ?? []) {
      if (!distance.has(next)) distance.set(next, steps + 1);
    }
  }
  return { last, steps: distance.get(last) ?? 0, reached: distance.keys() };
}

/** By two walks from each component's ends: exact for trees, at most the true one for all others. */
function diameterOf(neighbours: ReadonlyMap<string, ReadonlySet<string>>): number {
  const seen = new Set<string>();
  let longest = 0;
  for (const start of neighbours.keys()) {
    if (seen.has(start)) continue;
    const { last, reached } = farthest(neighbours, start);
    for (const host of reached) seen.add(host);
    longest = Math.max(longest, farthest(neighbours, last).steps);
  }
  return longest;
}

export function shapeOf({ port, edges }: PortNetwork): PortShape {
  const clients = new Set(edges.map(([client]) => client));
  const servers = new Set(edges.map(([, server]) => server));
  const neighbours = neighboursOf(edges);
  return {
    port,
    hosts: neighbours.size,
    both: [...clients].filter((host) => servers.has(host)).sort(),
    diameter: diameterOf(neighbours),
  };
}

/** Whether it is deep and mixed enough to be one of peers. */
export function isPeerNetwork({ both, diameter }: PortShape): boolean {
  return both.length >= FEWEST_BOTH && diameter > SERVICE_DIAMETER;
}
