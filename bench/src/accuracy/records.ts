// SPDX-License-Identifier: Apache-2.0
// What Weir says of a capture's flows.
import path from 'node:path';
import { WEIR } from '../programs/weir.js';
import { say } from '../progress.js';
import { Child } from '../run/child.js';
import { flowKey } from './flow-key.js';

/** The names of one flow; undefined is unknown. */
export interface FlowNames {
  readonly protocol: string | undefined;
  readonly application: string | undefined;
}

/** By flowKey. */
export type NamesOfFlows = ReadonlyMap<string, FlowNames>;

interface Record {
  readonly sourceIPv4Address?: string;
  readonly sourceIPv6Address?: string;
  readonly destinationIPv4Address?: string;
  readonly destinationIPv6Address?: string;
  readonly sourceTransportPort?: number;
  readonly destinationTransportPort?: number;
  readonly protocolIdentifier: number;
  readonly applicationName: string;
  readonly applicationProtocol?: string;
}

const PROTOCOLS = new Map([
  [1, 'icmp'],
  [2, 'igmp'],
  [6, 'tcp'],
  [17, 'udp'],
  [47, 'gre'],
  [50, 'esp'],
  [51, 'ah'],
  [58, 'icmpv6'],
  [89, 'ospf'],
  [103, 'pim'],
  [112, 'vrrp'],
  [132, 'sctp'],
]);

const known = (name: string | undefined) => (name === 'unknown' ? undefined : name);

function keyOf(record: Record): string {
  const { protocolIdentifier: number } = record;
  const source = record.sourceIPv4Address ?? record.sourceIPv6Address ?? '';
  const destination = record.destinationIPv4Address ?? record.destinationIPv6Address ?? '';
  return flowKey(
    PROTOCOLS.get(number) ?? String(number),
    { address: source, port: record.sourceTransportPort ?? 0 },
    { address: destination, port: record.destinationTransportPort ?? 0 },
  );
}

/** A flow has several records when it lasts or pauses: the first that knows a name speaks for it. */
export function namesOf(lines: string): NamesOfFlows {
  const names = new Map<string, FlowNames>();
  for (const line of lines.split('\n').filter((one) => one !== '')) {
    const record = JSON.parse(line) as Record;
    const key = keyOf(record);
    const application = known(record.applicationName);
    const protocol = known(record.applicationProtocol ?? record.applicationName);
    const earlier = names.get(key);
    if (earlier?.application === undefined) names.set(key, { protocol, application });
  }
  return names;
}

/** A capture that Weir cannot read has no names, and its flows are unknown: the reason is said. */
export async function nameFlows(capture: string, scratch: string): Promise<NamesOfFlows> {
  const command = [...WEIR, 'probe', '--read', capture, '--records', '-'];
  await using child = Child.start(command, path.join(scratch, path.basename(capture)));
  await child.finished();
  if (child.exitCode !== 0) say(`${capture} cannot be read: ${child.complaint}`);
  return namesOf(child.output);
}
