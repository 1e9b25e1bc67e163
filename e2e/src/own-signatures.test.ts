// SPDX-License-Identifier: Apache-2.0
// `weir signatures` as someone uses it who has signatures of their own on top of Weir's, or a folder of
// l7-filter's patterns in their place.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { captureOf, said } from './conversation-capture.js';
import { failureOf, scratchFolder, weir } from './weir.js';

const ROOMTOOL = `name: Roomtool
id: 500000
aliases: [rmtl]
category: office
match:
  - { transport: tcp, direction: client, regex: '^ROOM[0-9]{2}' }
examples:
  - { transport: tcp, direction: client, text: 'ROOM12' }
nearMisses:
  - { transport: tcp, direction: client, text: 'ROOMY' }
`;

const SSH = `name: SSH
match:
  - { transport: tcp, direction: client, regex: '^XSSH-[0-9]\\.' }
serverNames: [ssh.campus.example]
examples:
  - { transport: tcp, direction: client, text: 'XSSH-2.0' }
`;

interface Problem {
  readonly code: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

interface Report {
  readonly folders: readonly string[];
  readonly patterns: number;
  readonly samples: number;
  readonly errors: readonly Problem[];
  readonly warnings: readonly Problem[];
}

function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = scratchFolder();
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  return folder;
}

/** Whatever the exit code. */
async function lint(...args: string[]): Promise<Report> {
  const { stdout } = await weir('signatures', 'lint', ...args, '--json').catch(
    (error: { stdout: string }) => error,
  );
  return JSON.parse(stdout) as Report;
}

const spelt = ({ code, file, line, column }: Problem): string =>
  `${code} ${path.basename(file)}:${line}:${column}`;

