// SPDX-License-Identifier: Apache-2.0
// What was found of hosts, held against the labels of their flows.
import { isIPv6 } from 'node:net';

/** Labels of programs whose hosts are each other's clients and servers. */
export const PEER_PROTOCOLS: readonly string[] = [
  'BitTorrent',
  'eDonkey',
  'Gnutella',
  'Syncthing',
  'BITCOIN',
  'ETHEREUM',
  'Nano',
];

/** A capture's hosts: each address that a labelled flow has, and whether one of its flows is a peer's. */
export type TruthOfHosts = ReadonlyMap<string, boolean>;

export interface FoundHost {
  readonly evidence: { readonly host: string; readonly peers: number };
  readonly roles: { readonly application: readonly string[]; readonly reasons: readonly string[] };
}

/** An address as everybody would write it: IPv6 has many spellings. */
export function spelt(address: string): string {
  return isIPv6(address) ? new URL(`http://[${address}]`).hostname.slice(1, -1) : address;
}

/** By file. @param csv the table of labels, see accuracy/labels.ts for its columns */
export function truthOf(csv: string): Map<string, Map<string, boolean>> {
  const [header = '', ...lines] = csv.split(/\r?\n/).filter((line) => line !== '');
  const titles = header.split(',');
  const at = (title: string) => titles.indexOf(title);
  const files = new Map<string, Map<string, boolean>>();
  for (const cells of lines.map((line) => line.split(','))) {
    const file = cells[at('file')] ?? '';
    const hosts = files.get(file) ?? new Map<string, boolean>();
    files.set(file, hosts);
    const isPeer = PEER_PROTOCOLS.includes(cells[at('protocol')] ?? '');
    for (const title of ['ip_a', 'ip_b']) {
      const host = spelt(cells[at(title)] ?? '');
      hosts.set(host, isPeer || hosts.get(host) === true);
    }
  }
  return files;
}

export interface Score {
  truePeers: number;
  falsePeers: number;
  missedPeers: number;
  others: number;
}

/** How many conversation partners a host must have for anything to be concluded, see docs/behaviour.md. */
export const JUDGED_PEERS = 6;

/** Of the hosts that are labelled and were seen with at least so many partners. */
export function scoreOf(truth: TruthOfHosts, found: readonly FoundHost[], fewestPeers: number) {
  const score: Score = { truePeers: 0, falsePeers: 0, missedPeers: 0, others: 0 };
  const mistakes: string[] = [];
  for (const { evidence, roles } of found) {
    const isPeer = truth.get(spelt(evidence.host));
    if (isPeer === undefined || evidence.peers < fewestPeers) continue;
    const isFound = roles.application.includes('p2p');
    if (isPeer) score[isFound ? 'truePeers' : 'missedPeers'] += 1;
    else score[isFound ? 'falsePeers' : 'others'] += 1;
    if (isPeer !== isFound) {
      mistakes.push(`${evidence.host}: ${isFound ? roles.reasons.join(', ') : 'missed'}`);
    }
  }
  return { score, mistakes };
}

export function sumOf(scores: readonly Score[]): Score {
  const sum: Score = { truePeers: 0, falsePeers: 0, missedPeers: 0, others: 0 };
  for (const score of scores) {
    for (const key of Object.keys(sum) as (keyof Score)[]) sum[key] += score[key];
  }
  return sum;
}
