// SPDX-License-Identifier: Apache-2.0
import type { LaneCounters } from '@weir/native/collect';
import { DROP_REASONS } from '@weir/wire';

/** All lanes together. */
export interface IntakeCounters {
  /** Datagrams out of UDP, and messages out of TCP and TLS. */
  readonly datagrams: number;
  readonly octets: number;
  readonly records: number;
  /** By the reasons of drops.ts, zeros included. */
  readonly drops: Readonly<Record<string, number>>;
  /** All counters by the names that C++ has for them. */
  readonly all: Readonly<Record<string, number>>;
}

/** Names that others have, too. */
const OF_DECODER: Readonly<Record<string, string>> = { datagrams: 'decodedDatagrams' };

export function sumOfLanes(lanes: readonly LaneCounters[]): IntakeCounters {
  const all: Record<string, number> = {};
  const add = (name: string, value: number) => {
    all[name] = (all[name] ?? 0) + value;
  };
  for (const { receive, decode, enrich, lane } of lanes) {
    for (const [name, value] of Object.entries(receive)) add(name, value);
    for (const [name, value] of Object.entries(decode)) add(OF_DECODER[name] ?? name, value);
    for (const [name, value] of Object.entries(enrich)) add(name, value);
    for (const [name, value] of Object.entries(lane)) add(name, value);
  }
  const of = (name: string) => all[name] ?? 0;
  return {
    datagrams: of('datagrams') + of('messages'),
    octets: of('octets') + of('messageOctets'),
    records: of('records'),
    drops: dropsIn(all),
    all,
  };
}

/** Those of the counters that say why something was dropped. */
export function dropsIn(counters: Readonly<Record<string, number>>): Record<string, number> {
  const reasons = Object.keys(DROP_REASONS).filter((reason) => reason in counters);
  return Object.fromEntries(reasons.map((reason) => [reason, counters[reason] ?? 0]));
}
