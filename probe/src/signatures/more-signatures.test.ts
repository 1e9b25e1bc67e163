// SPDX-License-Identifier: Apache-2.0
// Signatures of a user's own on top of Weir's.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { SignatureSet } from '@weir/native';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { signatureFiles } from './folder.js';
import { L7_SELECTORS_FROM } from './l7-patterns.js';
import { loadSet } from './load-set.js';
import { USERS_SELECTORS } from './more-signatures.js';
import { type Problem, SignatureFileError } from './signature-file-error.js';

const own = path.resolve(import.meta.dirname, '../../../signatures');
const setOf = (base: string, more: readonly string[]): SignatureSet =>
  loadSet({ base, more, own }).set;
const weirs = setOf(own, []);

const youTube = `name: YouTube
serverNames: [video.campus.example]
ports: [tcp/4242]
`;

const canteen = `name: Canteen
id: 500000
category: web
serverNames: [ytimg.com]
`;

const selectorOf = ({ applications }: SignatureSet, name: string): number | undefined =>
  applications.find((one) => one.name === name)?.selector;

const ownersOf = (set: SignatureSet, suffix: string): string[] =>
  set.serverNames
    .filter((one) => one.suffix === suffix)
    .map(({ application, isExact }) => {
      const name = set.applications.find((one) => one.selector === application)?.name;
      return isExact ? `=${name}` : `${name}`;
    });

