// SPDX-License-Identifier: Apache-2.0
import { SILENT } from '@weir/wire';
import { Check } from 'typebox/value';
import { expect, it } from 'vitest';
import { Collector } from './collector.js';
import { CollectorConfig } from './config.js';

/** The defaults, as the command line fills them in. */
function defaults(): CollectorConfig {
  const properties = Object.entries(CollectorConfig.properties as Record<string, object>);
  const given = properties.filter(([, hints]) => 'default' in hints);
  return Object.fromEntries(
    given.map(([key, hints]) => [key, (hints as { default: unknown }).default]),
  ) as CollectorConfig;
}

it('describes every key, and its defaults are valid', () => {
  const options = Object.values(CollectorConfig.properties as Record<string, object>);
  for (const hints of options) expect(hints).toHaveProperty('description');
  expect(Check(CollectorConfig, defaults())).toBe(true);
  expect(Check(CollectorConfig, { ...defaults(), colour: 1 })).toBe(false);
});

it('builds a collector that opens nothing', async () => {
  const collector = new Collector(defaults(), { log: SILENT });
  await collector.check();
  expect(collector.url).toBeUndefined();
  expect(collector.listening).toEqual([]);
});

it.each([{ http: 'x' }, { listen: ['127.0.0.1'] }, { allowedExporters: ['nobody'] }])(
  'refuses %j early',
  (wrong) => {
    const code = 'WEIR_COLLECTOR_ADDRESS';
    expect(() => new Collector({ ...defaults(), ...wrong }, { log: SILENT })).toThrow(
      expect.objectContaining({ code }),
    );
  },
);
