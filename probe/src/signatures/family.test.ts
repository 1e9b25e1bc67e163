// SPDX-License-Identifier: Apache-2.0
// Files that hold a family of applications.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CheckedFiles, NONE_CHECKED } from './checked-files.js';
import { loadSamples, loadSignatures } from './load-signatures.js';
import { precheck } from './precheck.js';
import { SignatureFileError } from './signature-file-error.js';

const valid = `family: Films
category: video
reference: their own pages
applications:
  - name: One
    id: 1
    description: First
    serverNames: [one.example]
  - name: Two
    id: 2
    description: Second
    category: music
    serverNames:
      - two.example
      - =www.two.example
    match:
      - transport: tcp
        direction: client
        regex: '^two'
    examples:
      - { transport: tcp, direction: client, text: two }
`;

describe('a family of applications', () => {
  let folder: string;
  const file = () => path.join(folder, 'services', 'films.yaml');
  const put = (text: string) => writeFileSync(file(), text);

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'weir-family-'));
    mkdirSync(path.join(folder, 'services'));
    writeFileSync(path.join(folder, 'registry.yaml'), 'One: 1\nTwo: 2\n');
    put(valid);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const checked = (): CheckedFiles => {
    const { signatures, registries } = precheck(folder);
    return { signatures: new Map(signatures), registries: new Map(registries) };
  };

  /** The same, whether or not the build has checked the file. */
  function only() {
    const found = [NONE_CHECKED, checked()].map((known) => {
      try {
        loadSignatures(folder, known);
      } catch (error) {
        if (error instanceof SignatureFileError) return error.problems;
        throw error;
      }
      return [];
    });
    expect(found[1]).toEqual(found[0]);
    expect(found[0]).toHaveLength(1);
    return found[0]?.[0];
  }

  it('may lie in a folder of the folder, and gives each member what it shares', () => {
    const { applications, serverNames, patterns } = loadSignatures(folder);
    expect(applications).toMatchObject([
      { selector: 1, name: 'One', category: 'video' },
      { selector: 2, name: 'Two', category: 'music' },
    ]);
    expect(serverNames.map((one) => [one.suffix, one.ordinal, one.source])).toEqual([
      ['one.example', 0, `${file()}:8:19: One`],
      ['two.example', 0, `${file()}:14:9: Two`],
      ['www.two.example', 1, `${file()}:15:9: Two`],
    ]);
    expect(patterns).toMatchObject([{ application: 2, source: `${file()}:19:16: Two` }]);
    expect(loadSamples(folder)).toMatchObject([{ application: 'Two', source: `${file()}:21:9` }]);
  });

  it('is taken as it is from what the build has checked', () => {
    expect(checked().signatures.size).toBe(1);
    expect(loadSignatures(folder, checked())).toEqual(loadSignatures(folder, NONE_CHECKED));
  });

  it.each([
    ['UNKNOWN_KEY', 'applications[0].idd', 6, 5, valid.replace('id: 1', 'idd: 1\n    id: 1')],
    ['UNKNOWN_KEY', 'kategory', 2, 1, valid.replace('category', 'kategory: video\ncategory')],
    ['SCHEMA', 'applications[1].category', 12, 15, valid.replace('music', 'musik')],
    ['SCHEMA', 'applications[0]', 5, 5, valid.replace('category: video\n', '\n')],
    ['SCHEMA', 'applications[0].serverNames[0]', 8, 19, valid.replace('[one.', '[one_.')],
    ['EMPTY', 'applications[0]', 5, 5, valid.replace('    serverNames: [one.example]\n', '')],
    ['TOO_LONG', 'applications[0].description', 7, 18, valid.replace('First', 'x'.repeat(56))],
    ['REGISTRY', 'applications[1].id', 10, 9, valid.replace('id: 2', 'id: 3')],
    ['DUPLICATE', 'applications[1].serverNames[0]', 14, 9, valid.replace('- two', '- one')],
    ['PAYLOAD', 'applications[1].examples[0]', 21, 9, valid.replace('text: two', 'hex: abc')],
  ])('names %s at %s', (code, construct, line, column, text) => {
    put(text);
    expect(only()).toMatchObject({ code, construct, file: file(), line, column });
  });
});
