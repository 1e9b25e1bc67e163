// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { l7Files } from './folder.js';
import { L7File } from './l7-file.js';
import { L7_SELECTORS_FROM } from './l7-patterns.js';
import { convertL7Regex, L7RegexError } from './l7-regex.js';
import { loadSet } from './load-set.js';
import { loadSignatures } from './load-signatures.js';
import type { SignatureFileError } from './signature-file-error.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const own = path.join(root, 'signatures');
/** The published files; tests that want them are skipped where they are not. */
const published = path.join(root, '../shared/data/l7-patterns');
const hasPublished = existsSync(published);

/** Deterministic; good enough to vary inputs. */
function* numbers(seed: number): Generator<number, never> {
  let state = seed;
  for (;;) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    yield state >>> 8;
  }
}

const decoded = (regex: string): string =>
  regex.replaceAll(/\\x([0-9a-fA-F]{2})/g, (_, hex) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );

/** Octets that the expression speaks of, mostly in its order: near what matches. */
function inputsFor(regex: string, seed: number): string[] {
  const random = numbers(seed);
  const below = (limit: number) => random.next().value % limit;
  const letters = [...decoded(regex)].filter((letter) => letter !== '\n' && letter !== '\0');
  return Array.from({ length: 60 }, () => {
    const kept = letters.filter((letter) => below(8) > 0 && !'^$'.includes(letter));
    const words = kept.filter((letter) => !'()|?*+[]\\'.includes(letter) || below(6) === 0);
    const from = below(3) === 0 ? below(words.length + 1) : 0;
    const to = below(3) === 0 ? words.length : from + below(words.length + 1);
    const text = words.slice(from, to).join('');
    return below(4) === 0 ? text.replaceAll(/[a-z]/g, (letter) => letter.toUpperCase()) : text;
  });
}

/** Which inputs match, by the POSIX extended expressions of grep. */
function byGrep(regex: string, caseless: boolean, inputs: readonly string[]): Set<number> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'weir-l7-'));
  const file = path.join(folder, 'pattern');
  writeFileSync(file, `${decoded(regex)}\n`, 'latin1');
  const { stdout, stderr, status } = spawnSync(
    'grep',
    ['-aznE', ...(caseless ? ['-i'] : []), '-f', file],
    { input: Buffer.from(inputs.join('\0'), 'latin1'), env: { ...process.env, LC_ALL: 'C' } },
  );
  rmSync(folder, { recursive: true });
  expect(`${status === 2 ? 'grep failed' : ''}${stderr}`).toBe('');
  const records = stdout.toString('latin1').split('\0').slice(0, -1);
  return new Set(records.map((record) => Number.parseInt(record, 10) - 1));
}

describe('expressions of l7-filter', () => {
  it.each([
    ['a.?b', 'a.?b'],
    ['^(x|y)$', '^(x|y)$'],
    ['\\x41\\xff', 'A\\xff'],
    ['[]Z]', '[\\x5dZ]'],
    ['[a-z0-9\\-_]', '[a-z0-9\\x5c-_]'],
    ['[\\x14\\x1c$]', '[\\x14\\x1c\\x24]'],
    ['[-)(]', '[\\x2d\\x29\\x28]'],
    ['[^a-]', '[^a\\x2d]'],
    ['\\$\\#\\.\\\\', '\\x24\\x23\\x2e\\x5c'],
    ['a-b&', 'a\\x2db\\x26'],
    ['\u00e9', '\\xe9'],
  ])('%s becomes %s', (text, converted) => {
    expect(convertL7Regex(text)).toBe(converted);
  });

  it.each([
    ['a\\x2eb', 1, '\\x2e'],
    ['a\\x00', 1, '\\x00'],
    ['a.?+', 3, '+'],
    ['(?:a)', 1, '?'],
    ['ab{2}', 2, '{'],
    ['a\\d', 1, '\\d'],
    ['a[b', 1, '['],
    ['[z-a]', 0, '['],
    ['[[:alpha:]]', 1, '['],
    ['a(b', 3, '('],
    ['ab)', 2, ')'],
    ['a\\', 1, '\\'],
    ['^*a', 1, '*'],
  ])('%s is refused where it is not clear', (text, offset, construct) => {
    expect(() => convertL7Regex(text)).toThrow(L7RegexError);
    try {
      convertL7Regex(text);
    } catch (error) {
      expect(error).toMatchObject({ offset, construct });
    }
  });
});

