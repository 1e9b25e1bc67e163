// SPDX-License-Identifier: Apache-2.0
// The probe's datagrams before independent judges: tshark decodes each field of each one without a
// complaint, nfcapd and nfacctd store the totals that the capture has.
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

describe.each([
  ['netflow5', 5],
  ['netflow9', 9],
])('%s', (protocol, version) => {
  let datagrams: Buffer[];
  let run: ProbeRun;
  let file: string;
  beforeAll(async () => {
    ({ datagrams, run } = await captureDatagrams(protocol));
    file = path.join(scratchFolder(), 'datagrams.pcap');
    writeAsCapture(datagrams, file);
  });

  const target = () => booksOf(run);

  it('is decoded by tshark to the last field, without an expert warning', () => {
    expect(complaints(file)).toEqual([]);
    const versions = tshark(file, '-T', 'fields', '-e', 'cflow.version');
    expect(versions).toEqual(datagrams.map(() => String(version)));
  });

  it('says in its books what went over the wire', () => {
    expect(datagrams).toHaveLength(target().messages ?? -1);
    expect(Math.max(...datagrams.map((datagram) => datagram.length))).toBeLessThanOrEqual(1472);
    expect((target().packets ?? 0) + (target().unsupportedPackets ?? 0)).toBe(
      run.stats.recorded.packets,
    );
    expect((target().octets ?? 0) + (target().unsupportedOctets ?? 0)).toBe(
      run.stats.recorded.octets,
    );
  });

  it('counts its sequence as the version wants it', () => {
    const sequences = datagrams.map((datagram) => datagram.readUInt32BE(version === 5 ? 16 : 12));
    const steps = datagrams.map((datagram) => (version === 5 ? datagram.readUInt16BE(2) : 1));
    sequences.forEach((sequence, index) => {
      if (index === 0) return;
      expect(sequence).toBe((sequences[index - 1] ?? 0) + (steps[index - 1] ?? 0));
    });
  });

  it('gives nfcapd and nfacctd the totals of the capture', async () => {
    let books: Partial<TargetBooks> = {};
    const send = async (port: number) => {
      const target = `${protocol}://127.0.0.1:${port}`;
      books = booksOf(await runProbe('--read', SAMPLE, '--export', target));
    };
    const nfcapd = await nfcapdTotals(send);
    const { records, packets, octets } = books;
    expect(nfcapd).toEqual({ records, packets, octets });
    expect(await nfacctdTotals(send)).toEqual({ packets, octets });
  });
});

describe('netflow9', () => {
  it('names applications by element 95 and its options table, and what named them', async () => {
    const { datagrams, run } = await captureDatagrams('netflow9', '--lanes', '2');
    const file = path.join(scratchFolder(), 'datagrams.pcap');
    writeAsCapture(datagrams, file);
    const text = tshark(file, '-V').join('\n');
    for (const name of new Set(run.records.map((record) => record.applicationName))) {
      expect(text).toContain(`ApplicationName: ${name}`);
    }
    for (const { applicationRule: rule, applicationConfidence: confidence } of run.records) {
      if (rule !== undefined) expect(text).toContain(`${rule}, ${confidence}`);
    }
  });

  it('keeps IPv6 flows, which version 5 counts as unsupported', async () => {
    const nine = await captureDatagrams('netflow9');
    const five = await captureDatagrams('netflow5');
    expect(booksOf(nine.run).unsupportedRecords).toBe(0);
    expect(booksOf(five.run).unsupportedRecords).toBeGreaterThan(0);
  });
});
