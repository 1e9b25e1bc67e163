// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import type { ProbeConfig } from './config.js';
import { configWarnings } from './config-warnings.js';

const warningsOf = (config: Partial<ProbeConfig>): string[] =>
  configWarnings({ export: [], ...config } as ProbeConfig);

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
