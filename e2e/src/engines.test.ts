// SPDX-License-Identifier: Apache-2.0
// An order of engines as a user writes it: the records are the same, what failed is said.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { failureOf, ROOT, SAMPLE, scratchFolder, weir } from './weir.js';

const FOLDER = path.join(ROOT, '../shared/data/applications');
const CAPTURES = existsSync(FOLDER)
  ? readdirSync(FOLDER)
      .filter((file) => /\.pcap(ng)?$/.test(file))
      .sort()
      .filter((_, index) => index % 25 === 7)
  : [];

/** What a card may do to a capture, by its settings. */
const SETTINGS = [
  'channels=0',
  'channels=4',
  'fault=lost@20',
  'fault=stuck@9',
  'fault=full@12',
  'fault=slow:200',
  'fault=truncate:1',
  'fault=timeout@3',
  'memory=4096',
];

interface Run {
  readonly records: string;
  readonly stderr: string;
  readonly engines: {
    readonly order: readonly { readonly name: string; readonly failure: string }[];
    readonly failures: Readonly<Record<string, number>>;
  };
}

async function run(capture: string, ...args: string[]): Promise<Run> {
  const stats = path.join(scratchFolder(), 'stats.json');
  const probe = ['probe', '--read', capture, '--records', '-', '--stats', stats];
  const { stdout, stderr } = await weir(...probe, ...args);
  const { engines } = JSON.parse(readFileSync(stats, 'utf8')) as Run;
  return { records: stdout.split('\n').sort().join('\n'), stderr, engines };
}

describe.skipIf(CAPTURES.length === 0)('records of real captures', () => {
  it.each(CAPTURES.map((file, index) => [file, SETTINGS[index % SETTINGS.length] ?? ''] as const))(
    'are those of hyperscan: %s, %s',
    async (file, settings) => {
      const capture = path.join(FOLDER, file);
      const card = ['--engine', 'emulator,hyperscan', '--ncore-options', settings];
      const [expected, found] = await Promise.all([
        run(capture, '--lanes', '2'),
        run(capture, '--lanes', '2', ...card, '--engine-deadline', '50'),
      ]);
      expect(found.records).toBe(expected.records);
    },
  );
});

describe('an order of engines', () => {
  it.each([[['emulator']], [['emulator,hyperscan', '--lanes', '2']]])(
    'gives the records of hyperscan: %j',
    async ([order = '', ...others]) => {
      const expected = await run(SAMPLE, '--engine', 'hyperscan', ...others);
      const found = await run(SAMPLE, '--engine', order, ...others);
      expect(found.records).toBe(expected.records);
      expect(found.engines.order.every(({ failure }) => failure === '')).toBe(true);
    },
  );

  it('goes on with the next engine where there is no card, and says so', async () => {
    const expected = await run(SAMPLE);
    const card = ['--ncore-library', '/nonexistent/libcard.so'];
    const found = await run(SAMPLE, '--engine', 'ncore:3,hyperscan', ...card);
    expect(found.records).toBe(expected.records);
    expect(found.engines.failures.unavailable).toBe(1);
    expect(found.stderr).toMatch(/the engine ncore:3 was out of use: .*\/nonexistent\/libcard\.so/);
  });

  it('is refused when it names nothing, or nothing that is to be had', async () => {
    const wrong = await failureOf('probe', '--read', SAMPLE, '--engine', 'fast,hyperscan');
    expect(wrong.stderr).toContain('WEIR_CLI_BAD_VALUE');
    const twice = await failureOf('probe', '--read', SAMPLE, '--engine', 'hyperscan,hyperscan');
    expect(twice.stderr).toContain('WEIR_PROBE_BAD_ENGINE');
    const missing = await failureOf('probe', '--read', SAMPLE, '--engine', 'ncore');
    expect(missing.stderr).toContain('WEIR_MATCHER_UNAVAILABLE');
    expect(missing.stderr).toContain('--ncore-library');
  });
});
