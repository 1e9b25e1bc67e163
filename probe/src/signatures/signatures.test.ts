// SPDX-License-Identifier: Apache-2.0
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { TSchema } from 'typebox';
import { Check } from 'typebox/value';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CheckedFiles, NONE_CHECKED, readCheckedFiles } from './checked-files.js';
import { dump } from './dump.js';
import { editorSchemas } from './editor-schema.js';
import { yamlNames } from './folder.js';
import { loadSamples, loadSignatures } from './load-signatures.js';
import { precheck } from './precheck.js';
import { type Problem, SignatureFileError } from './signature-file-error.js';

const own = path.resolve(import.meta.dirname, '../../../signatures');

const valid = `name: Weir-Test
id: 7
description: For tests
category: web
reference: none
match:
  - transport: tcp
    direction: either
    regex: '^x'
    caseless: true
  - transport: udp
    direction: server
    regex: '^y'
    priority: -3
    minimumBytes: 4
    maximumBytes: 9
serverNames: [weir.example, =exact.example]
ports: [tcp/7, udp/70]
examples:
  - { transport: tcp, direction: client, text: "x\\0" }
nearMisses:
  - { transport: udp, direction: server, hex: '79 00', thenHex: 'ff' }
`;

const inner = `name: Inner
id: 8
description: For tests
category: web
reference: none
match:
  - transport: tcp
    direction: client
    regex: '^z'
`;

/** What the build would leave for this folder. */
function checkedFilesOf(folder: string): CheckedFiles {
  const scratch = mkdtempSync(path.join(tmpdir(), 'weir-checked-'));
  const file = path.join(scratch, 'checked-files.json');
  writeFileSync(file, JSON.stringify(precheck(folder)));
  const checked = readCheckedFiles(pathToFileURL(file));
  rmSync(scratch, { recursive: true });
  return checked;
}

describe("Weir's own signatures", () => {
  it('load, agree with the registry, and have examples for every pattern-bearing file', () => {
    const { applications, patterns, known } = loadSignatures(own);
    const samples = loadSamples(own);
    expect(applications.length).toBeGreaterThan(100);
    expect(Object.values(known)).not.toContain(0);
    const exemplified = new Set(samples.filter((one) => one.matches).map((one) => one.application));
    const missed = new Set(samples.filter((one) => !one.matches).map((one) => one.application));
    const matching = new Set(patterns.map((one) => one.application));
    for (const { selector, name } of applications.filter((one) => matching.has(one.selector))) {
      expect.soft(exemplified, `${name} ${selector} has an example`).toContain(name);
      expect.soft(missed, `${name} ${selector} has a near miss`).toContain(name);
    }
  });

  it('anchor every pattern', () => {
    for (const { regex, source } of loadSignatures(own).patterns) {
      expect.soft(regex.startsWith('^'), source).toBe(true);
    }
  });

  it.each(Object.entries(editorSchemas()))(
    'have their form for editors beside them: %s',
    (name, text) => {
      expect(readFileSync(path.join(own, name), 'utf8'), 'run `npm run generate`').toBe(text);
    },
  );

  it('have a form for editors that knows files of a user', () => {
    const text = editorSchemas()['more-signatures.schema.json'] ?? '{}';
    const extension = { name: 'YouTube', serverNames: ['a.example'] };
    const forms = JSON.parse(text) as TSchema;
    expect(Check(forms, extension)).toBe(true);
    expect(Check(forms, { ...extension, servernames: [] })).toBe(false);
  });
});

describe('the files that the build has checked', () => {
  it('are all of them, and give what parsing gives', () => {
    const checked = checkedFilesOf(own);
    expect(checked.signatures.size + checked.registries.size).toBe(yamlNames(own).length);
    expect(loadSignatures(own, checked)).toEqual(loadSignatures(own, NONE_CHECKED));
  });

  it('are none where the list is absent or damaged', () => {
    const damaged = path.join(mkdtempSync(path.join(tmpdir(), 'weir-checked-')), 'list.json');
    expect(readCheckedFiles(pathToFileURL(damaged))).toEqual(NONE_CHECKED);
    for (const text of ['{"signatures":[["name: ', '{}', 'null', '{"signatures":3}']) {
      writeFileSync(damaged, text);
      expect(readCheckedFiles(pathToFileURL(damaged))).toEqual(NONE_CHECKED);
    }
    rmSync(path.dirname(damaged), { recursive: true });
  });
});