describe('a folder of pattern files', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'weir-l7-'));
    mkdirSync(path.join(folder, 'protocols'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const put = (name: string, text: string) =>
    writeFileSync(path.join(folder, 'protocols', name), text, 'latin1');
  const problem = () => {
    try {
      loadSet({ base: folder, more: [], own }).set;
    } catch (error) {
      return (error as SignatureFileError).problems[0];
    }
    return undefined;
  };

  it('names applications as Weir does where it knows them, others by number in order', () => {
    put('bittorrent.pat', '# BitTorrent\nbittorrent\n^\\x13bittorrent\n');
    put('tesla.pat', 'tesla\n^t\n'); // Weir's is the maker of cars
    put('zz.pat', '# Zz - a thing\n# Protocol groups: game x\n\nzz\n^zz$\n');
    put('aa.pat', 'aa\n^aa\nuserspace pattern=^aA+\nuserspace flags=REG_EXTENDED REG_NOSUB\n');
    const { applications, patterns, known } = loadSet({ base: folder, more: [], own }).set;
    const byName = new Map(applications.map((one) => [one.name, one]));
    const weirs = loadSignatures(own).applications.find(({ name }) => name === 'BitTorrent');
    expect(byName.get('BitTorrent')).toEqual(weirs);
    expect(byName.get('aa')?.selector).toBe(L7_SELECTORS_FROM);
    expect(byName.get('tesla')?.selector).toBe(L7_SELECTORS_FROM + 1);
    expect(byName.get('zz')).toMatchObject({
      selector: L7_SELECTORS_FROM + 2,
      description: 'Zz - a thing',
      category: 'game',
    });
    const aa = patterns.filter(({ application }) => application === L7_SELECTORS_FROM);
    expect(aa.map(({ transport, side }) => `${transport} ${side}`)).toEqual([
      'tcp client',
      'tcp server',
      'udp client',
      'udp server',
    ]);
    expect(aa[0]).toMatchObject({ regex: '^aA+', caseless: false });
    expect(aa[0]?.source).toBe(`${path.join(folder, 'protocols/aa.pat')}:3:19: aa`);
    expect(known.ftp).toBe(0);
  });

  it('may hold signature files, too', () => {
    put('zz.pat', 'zz\n^zz\n');
    put('weir-test.pat', 'weir-test\n^x\n');
    writeFileSync(path.join(folder, 'registry.yaml'), 'Weir-Test: 7\n');
    const yaml = `name: Weir-Test\nid: 7\ndescription: d\ncategory: web\nreference: none\nmatch:\n  - transport: tcp\n    direction: client\n    regex: '^y'\n`;
    writeFileSync(path.join(folder, 'x.yaml'), yaml);
    const { applications, patterns } = loadSet({ base: folder, more: [], own }).set;
    expect(applications.map(({ selector }) => selector)).toEqual([7, L7_SELECTORS_FROM]);
    expect(patterns.filter(({ application }) => application === 7)).toHaveLength(5);
  });

  it('may hold signature files in its folders only, which then want their registry', () => {
    put('zz.pat', 'zz\n^zz\n');
    put('x.yaml', 'name: Weir-Test\n');
    expect(() => loadSet({ base: folder, more: [], own })).toThrow(/no registry\.yaml/);
  });

  it('number the patterns of one application one after the other, whatever file they are in', () => {
    put('bittorrent.pat', 'bittorrent\n^a\n');
    put('edonkey.pat', 'BITTORRENT\n^b\n');
    const { patterns } = loadSet({ base: folder, more: [], own }).set;
    const rules = patterns.map(({ regex, transport, ordinal }) =>
      [regex, transport, ordinal].join(),
    );
    expect([...new Set(rules)]).toEqual(['^a,tcp,0', '^a,udp,1', '^b,tcp,2', '^b,udp,3']);
  });

  it.each([
    ['an expression with its place', '# c\n\nzz\nab{2}\n', 'L7_REGEX', 4, 3],
    ['a setting with its place', 'zz\na\nuserspace pattern=b(\n', 'L7_REGEX', 3, 21],
    ['no expression', '# c\nzz\n', 'L7_EMPTY', 3, 1],
    ['no name', '# c\n', 'L7_EMPTY', 2, 1],
    ['a name that is none', 'z z\na\n', 'L7_NAME', 1, 1],
    ['a further line', 'zz\na\nb\n', 'L7_LINE', 3, 1],
    ['an unknown flag', 'zz\na\nuserspace flags=REG_WHAT\n', 'L7_FLAG', 3, 17],
  ])('refuses %s', (_, text, code, line, column) => {
    put('zz.pat', text);
    const file = path.join(folder, 'protocols/zz.pat');
    expect(problem()).toMatchObject({ code, file, line, column });
  });

  it('refuses a name that is taken', () => {
    put('a.pat', 'zz\na\n');
    put('b.pat', 'zz\nb\n');
    expect(problem()).toMatchObject({ code: 'DUPLICATE', construct: 'zz', line: 2 });
  });
});

describe.skipIf(!hasPublished)("l7-filter's published files", () => {
  const files = hasPublished ? l7Files(published) : [];

  it('load, all of them', () => {
    expect(files).toHaveLength(146);
    const signatures = loadSet({ base: published, more: [], own }).set;
    expect(signatures.patterns).toHaveLength(144 * 4); // unknown and unset are no patterns
  });

  it('match what grep says they match', () => {
    let matches = 0;
    for (const [index, file] of files.entries()) {
      const text = readFileSync(file, 'latin1');
      const one = new L7File(file, text).read();
      const number = Number.parseInt(one?.source.placeOf([]) ?? '1', 10);
      const line = text.split('\n')[number - 1]?.replace(/^userspace pattern=/, '') ?? '';
      if (one === undefined || /\\x0a/i.test(line)) continue; // grep ends a pattern there
      const inputs = inputsFor(line, index + 1);
      const judge = byGrep(line, one.caseless, inputs);
      const regex = new RegExp(one.regex, one.caseless ? 'si' : 's');
      const found = new Set(inputs.flatMap((input, at) => (regex.test(input) ? [at] : [])));
      expect({ file, found }).toEqual({ file, found: judge });
      matches += judge.size;
    }
    expect(matches).toBeGreaterThan(500);
  });
});
