// SPDX-License-Identifier: Apache-2.0
// Files as people and broken tools leave them: whatever is in one, what is wrong is told with its place.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { NONE_CHECKED } from './checked-files.js';
import { loadSignatures } from './load-signatures.js';
import { readMore } from './more-signatures.js';
import { checkContent, loadFile, readSamples } from './signature-file.js';
import type { Problem } from './signature-file-error.js';
import { YamlFile } from './yaml-file.js';

const own = path.resolve(import.meta.dirname, '../../../signatures');
const base = loadSignatures(own);

function problemsIn(text: string): readonly Problem[] {
  const yaml = new YamlFile('a.yaml', text);
  for (const one of loadFile(yaml, NONE_CHECKED)) {
    checkContent(one);
    readSamples(one);
  }
  return yaml.problems;
}

function problemsInMore(text: string): readonly Problem[] {
  const yaml = new YamlFile('a.yaml', text);
  for (const one of readMore([yaml], base)) readSamples(one);
  return yaml.problems;
}

const fileWith = (line: string): string => `name: A\nid: 500000\ncategory: web\n${line}\n`;

describe('what is wrong in a file', () => {
  it.each([
    ['serverNames: [*.a.example]', 4, 15, /^\*\.a\.example is an alias .*write a\.example/],
    ['serverNames: [*a]', 4, 15, /in quotes: '\*a'/],
    ["serverNames: ['*.a.example']", 4, 15, /without \* \(example\.com covers/],
    ['serverNames: [A.example]', 4, 15, /small letters/],
    ['ports: [tcp/0]', 4, 9, /from 1 to 65535/],
    ['match:\n  - { regex: ^a{2}b, transport: tcp }\nports: [a]\n', 5, 16, /in single quotes/],
    ['match:\n  - { transport: tcp, regex: "^\\d" }\n', 5, 32, /in single quotes/],
    ['category: office', 4, 1, /unique/],
    ['servernames: [a.example]', 4, 1, /^unknown key\. Did you mean serverNames\?/],
    ['announcedBy: sip', 4, 14, /^must be one of FTP, SIP\. Did you mean SIP\?/],
  ])('%s', (line, at, column, message) => {
    const problems = problemsInMore(fileWith(line));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ line: at, column });
    expect(problems[0]?.message).toMatch(message);
  });

  it.each([[''], ['- name: SSH\n'], ['SSH']])(
    'stands at the begin of what is no map: "%s"',
    (text) => {
      const [problem] = problemsInMore(text);
      expect(problem).toMatchObject({ code: 'SCHEMA', line: 1, column: 1 });
      expect(problem?.message).toContain('an application');
    },
  );

  it('is told of aliases that stand for more than memory holds', () => {
    const level = (name: string, of: string) => `${name}: &${name} [${Array(9).fill(of).join()}]`;
    const names = [...'abcdefgh'];
    const lines = names.map((name, index) => level(name, index ? `*${names[index - 1]}` : 'x'));
    expect(problemsInMore(lines.join('\n'))).toMatchObject([{ code: 'YAML_SYNTAX' }]);
  });

  it.each([
    ["'^RT''('", 4, '('],
    ['"^\\x52T["', 3, '['],
    ['^ab(c', 3, '('],
    ["'^\u00e4('", 3, '('],
  ])('stands in %s at octet %i where it says %s', (written, octet, character) => {
    const yaml = new YamlFile('a.yaml', `regex: ${written}\n`);
    const { column } = yaml.problemAt('REGEX', ['regex'], 'bad', octet);
    expect(yaml.text[column - 1]).toBe(character);
  });
});

/** Deterministic; good enough to vary texts. */
function* numbers(seed: number): Generator<number, never> {
  let state = seed;
  for (;;) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    yield state >>> 8;
  }
}

const PIECES = [
  '*',
  '&a',
  '*a',
  '<<: ',
  '{',
  '}',
  '[',
  ']',
  ': ',
  '- ',
  "'",
  '"',
  '\\',
  '\n',
  '  ',
];
const MORE_PIECES = [
  '\0',
  '\ufeff',
  '# ',
  '!!set ',
  '? ',
  '|',
  '>',
  '%',
  '---\n',
  '...\n',
  '~',
  '-1',
];
const ALL_PIECES = [...PIECES, ...MORE_PIECES, '1e999', '__proto__: 1\n', '\u{1f600}', 'null', '@'];

/** A text with a few pieces put in, taken out or moved, often where a value begins. */
function mutated(text: string, below: (limit: number) => number): string {
  let changed = text;
  for (let count = 1 + below(2); count > 0; count--) {
    const begins = [...changed.matchAll(/[:[,-] ?(?=\S)/g)].map((one) => one.index + one[0].length);
    const anywhere = below(changed.length + 1);
    const at = below(3) === 0 ? anywhere : (begins[below(begins.length || 1)] ?? anywhere);
    const piece =
      below(4) === 0 ? changed.slice(below(at + 1), at) : ALL_PIECES[below(ALL_PIECES.length)];
    const taken = below(3) === 0 ? below(12) : 0;
    changed = changed.slice(0, at) + (piece ?? '') + changed.slice(at + taken);
  }
  return changed;
}

describe('a damaged file', () => {
  const files = ['ssh.yaml', 'gtp.yaml', 'rtp.yaml', 'services/vpn.yaml'];
  const texts = files.map((name) => readFileSync(path.join(own, name), 'utf8').slice(0, 3000));

  it.each([
    ["of Weir's", problemsIn],
    ["of a user's", problemsInMore],
  ])('%s gives problems with their place, never an error', (_, problemsOf) => {
    const random = numbers(7);
    const below = (limit: number) => random.next().value % limit;
    let refused = 0;
    for (let round = 0; round < 600; round++) {
      const text = mutated(texts[below(texts.length)] ?? '', below);
      const problems = problemsOf(text);
      refused += problems.length > 0 ? 1 : 0;
      const lines = text.split('\n').length;
      for (const { line, column, message } of problems) {
        expect(line).toBeGreaterThan(0);
        expect(line).toBeLessThanOrEqual(lines);
        expect(column).toBeGreaterThan(0);
        expect(message).not.toBe('');
      }
    }
    expect(refused).toBeGreaterThan(200);
  });
});
