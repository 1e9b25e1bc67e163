// SPDX-License-Identifier: Apache-2.0
// The sample in every encapsulation: the flows are those of the bare sample, names included, and
// tshark counts the same conversations.
import { beforeAll, describe, expect, it } from 'vitest';
import { booksBalance } from './books.js';
import { LINK_ENCAPSULATIONS, PLAIN_ETHERNET, TUNNELS, writeWrapped } from './encapsulations.js';
import {
  byAddresses,
  recordedConversations,
  tsharkConversations,
  withPorts,
} from './inner-conversations.js';
import { type BiflowRecord, type ProbeRun, runProbe, SAMPLE, weir } from './weir.js';

/** What an envelope adds to a record. */
const ENVELOPE_KEYS = new Set([
  'vlanId',
  'dot1qCustomerVlanId',
  'mplsTopLabelStackSection',
  'reverseMplsTopLabelStackSection',
  'tunnel',
  'layer2SegmentId',
  'outerOctetDeltaCount',
  'reverseOuterOctetDeltaCount',
  'sourceMacAddress',
  'destinationMacAddress',
]);

function bareLines(records: readonly BiflowRecord[]): string[] {
  const lines = records.map((record) =>
    JSON.stringify(record, (key, value) => (ENVELOPE_KEYS.has(key) ? undefined : value)),
  );
  return lines.sort();
}

describe('weir probe on the sample in an encapsulation', () => {
  let bare: ProbeRun;
  beforeAll(async () => {
    bare = await runProbe('--read', writeWrapped(SAMPLE, PLAIN_ETHERNET));
  });

  it.each([...LINK_ENCAPSULATIONS, ...TUNNELS])('finds the flows in $name', async (around) => {
    const file = writeWrapped(SAMPLE, around);
    const run = await runProbe('--read', file);
    expect(bareLines(run.records)).toEqual(bareLines(bare.records));
    expect(run.stats.recorded).toEqual(bare.stats.recorded);
    const ours = recordedConversations(run.records);
    const theirs = tsharkConversations(file);
    expect(byAddresses(ours)).toEqual(byAddresses(theirs));
    expect(withPorts(ours)).toEqual(withPorts(theirs));
    booksBalance(run.stats);
    const spread = await runProbe('--read', file, '--lanes', '3');
    expect(bareLines(spread.records)).toEqual(bareLines(run.records));
  });

  it.each(TUNNELS)('says in what it found them: $name', async (around) => {
    const { records, stats } = await runProbe('--read', writeWrapped(SAMPLE, around));
    const kinds = new Set(records.map((record) => record.tunnel));
    expect([...kinds]).toEqual([expect.stringMatching(/^(gre|ipip|vxlan|geneve|gtpu)$/)]);
    const outer = records.reduce(
      (sum, record) =>
        sum + (record.outerOctetDeltaCount ?? 0) + (record.reverseOuterOctetDeltaCount ?? 0),
      0,
    );
    expect((outer - stats.recorded.octets) % stats.recorded.packets).toBe(0);
    expect(outer).toBeGreaterThan(stats.recorded.octets);
  });

  it('leaves tunnels closed that are not asked for', async () => {
    const [gre] = TUNNELS;
    const file = writeWrapped(SAMPLE, gre as (typeof TUNNELS)[number]);
    for (const tunnels of ['none', 'vxlan,geneve']) {
      const { records, stats } = await runProbe('--read', file, '--tunnels', tunnels);
      expect(new Set(records.map((record) => record.protocolIdentifier))).toEqual(new Set([47]));
      booksBalance(stats);
    }
    await expect(weir('probe', '--read', file, '--tunnels', 'none,gre')).rejects.toThrow(
      /WEIR_PROBE_BAD_TUNNELS/,
    );
  });
});
