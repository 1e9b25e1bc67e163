// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { option, section } from '@weir/wire';
import Type from 'typebox';
import { afterAll, describe, expect, it } from 'vitest';
import { loadConfig } from './load.js';
import { keyOf } from './options.js';

const SECTIONS = {
  probe: section({
    lanes: option(Type.Integer({ minimum: 1 }), {
      flag: '--lanes <number>',
      description: 'threads',
      default: 1,
    }),
    engine: option(Type.Union([Type.Literal('hyperscan'), Type.Literal('none')]), {
      flag: '--engine <name>',
      description: 'matcher',
      default: 'hyperscan',
    }),
    export: option(Type.Array(Type.String()), {
      flag: '--export <url>',
      description: 'targets',
      default: [],
    }),
    idleTimeoutSeconds: option(Type.Optional(Type.Number()), { description: 'idle' }),
  }),
  collector: section({
    http: option(Type.String(), { description: 'address', default: '127.0.0.1:8055' }),
  }),
};

interface Given {
  yaml?: string;
  environment?: Record<string, string>;
  flags?: Record<string, unknown>;
}

const folder = mkdtempSync(path.join(tmpdir(), 'weir-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

function load({ yaml, environment = {}, flags = {} }: Given) {
  let file: string | undefined;
  if (yaml !== undefined) {
    file = path.join(folder, 'weir.yaml');
    writeFileSync(file, yaml);
  }
  return loadConfig(SECTIONS, { file, environment, flags: new Map(Object.entries(flags)) }).config;
}

describe('loadConfig', () => {
  it('takes flags over environment over file over defaults', () => {
    const yaml = 'probe:\n  lanes: 2\n  engine: none\n  idleTimeoutSeconds: 5\n';
    expect(load({}).probe).toEqual({ lanes: 1, engine: 'hyperscan', export: [] });
    expect(load({ yaml }).probe.lanes).toBe(2);
    const environment = { WEIR_PROBE_LANES: '3', WEIR_PROBE_EXPORT: 'a:1, b:2' };
    expect(load({ yaml, environment }).probe).toEqual({
      lanes: 3,
      engine: 'none',
      export: ['a:1', 'b:2'],
      idleTimeoutSeconds: 5,
    });
    const flags = { [keyOf('probe', 'lanes')]: 4 };
    expect(load({ yaml, environment, flags }).probe.lanes).toBe(4);
  });

  it.each([
    ['probe:\n  lanez: 2\n', /weir\.yaml:2:3: unknown key "probe\.lanez"\. Did you mean "lanes"\?/],
    ['probes:\n  lanes: 2\n', /weir\.yaml:1:1: unknown key "probes"\. Did you mean "probe"\?/],
    ['probe:\n  lanes: [\n', /weir\.yaml:\d+:\d+: /],
    ['probe: 3\n', /weir\.yaml:1:1: "probe" is a section/],
    ['just text', /expected sections \(probe, collector\)/],
  ])('names the place of a mistake in %j', (yaml, message) => {
    expect(() => load({ yaml })).toThrow(message);
  });

  it('says which source a bad value came from and what is allowed', () => {
    expect(() => load({ yaml: 'probe:\n  lanes: 0\n' })).toThrow(
      /weir\.yaml:2:3: probe\.lanes must be >= 1, not 0/,
    );
    expect(() => load({ environment: { WEIR_PROBE_LANES: 'two' } })).toThrow(
      /WEIR_PROBE_LANES: probe\.lanes must be integer, not "two"/,
    );
    expect(() => load({ flags: { 'probe.engine': 'fast' } })).toThrow(
      /--engine: probe\.engine must be one of hyperscan, none, not "fast"/,
    );
  });

  it('doubts variables that are nearly an option, and leaves alone what others set', () => {
    const environment = {
      WEIR_PROBE_LANEZ: '3',
      WEIR_PROBE_LANES: '2',
      WEIR_COLLECTOR_SERVICE_HOST: '192.0.2.1',
      WEIRD: '1',
    };
    const { config, doubts } = loadConfig(SECTIONS, {
      file: undefined,
      environment,
      flags: new Map(),
    });
    expect(doubts).toEqual(['WEIR_PROBE_LANEZ is no option. Did you mean "WEIR_PROBE_LANES"?']);
    expect(config.probe.lanes).toBe(2);
  });

  it('takes an optional key without a value for one that is not there', () => {
    const yaml = 'probe:\n  idleTimeoutSeconds:\n';
    expect(load({ yaml }).probe).toEqual(load({}).probe);
    expect(() => load({ yaml: 'probe:\n  lanes:\n' })).toThrow(/lanes must be .*, not null/);
  });

  it('reads an empty file as no file', () => {
    expect(load({ yaml: '# nothing yet\n' })).toEqual(load({}));
  });
});
