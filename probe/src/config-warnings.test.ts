// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import type { ProbeConfig } from './config.js';
import { configWarnings } from './config-warnings.js';

const [FILE, TLS, V5, V9] = [
  'file://a.ipfix',
  'ipfix+tls://a:1',
  'netflow5://a:1',
  'netflow9://a:1',
];

function warningsOf(given: Partial<ProbeConfig>): string[] {
  const defaults = { export: [], exportMode: 'fan-out', ipfixFlows: 'uniflow', loop: false };
  const others = { exportOnClassify: false, engine: ['hyperscan'], observationDomain: 0, lanes: 1 };
  return configWarnings({ ...defaults, ...others, ...given } as ProbeConfig);
}

it('warns when nothing comes of the work', () => {
  expect(warningsOf({})).toEqual([expect.stringMatching(/nobody gets the flows.*--export/)]);
  const outputs = [
    { export: ['netflow9://192.0.2.1:2055'] },
    { records: '-' },
    { stats: '-' },
    { metrics: '127.0.0.1:9478' },
  ];
  for (const output of outputs) expect(warningsOf(output)).toEqual([]);
});

it.each<[RegExp, Partial<ProbeConfig>, Partial<ProbeConfig>]>([
  [/--export-rotate/, { exportRotateSeconds: 9, export: [V9] }, { export: [FILE] }],
  [/% in the name/, { export: ['file://%H.ipfix'] }, { exportRotateSeconds: 9 }],
  [/share/, { exportMode: 'share', export: [V9] }, { export: [V9, V5] }],
  [/--loop/, { loop: true, read: 'a.pcap' }, { replay: 'a.pcap' }],
  [/--export-ca/, { exportAuthority: 'ca.pem', export: [V9] }, { export: [TLS] }],
  [/--ipfix-flows/, { ipfixFlows: 'biflow', export: [V9] }, { export: [V9, FILE] }],
  [/--export-on-classify/, { exportOnClassify: true, engine: ['none'] }, { engine: ['hyperscan'] }],
  [/8 bits/, { observationDomain: 255, lanes: 2, export: [V5] }, { lanes: 1 }],
  [/8 bits/, { observationDomain: 300, export: [V5] }, { export: [V9] }],
])('warns by %s of %j, and not when %j makes sense of it', (warning, idle, mend) => {
  const records = '-';
  expect(warningsOf({ records, ...idle })).toEqual([expect.stringMatching(warning)]);
  expect(warningsOf({ records, ...idle, ...mend })).toEqual([]);
});