describe('more signatures', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'weir-more-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function put(name: string, text: string): string {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  }
  const load = (...more: string[]): SignatureSet => setOf(own, [folder, ...more]);

  function problems(): readonly Problem[] {
    try {
      load();
    } catch (error) {
      if (error instanceof SignatureFileError) return error.problems;
      throw error;
    }
    return [];
  }

  it('change nothing when there are none', () => {
    expect(load()).toEqual(weirs);
  });

  it('extend an application, and leave all else as it was', () => {
    const file = put('deeper/youtube.yaml', youTube);
    const set = load();
    const application = selectorOf(weirs, 'YouTube');
    const before = weirs.serverNames.filter((one) => one.application === application);
    expect(set).toEqual({
      ...weirs,
      serverNames: [
        ...weirs.serverNames,
        {
          suffix: 'video.campus.example',
          isExact: false,
          application,
          ordinal: before.length,
          source: `${file}:2:15: YouTube`,
        },
      ],
      ports: [...weirs.ports, { transport: 'tcp', port: 4242, application }],
    });
  });

  it('number added patterns on behind those of their application', () => {
    const match = (regex: string) =>
      `match:\n  - { transport: tcp, direction: either, regex: '${regex}' }\n`;
    put('a.yaml', `name: SSH\n${match('^one')}`);
    put('b.yaml', `name: SSH\n${match('^two')}`);
    const [ssh, set] = [selectorOf(weirs, 'SSH'), load()];
    const ordinals = weirs.patterns.filter((one) => one.application === ssh);
    const last = Math.max(...ordinals.map((one) => one.ordinal));
    const added = set.patterns.slice(weirs.patterns.length);
    expect(added.map((one) => [one.regex, one.side, one.application, one.ordinal])).toEqual([
      ['^one', 'client', ssh, last + 1],
      ['^one', 'server', ssh, last + 1],
      ['^two', 'client', ssh, last + 2],
      ['^two', 'server', ssh, last + 2],
    ]);
  });

  it('give a server name and a port of one application to a new one', () => {
    const ssh = { transport: 'tcp', port: 22 };
    expect(ownersOf(weirs, 'ytimg.com')).toEqual(['YouTube']);
    expect(weirs.ports).toContainEqual({ ...ssh, application: selectorOf(weirs, 'SSH') });
    put('canteen.yaml', `${canteen}ports: [tcp/22]\n`);
    const set = load();
    expect(ownersOf(set, 'ytimg.com')).toEqual(['Canteen']);
    expect(ownersOf(set, 'youtube.com')).toEqual(['YouTube']);
    expect(set.serverNames).toHaveLength(weirs.serverNames.length);
    expect(set.ports.filter((one) => one.transport === 'tcp' && one.port === 22)).toEqual([
      { ...ssh, application: 500_000 },
    ]);
    expect(set.applications.at(-1)).toEqual({
      selector: 500_000,
      name: 'Canteen',
      description: 'Canteen',
      category: 'web',
      ipProtocol: 0,
    });
  });

  it('take the whole name with a suffix, and with "=" the whole name alone', () => {
    put('a.yaml', canteen.replace('ytimg.com', '=ytimg.com'));
    expect(ownersOf(load(), 'ytimg.com')).toEqual(['YouTube', '=Canteen']);
    put('a.yaml', canteen);
    expect(ownersOf(load(), 'ytimg.com')).toEqual(['Canteen']);
  });

  it('may look within a protocol of the base, and be a family', () => {
    put(
      'ours.yaml',
      `family: Ours
category: office
applications:
  - name: Intranet
    id: 799999
    match:
      - { transport: tcp, direction: client, regex: '^GET /intranet', within: HTTP }
  - name: YouTube
    serverNames: [tube.campus.example]
`,
    );
    const set = load();
    expect(set.applications.at(-1)).toMatchObject({ selector: 799_999, category: 'office' });
    expect(set.patterns.at(-1)).toMatchObject({
      application: 799_999,
      protocol: selectorOf(weirs, 'HTTP'),
    });
    expect(ownersOf(set, 'tube.campus.example')).toEqual(['YouTube']);
  });

  const idFor = (id: number | string): string => canteen.replace('500000', `${id}`);
  it.each([
    ['BOUNDS', 'id', 2, 5, idFor(499_999), /from 500000 to 799999/],
    ['BOUNDS', 'id', 2, 5, idFor(800_000), /from 500000 to 799999/],
    ['UNKNOWN_KEY', 'servernames', 5, 1, `${canteen}servernames: [a.example]\n`, /unknown key/],
    ['SCHEMA', '', 1, 1, canteen.replace('id: 500000\n', ''), /^has no id \(500000 .*Canteen/],
    ['SCHEMA', '', 1, 1, canteen.replace('category: web\n', ''), /^has no category/],
    [
      'SCHEMA',
      '',
      1,
      1,
      youTube.replace('YouTube', 'Youtube'),
      /no id .* and no category.*YouTube\?/,
    ],
    ['CONFLICT', 'id', 4, 5, `${youTube}id: 500000\n`, /YouTube.* its id is 1001/],
    ['CONFLICT', 'category', 4, 11, `${youTube}category: web\n`, /its category is video/],
    ['EMPTY', '', 1, 1, 'name: YouTube\n', /aliases/],
    ['EMPTY', '', 1, 1, canteen.replace(/serverNames.*\n/, ''), /names no flow/],
    ['BOUNDS', 'ports[0]', 3, 9, youTube.replace('4242', '65536'), /highest port/],
    [
      'DUPLICATE',
      'name',
      1,
      7,
      canteen.replace('Canteen', 'youtube'),
      /write YouTube to extend it/,
    ],
    [
      'CONFLICT',
      'ipProtocol',
      4,
      13,
      `${youTube}ipProtocol: 1\n`,
      /has no ipProtocol; leave it out/,
    ],
    ['DUPLICATE', 'ipProtocol', 5, 13, `${canteen}ipProtocol: 1\n`, /taken by ICMP/],
  ])('name %s at %s (%i:%i)', (code, construct, line, column, text, message) => {
    const file = put('a.yaml', text);
    const found = problems();
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ code, construct, file, line, column });
    expect(found[0]?.message).toMatch(message);
  });

  it('may say a name, a number, a server name and a port only once, in all of their files', () => {
    put('a.yaml', `${canteen}ports: [tcp/22]\n`);
    put('b.yaml', `${canteen}ports: [tcp/22]\n`);
    put('c.yaml', youTube.replace('video.campus.example', 'ytimg.com'));
    const found = problems().map(({ code, construct, file }) =>
      [code, construct, path.basename(file)].join(' '),
    );
    expect(found).toEqual([
      'DUPLICATE name b.yaml',
      'DUPLICATE id b.yaml',
      'DUPLICATE serverNames[0] b.yaml',
      'DUPLICATE ports[0] b.yaml',
      'DUPLICATE serverNames[0] c.yaml',
    ]);
  });

  it('agree with the base where they say what it says', () => {
    put('youtube.yaml', `${youTube}id: 1001\ncategory: video\nreference: our own\n`);
    expect(selectorOf(load(), 'YouTube')).toBe(1001);
  });

  it('come from several folders', () => {
    const [first, second] = [path.join(folder, 'first'), path.join(folder, 'second')];
    put('first/youtube.yaml', youTube);
    put('second/canteen.yaml', canteen);
    const set = setOf(own, [first, second]);
    expect(set.applications).toHaveLength(weirs.applications.length + 1);
    expect(ownersOf(set, 'video.campus.example')).toEqual(['YouTube']);
  });

  it("hold files of l7-filter, which know the base's names and the user's", () => {
    put('canteen.yaml', `${canteen}aliases: [mensa]\nports: [tcp/1]\n`);
    put('dns.yaml', 'name: SSH\naliases: [shell-of-ours]\n');
    for (const name of ['http', 'shell-of-ours', 'mensa', 'elsewhere']) {
      put(`l7/${name}.pat`, `${name}\n^${name.slice(0, 3)}\n`);
    }
    const set = setOf(own, [folder]);
    const added = set.patterns.slice(weirs.patterns.length);
    expect(
      new Set(added.map((one) => [one.source.split(' ').at(-1), one.application].join())),
    ).toEqual(
      new Set([
        `HTTP,${selectorOf(weirs, 'HTTP')}`,
        `SSH,${selectorOf(weirs, 'SSH')}`,
        // Canteen is known by its servers only: a pattern of that name is something else.
        `mensa,${L7_SELECTORS_FROM + 1}`,
        `elsewhere,${L7_SELECTORS_FROM}`,
      ]),
    );
    const before = weirs.patterns.filter((one) => one.application === selectorOf(weirs, 'HTTP'));
    const behind = added.find((one) => one.application === selectorOf(weirs, 'HTTP'));
    expect(behind?.ordinal).toBe(Math.max(...before.map((one) => one.ordinal)) + 1);
  });

  it("extend l7-filter's patterns, whose numbers stay", () => {
    const base = mkdtempSync(path.join(tmpdir(), 'weir-base-'));
    writeFileSync(path.join(base, 'zebra.pat'), 'zebra\n^zeb\n');
    put('zebra.yaml', 'name: zebra\nserverNames: [zebra.example]\n');
    put('ant.pat', 'ant\n^ant\n');
    const set = setOf(base, [folder]);
    rmSync(base, { recursive: true });
    expect(set.applications.map(({ name, selector }) => `${name} ${selector}`)).toEqual([
      `zebra ${L7_SELECTORS_FROM}`,
      `ant ${L7_SELECTORS_FROM + 1}`,
    ]);
    expect(ownersOf(set, 'zebra.example')).toEqual(['zebra']);
  });

  it('are refused when their folder is not there', () => {
    const missing = path.join(folder, 'missing');
    expect(() => setOf(own, [missing])).toThrow(/missing.*--more-signatures/);
  });

  it('are not what editors leave, nor what is no file; a file that cannot be read is told', () => {
    symlinkSync('nowhere', path.join(folder, '.#a.yaml'));
    mkdirSync(path.join(folder, 'folder.yaml'));
    put('.git/a.yaml', 'nonsense');
    put('ours.yml', youTube);
    expect(ownersOf(load(), 'video.campus.example')).toEqual(['YouTube']);
    for (const name of ['gone.yaml', 'gone.pat']) symlinkSync('nowhere', path.join(folder, name));
    const found = problems();
    expect(found.map(({ code, file }) => [code, path.basename(file)])).toEqual([
      ['UNREADABLE', 'gone.yaml'],
      ['UNREADABLE', 'gone.pat'],
    ]);
    expect(found[0]?.message).toMatch(/leads nowhere \(ENOENT\); remove it/);
  });

  it('are among the files that a reload reads', () => {
    const files = [put('deeper/youtube.yaml', youTube), put('a.pat', 'a\n^a\n')];
    put('notes.txt', 'none');
    expect(new Set(signatureFiles(folder))).toEqual(new Set(files));
  });
});

it("leaves the user's numbers free in Weir's own signatures", () => {
  const { from, to } = USERS_SELECTORS;
  const taken = weirs.applications.filter(({ selector }) => selector >= from && selector <= to);
  expect(taken).toEqual([]);
});
