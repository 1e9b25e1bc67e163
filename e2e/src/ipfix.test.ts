// SPDX-License-Identifier: Apache-2.0
// The probe's IPFIX messages before independent judges, as uniflows and as biflows.
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  captureDatagrams,
  complaints,
  nfacctdTotals,
  nfcapdTotals,
  tshark,
  writeAsCapture,
} from './referees.js';
import {
  booksOf,
  type ProbeRun,
  runProbe,
  SAMPLE,
  scratchFolder,
  type TargetBooks,
} from './weir.js';

describe.each(['uniflow', 'biflow'])('ipfix as %ss', (form) => {
  let datagrams: Buffer[];
  let run: ProbeRun;
  let file: string;
  beforeAll(async () => {
    ({ datagrams, run } = await captureDatagrams('ipfix', '--ipfix-flows', form));
    file = path.join(scratchFolder(), 'messages.pcap');
    writeAsCapture(datagrams, file);
  });

  it('is decoded by tshark to the last field, without an expert warning', () => {
    expect(complaints(file)).toEqual([]);
    const versions = tshark(file, '-T', 'fields', '-e', 'cflow.version');
    expect(versions).toEqual(datagrams.map(() => '10'));
  });

  it('says in its books what went over the wire', () => {
    const books = booksOf(run);
    expect(datagrams).toHaveLength(books.messages ?? -1);
    expect(books.unsupportedRecords).toBe(0);
    expect({ packets: books.packets, octets: books.octets }).toEqual(run.stats.recorded);
    const { forward, back } = oneWay(run);
    const expected = form === 'biflow' ? run.records.length : forward + back;
    expect(books.records).toBe(expected);
  });

  it('gives nfcapd the totals of the capture', async () => {
    let books: Partial<TargetBooks> = {};
    const stored = await nfcapdTotals(async (port) => {
      const target = `ipfix://127.0.0.1:${port}`;
      books = booksOf(await runProbe('--read', SAMPLE, '--export', target, '--ipfix-flows', form));
    });
    const { records, packets, octets } = books;
    expect(stored).toEqual({ records, packets, octets });
  });

  it('names applications by element 95 and its options table, and what named them', () => {
    const text = tshark(file, '-V').join('\n');
    for (const name of new Set(run.records.map((record) => record.applicationName))) {
      expect(text).toContain(`ApplicationName: ${name}`);
    }
    for (const { applicationRule: rule, applicationConfidence: confidence } of run.records) {
      if (rule !== undefined) expect(text).toContain(`${rule}, ${confidence}`);
    }
  });
});

/** Directions of the records that have packets. */
function oneWay({ records }: ProbeRun): { forward: number; back: number } {
  return {
    forward: records.filter(({ packetDeltaCount }) => packetDeltaCount > 0).length,
    back: records.filter(({ reversePacketDeltaCount }) => reversePacketDeltaCount > 0).length,
  };
}

describe('ipfix', () => {
  it('gives nfacctd the totals of the capture, as uniflows', async () => {
    let books: Partial<TargetBooks> = {};
    const stored = await nfacctdTotals(async (port) => {
      books = booksOf(await runProbe('--read', SAMPLE, '--export', `ipfix://127.0.0.1:${port}`));
    });
    expect(stored).toEqual({ packets: books.packets, octets: books.octets });
  });

  it('counts data records in its sequence numbers', async () => {
    const { datagrams } = await captureDatagrams('ipfix');
    const file = path.join(scratchFolder(), 'messages.pcap');
    writeAsCapture(datagrams, file);
    // tshark follows the sequence itself.
    expect(tshark(file, '-Y', 'cflow.sequence_analysis.expected_sn')).toEqual([]);
    expect(datagrams[0]?.readUInt32BE(8)).toBe(0);
    expect(datagrams.at(-1)?.readUInt32BE(8)).toBeGreaterThan(200);
  });

  it('has elements of its own only under an enterprise number, and says what they are', async () => {
    const { datagrams } = await captureDatagrams('ipfix', '--enterprise-number', '64999');
    const file = path.join(scratchFolder(), 'messages.pcap');
    writeAsCapture(datagrams, file);
    const text = tshark(file, '-V').join('\n');
    for (const name of ['outerOctetDeltaCount', 'reverseOuterOctetDeltaCount', 'tunnelKind']) {
      expect(text).toContain(name);
    }
  });
});