describe('a signature folder', () => {
  let folder: string;
  let checkedBefore: CheckedFiles;
  const put = (name: string, text: string) => writeFileSync(path.join(folder, name), text);

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'weir-signatures-'));
    put('registry.yaml', 'Weir-Test: 7\n');
    put('x.yaml', valid);
    checkedBefore = checkedFilesOf(folder);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function problemsWith(checked: CheckedFiles): Problem[] {
    try {
      loadSignatures(folder, checked);
    } catch (error) {
      if (error instanceof SignatureFileError) return [...error.problems];
      throw error;
    }
    return [];
  }

  /** Whatever of the folder was checked before, now or in its valid form, the problems are the same. */
  function problems(): Problem[] {
    const found = problemsWith(NONE_CHECKED);
    expect(problemsWith(checkedFilesOf(folder))).toEqual(found);
    expect(problemsWith(checkedBefore)).toEqual(found);
    return found;
  }
  const only = () => {
    const found = problems();
    expect(found).toHaveLength(1);
    return found[0];
  };

  it('becomes a set in the shape of the native one', () => {
    const { applications, patterns, serverNames, ports, known } = loadSignatures(folder);
    expect(applications).toEqual([
      { selector: 7, name: 'Weir-Test', description: 'For tests', category: 'web', ipProtocol: 0 },
    ]);
    expect(patterns.map(({ transport, side }) => `${transport} ${side}`)).toEqual([
      'tcp client',
      'tcp server',
      'udp server',
    ]);
    expect(patterns[2]).toEqual({
      regex: '^y',
      caseless: false,
      transport: 'udp',
      side: 'server',
      application: 7,
      protocol: 7,
      ordinal: 1,
      isBehaviour: false,
      priority: -3,
      minimumDatagramBytes: 4,
      maximumDatagramBytes: 9,
      source: `${path.join(folder, 'x.yaml')}:13:12: Weir-Test`,
    });
    const source = (column: number) => `${path.join(folder, 'x.yaml')}:17:${column}: Weir-Test`;
    expect(serverNames).toEqual([
      { suffix: 'weir.example', isExact: false, application: 7, ordinal: 0, source: source(15) },
      { suffix: 'exact.example', isExact: true, application: 7, ordinal: 1, source: source(29) },
    ]);
    expect(ports).toEqual([
      { port: 7, transport: 'tcp', application: 7 },
      { port: 70, transport: 'udp', application: 7 },
    ]);
    expect(new Set(Object.values(known))).toEqual(new Set([0]));
  });

  it('reads payloads octet by octet', () => {
    const [example, nearMiss] = loadSamples(folder);
    expect(example).toMatchObject({ matches: true, payload: Buffer.from([0x78, 0]) });
    expect(nearMiss).toMatchObject({ matches: false, payload: Buffer.from([0x79, 0, 0xff]) });
  });

  it('names line, column and key of an unknown key', () => {
    put('x.yaml', valid.replace('    caseless: true', '    casless: true'));
    expect(only()).toMatchObject({
      code: 'UNKNOWN_KEY',
      file: path.join(folder, 'x.yaml'),
      line: 10,
      column: 5,
      construct: 'match[0].casless',
    });
  });

  it('names the value that does not fit the schema', () => {
    put('x.yaml', valid.replace('transport: udp', 'transport: sctp'));
    expect(only()).toMatchObject({
      code: 'SCHEMA',
      line: 11,
      column: 16,
      construct: 'match[1].transport',
      message: 'must be one of tcp, udp. Did you mean tcp?',
    });
  });

  it('names what is missing, at the thing that lacks it', () => {
    put('x.yaml', valid.replace("    regex: '^x'\n", ''));
    expect(only()).toMatchObject({ code: 'SCHEMA', line: 7, construct: 'match[0]' });
    expect(only()?.message).toContain('regex');
  });

  it.each([
    ['broken YAML', valid.replace("'^x'", "'^x"), 'YAML_SYNTAX'],
    ['a key twice', `${valid}id: 8\n`, 'YAML_SYNTAX'],
    ['a long description', valid.replace('For tests', 'x'.repeat(56)), 'TOO_LONG'],
    ['a long name', valid.replace('Weir-Test', 'x'.repeat(25)), 'SCHEMA'],
    ['no way to match', valid.slice(0, valid.indexOf('match:')), 'EMPTY'],
    ['a host name in capitals', valid.replace('weir.example', 'Weir.example'), 'SCHEMA'],
    ['a host name with a star', valid.replace('weir.example', '"*.example"'), 'SCHEMA'],
    ['a host name with an empty label', valid.replace('weir.example', 'weir..example'), 'SCHEMA'],
    ['a host name twice', valid.replace('=exact.example', 'weir.example'), 'DUPLICATE'],
    ['a port without its transport', valid.replace('udp/70', '70'), 'SCHEMA'],
    ['a port that is none', valid.replace('udp/70', 'udp/65536'), 'BOUNDS'],
    ['a port twice', valid.replace('udp/70', 'tcp/7'), 'DUPLICATE'],
    [
      'a pattern within what is not there',
      valid.replace("regex: '^x'", "regex: '^x'\n    within: Nothing"),
      'UNKNOWN_APPLICATION',
    ],
    [
      'sizes that exclude each other',
      valid.replace('minimumBytes: 4', 'minimumBytes: 10'),
      'BOUNDS',
    ],
    ['sizes of TCP', valid.replace('caseless: true', 'minimumBytes: 4'), 'BOUNDS'],
    ['odd hex', valid.replace("'79 00'", "'79 0'"), 'PAYLOAD'],
    ['text beyond octets', valid.replace('"x\\0"', '"\\u0100"'), 'PAYLOAD'],
    ['a name without a number', valid.replace('Weir-Test', 'Other'), 'REGISTRY'],
    ['another number', valid.replace('id: 7', 'id: 8'), 'REGISTRY'],
  ])('refuses %s', (_, text, code) => {
    put('x.yaml', text);
    expect(problems().map((one) => one.code)).toContain(code);
  });

  it('refuses a name, a number and an IP protocol that are taken', () => {
    put('x.yaml', `${valid}ipProtocol: 4\n`);
    cpSync(path.join(folder, 'x.yaml'), path.join(folder, 'y.yaml'));
    const codes = problems().map(({ code, construct }) => `${code} ${construct}`);
    expect(codes).toEqual([
      'DUPLICATE name',
      'DUPLICATE id',
      'DUPLICATE ipProtocol',
      'DUPLICATE serverNames[0]',
      'DUPLICATE serverNames[1]',
      'DUPLICATE ports[0]',
      'DUPLICATE ports[1]',
    ]);
  });

  it('refuses names that only the case of their letters tells apart', () => {
    put('registry.yaml', 'Weir-Test: 7\nInner: 8\nINNER: 9\n');
    put('y.yaml', inner);
    put('z.yaml', inner.replace('Inner', 'INNER').replace('id: 8', 'id: 9'));
    expect(only()).toMatchObject({ code: 'DUPLICATE', construct: 'name', line: 1, column: 7 });
    expect(only()?.message).toMatch(/^is Inner but for the case.*take another name/);
  });

  it('refuses a registry in the place of a signature file', () => {
    cpSync(path.join(folder, 'registry.yaml'), path.join(folder, 'y.yaml'));
    expect(problems().map((one) => path.basename(one.file))).toContain('y.yaml');
  });

  it('refuses a registry that gives a number twice', () => {
    put('registry.yaml', 'Weir-Test: 7\nOther: 7\n');
    expect(only()).toMatchObject({ code: 'DUPLICATE', construct: 'Other', line: 2 });
  });

  it('tells the problems of all files at once', () => {
    put('x.yaml', valid.replace('id: 7', 'id: 0'));
    put('y.yaml', 'name: [');
    expect(new Set(problems().map((one) => path.basename(one.file)))).toEqual(
      new Set(['x.yaml', 'y.yaml']),
    );
  });

  it('says in which protocol a pattern is looked for, and how sure it is', () => {
    const within = 'within: Weir-Test\n    confidence: behaviour\n    regex:';
    put('registry.yaml', 'Weir-Test: 7\nInner: 8\n');
    put('y.yaml', inner.replace('regex:', within));
    expect(loadSignatures(folder).patterns.at(-1)).toMatchObject({
      application: 8,
      protocol: 7,
      ordinal: 0,
      isBehaviour: true,
    });
  });

  it('is dumped with one record a line and no tab inside a field', () => {
    const lines = dump(loadSignatures(folder), loadSamples(folder)).trimEnd().split('\n');
    expect(lines).toHaveLength(1 + 3 + 2 + 2 + 1 + 2);
    expect(lines[1]?.split('\t').slice(0, 9)).toEqual([
      'pattern',
      'tcp',
      'client',
      '7',
      '0',
      '0',
      '0',
      'caseless',
      '5e78',
    ]);
  });
});
