// SPDX-License-Identifier: Apache-2.0
// Sampling reaches collectors: nfacctd, which is told of it by the export alone, undoes it.
import { describe, expect, it } from 'vitest';
import { nfacctdTotals } from './referees.js';
import { runProbe, SAMPLE } from './weir.js';

const INTERVAL = 4;

describe.each(['netflow5', 'netflow9', 'ipfix'])('%s', (protocol) => {
  it.each(['systematic', 'random'])('tells of %s sampling', async (algorithm) => {
    const sent = { packets: 0, octets: 0 };
    const sampling = ['--sample', `${INTERVAL}`, '--sample-algorithm', algorithm];
    const stored = await nfacctdTotals(async (port) => {
      const target = `${protocol}://127.0.0.1:${port}`;
      const { stats } = await runProbe('--read', SAMPLE, '--export', target, ...sampling);
      Object.assign(sent, Object.values(stats.targets)[0]);
    });
    expect(sent.packets).toBeGreaterThan(500);
    expect(stored).toEqual({ packets: INTERVAL * sent.packets, octets: INTERVAL * sent.octets });
  });
});
