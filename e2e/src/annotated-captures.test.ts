// SPDX-License-Identifier: Apache-2.0
// Small captures of one encapsulation or protocol each, with flow records that their authors wrote
// by hand: Weir's records must agree in every field that both know. One test a file.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type BiflowRecord, ROOT, runProbe } from './weir.js';

const FOLDER = path.join(ROOT, '../shared/data/flowrecords');
const ANNOTATIONS = existsSync(FOLDER)
  ? readdirSync(FOLDER).filter((file) => file.endsWith('.yml'))
  : [];

type Value = string | number;
/** A flow in the annotations' own words; `@rev` is the reverse direction. */
type Flow = Readonly<Record<string, Value>>;

interface Annotation {
  readonly pcap: string;
  readonly key?: readonly string[];
  readonly flows: readonly Flow[];
}

const KEY = ['src_ip', 'dst_ip', 'protocol', 'src_port', 'dst_port'];

/** What Weir's records hold, by the annotations' names. Fields of other protocols are not compared. */
function viewOf(record: BiflowRecord): Record<string, Value> {
  const all = record as unknown as Record<string, Value>;
  const take = (name: string): Value => all[name] ?? 0;
  const v4 = record.sourceIPv4Address !== undefined;
  const version = v4 ? 'IPv4' : 'IPv6';
  const typeCode = Number(take(`icmpTypeCode${version}`));
  const reverseTypeCode = Number(take(`reverseIcmpTypeCode${version}`));
  const isTunnelled = all.outerOctetDeltaCount !== undefined;
  return {
    src_ip: take(`source${version}Address`),
    dst_ip: take(`destination${version}Address`),
    ip_version: v4 ? 4 : 6,
    protocol: record.protocolIdentifier,
    src_port: record.sourceTransportPort,
    dst_port: record.destinationTransportPort,
    bytes: record.octetDeltaCount,
    'bytes@rev': record.reverseOctetDeltaCount,
    packets: record.packetDeltaCount,
    'packets@rev': record.reversePacketDeltaCount,
    bytes_outer: isTunnelled ? take('outerOctetDeltaCount') : record.octetDeltaCount,
    'bytes_outer@rev': isTunnelled
      ? take('reverseOuterOctetDeltaCount')
      : record.reverseOctetDeltaCount,
    tcp_flags: take('tcpControlBits'),
    'tcp_flags@rev': take('reverseTcpControlBits'),
    tos: take('ipClassOfService'),
    'tos@rev': take('reverseIpClassOfService'),
    ttl: take('ipTTL'),
    'ttl@rev': take('reverseIpTTL'),
    vlan_id: take('vlanId'),
    src_mac: take('sourceMacAddress'),
    dst_mac: take('destinationMacAddress'),
    icmp_type_code: typeCode,
    'icmp_type_code@rev': reverseTypeCode,
    icmp_type: typeCode >> 8,
    'icmp_type@rev': reverseTypeCode >> 8,
    icmp_code: typeCode & 0xff,
    'icmp_code@rev': reverseTypeCode & 0xff,
  };
}

/** What the annotation says, in the fields that a record has; without `@rev` nothing came back. */
function expectedOf(flow: Flow): Record<string, Value> {
  const known = Object.keys(viewOf({} as BiflowRecord));
  const fields = known.filter((field) => flow[field] !== undefined);
  const expected = Object.fromEntries(fields.map((field) => [field, flow[field] as Value]));
  return { 'packets@rev': 0, 'bytes@rev': 0, ...expected };
}

const pick = (view: Record<string, Value>, fields: readonly string[]): Record<string, Value> =>
  Object.fromEntries(fields.map((field) => [field, view[field] as Value]));

const isEqual = (left: unknown, right: unknown): boolean =>
  JSON.stringify(left) === JSON.stringify(right);

/** The records without those that say what `flows` say, each of which takes one; and what is left over. */
function unmatched(
  { key = KEY, flows }: Annotation,
  records: readonly BiflowRecord[],
): { flow: Flow; candidates: unknown[] }[] {
  const left = records.map(viewOf);
  return flows.flatMap((flow) => {
    const expected = expectedOf(flow);
    const fields = Object.keys(expected);
    const at = left.findIndex((view) => isEqual(pick(view, fields), expected));
    if (at >= 0) {
      left.splice(at, 1);
      return [];
    }
    const sameKey = left.filter((view) => isEqual(pick(view, key), pick({ ...flow }, key)));
    return [{ flow: expected, candidates: sameKey.map((view) => pick(view, fields)) }];
  });
}

describe.skipIf(ANNOTATIONS.length === 0)('annotated captures', () => {
  it.each(ANNOTATIONS)('%s', async (file) => {
    const annotation = parse(readFileSync(path.join(FOLDER, file), 'utf8')) as Annotation;
    const capture = path.join(FOLDER, annotation.pcap);
    const whole = ['--idle-timeout', '300', '--active-timeout', '3600'];
    const { records } = await runProbe('--read', capture, '--engine', 'none', ...whole);
    expect(unmatched(annotation, records)).toEqual([]);
    const flows = records.reduce(
      (sum, record) => sum + record.packetDeltaCount + record.reversePacketDeltaCount,
      0,
    );
    expect(flows).toBeGreaterThan(0);
  });
});