describe('signatures of a user', () => {
  let ours = '';
  let capture = '';

  beforeAll(() => {
    ours = folderOf({ 'roomtool.yaml': ROOMTOOL, 'ssh.yaml': SSH });
    capture = path.join(scratchFolder(), 'ours.pcap');
    writeFileSync(capture, captureOf([said('ROOM12'), said('XSSH-2.0'), said('nothing')]));
  });

  it.each([['argument'], ['option']])('are linted alone, on top of Weir: %s', async (form) => {
    const report = await lint(...(form === 'argument' ? [ours] : ['--more-signatures', ours]));
    expect(report).toMatchObject({ folders: [ours], patterns: 2, samples: 3 });
    expect([...report.errors, ...report.warnings]).toEqual([]);
  });

  it('have their examples run, beside those that they must leave alone', async () => {
    const bad = folderOf({
      'a.yaml': ROOMTOOL.replace('ROOM12', 'RAUM12').replace(
        "'^ROOM[0-9]{2}'",
        "'^SSH-[0-9]', priority: 1",
      ),
    });
    const { errors, warnings } = await lint(bad);
    expect(errors.map(spelt)).toEqual(['EXAMPLE a.yaml:8:5']);
    expect(warnings.map(spelt)).toContain('TAKES a.yaml:6:49');
  });

  it('are told with the column of the construct, all of them', async () => {
    const bad = folderOf({
      'a.yaml': ROOMTOOL.replace('^ROOM[0-9]{2}', '^RO(OM'),
      'b.yaml': SSH.replace('^XSSH-', '^X(SSH-'),
    });
    const { errors } = await lint(bad);
    expect(errors.map(spelt)).toContain('REGEX a.yaml:6:53');
    expect(errors.map(spelt)).toContain('REGEX b.yaml:3:52');
    const { stderr } = await failureOf(
      ...['signatures', 'test', capture, '--more-signatures', bad, '--check'],
    );
    expect(stderr).toMatch(/a\.yaml:6:53: .*b\.yaml:3:52: /s);
  });

  it('start no probe when they are no good, which tells all of them with their columns', async () => {
    const bad = folderOf({
      'a.yaml': ROOMTOOL.replace('^ROOM[0-9]{2}', '^RO(OM'),
      'b.yaml': SSH.replace('^XSSH-', '^X(SSH-'),
    });
    const args = ['probe', '--read', capture, '--more-signatures', bad];
    for (const more of [[], ['--check'], ['--engine', 'emulator']]) {
      const { code, stderr } = await failureOf(...args, ...more);
      expect(code).toBe(1);
      expect(stderr).toMatch(
        /a\.yaml:6:53: match\[0\]\.regex: .*b\.yaml:3:52: .*WEIR_SIGNATURE_REGEX/s,
      );
    }
  });

  it('are checked where no column is known, too', async () => {
    const message = 'holds neither signature files (.yaml) nor pattern files (.pat)';
    expect((await lint(folderOf({}))).warnings).toMatchObject([{ code: 'NO_FILES', message }]);
    const { stderr } = await failureOf('signatures', 'list', '--signatures', ours);
    expect(stderr).toContain('--more-signatures');
  });

  it('are listed and shown with what they extend', async () => {
    const more = ['--more-signatures', ours];
    const { stdout } = await weir('signatures', 'show', 'ssh', ...more);
    expect(stdout).toMatch(/^ {2}extended by +\S+ssh\.yaml:3$/m);
    expect(stdout).toContain('^XSSH-[0-9]');
    expect(stdout).toMatch(/"SSH-2\.0.*"XSSH-2\.0"/s);
    const served = await weir('signatures', 'show', 'a.ssh.campus.example', ...more);
    expect(served.stdout).toContain('of ssh.campus.example');
    const listed = await weir('signatures', 'list', 'roomtool', ...more, '--json');
    expect(JSON.parse(listed.stdout)).toMatchObject([{ name: 'Roomtool', id: 500_000 }]);
  });

  it.each([['Roomtool'], ['ROOMTOOL'], ['RMTL']])('can be expected: %s', async (name) => {
    const args = ['signatures', 'test', capture, '--more-signatures', ours];
    const { stderr } = await failureOf(...args, '--expect', name);
    expect(stderr).toMatch(/2 of 3 flows are not called Roomtool/);
    expect((await failureOf(...args, '--expect', 'Rumtool')).stderr).toContain('mean Roomtool?');
  });

  it('give as JSON what is shown', async () => {
    const args = ['signatures', 'test', capture, '--more-signatures', ours, '--json'];
    const filesWith = async (option: string): Promise<{ flows: { application: string }[] }[]> =>
      JSON.parse((await weir(...args, option)).stdout).files;
    expect((await filesWith('--unknown')).flatMap(({ flows }) => flows)).toMatchObject([
      { number: 3, application: 'unknown' },
    ]);
    expect(await filesWith('--summary')).toEqual([]);
  });
});

describe("a folder of l7-filter's patterns", () => {
  const folder = folderOf({ 'zz.pat': '# Zz\nzz\n^zz top\n', 'edonkey.pat': 'edonkey\n^\\xe3\n' });
  const use = ['--signatures', folder];

  it('can be listed, shown, linted, checked and expected', async () => {
    const { stdout } = await weir('signatures', 'list', ...use);
    expect(stdout).toMatch(/eDonkey.*zz .*2 protocols, 0 services/s);
    expect((await weir('signatures', 'show', 'ZZ', ...use)).stdout).toMatch(
      /zz\.pat:3$.*\^zz top/ms,
    );
    const { errors, warnings } = await lint(...use);
    expect(errors).toEqual([]);
    expect(warnings.map(spelt)).toEqual(['WEAK edonkey.pat:2:1']);
    const capture = path.join(scratchFolder(), 'zz.pcap');
    writeFileSync(capture, captureOf([said('zz top')]));
    const test = ['signatures', 'test', capture, ...use];
    expect((await weir(...test, '--check')).stderr).toMatch(/can be used/);
    expect((await weir(...test, '--expect', 'Zz')).stdout).toContain('zz');
    const cost = ['signatures', 'cost', capture, ...use, '--top', '3', '--json'];
    expect(JSON.parse((await weir(...cost)).stdout).patterns).toHaveLength(3);
  });
});
