// SPDX-License-Identifier: Apache-2.0
// `weir signatures` on a capture and on folders of signatures that are made here.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { captureOf, said } from './conversation-capture.js';
import { failureOf, SAMPLE, scratchFolder, weir } from './weir.js';

async function asJson<Answer>(...args: string[]): Promise<Answer> {
  const { stdout } = await weir('signatures', ...args, '--json');
  return JSON.parse(stdout) as Answer;
}

/** A folder of signatures: files by name, and a registry of what is in them. */
function folderOf(files: Readonly<Record<string, string>>, registry: string): string {
  const folder = scratchFolder();
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'registry.yaml'), registry);
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  return folder;
}

const GURGLE = `name: Gurgle
id: 900
aliases: [GRG]
description: A protocol of this test
category: messaging
reference: here
match:
  - { transport: tcp, direction: client, regex: '^GRG/1 [a-z]+' }
  - { transport: tcp, direction: client, regex: '^GRG/1 hello' }
examples:
  - { transport: tcp, direction: client, text: 'GRG/1 hello' }
nearMisses:
  - { transport: tcp, direction: client, text: 'GRG/2 hello' }
`;

const BURBLE = `name: Burble
id: 901
description: A service of this test
category: video
reference: here
serverNames: [burble.example]
`;

describe('weir signatures', () => {
  let signatures = '';
  let capture = '';

  beforeAll(() => {
    const registry = 'Gurgle: 900\nBurble: 901\n';
    signatures = folderOf({ 'gurgle.yaml': GURGLE, 'burble.yaml': BURBLE }, registry);
    capture = path.join(scratchFolder(), 'gurgle.pcap');
    writeFileSync(capture, captureOf([said('GRG/', '1 hello'), said('GRG/2 hello')]));
  });

  it('lists what can be named, and finds words in it', async () => {
    const all = await asJson<{ name: string; kind: string }[]>('list', '--signatures', signatures);
    expect(all.map(({ name, kind }) => [name, kind])).toEqual([
      ['Burble', 'service'],
      ['Gurgle', 'protocol'],
    ]);
    const found = await asJson<{ name: string }[]>('list', 'grg', '--signatures', signatures);
    expect(found.map(({ name }) => name)).toEqual(['Gurgle']);
  });

  it.each(['gurgle', 'GRG'])('shows an application by its name or alias: %s', async (name) => {
    const { stdout } = await weir('signatures', 'show', name, '--signatures', signatures);
    expect(stdout).toContain('Gurgle: A protocol of this test');
    expect(stdout).toContain('^GRG/1 hello');
    expect(stdout).toContain('"GRG/2 hello"');
  });

  it("says which service a server's name belongs to, and why", async () => {
    const { entry, byServerName } = await asJson<{ entry: { name: string }; byServerName: string }>(
      'show',
      'www.BURBLE.example',
      '--signatures',
      signatures,
    );
    expect(entry.name).toBe('Burble');
    expect(byServerName).toBe('burble.example');
    const { stderr } = await failureOf(
      'signatures',
      'show',
      'nurble.example',
      '--signatures',
      signatures,
    );
    expect(stderr).toContain('WEIR_PROBE_NO_SUCH_APPLICATION');
  });

  it('names the flows of a capture in the order in which they begin', async () => {
    const { files } = await asJson<{ files: { flows: Record<string, unknown>[] }[] }>(
      'test',
      capture,
      '--signatures',
      signatures,
    );
    expect(files[0]?.flows).toMatchObject([
      { number: 1, application: 'Gurgle', confidence: 'payload', verdictPackets: 2 },
      { number: 2, application: 'unknown', confidence: 'none' },
    ]);
  });

  it('fails when a flow is called otherwise', async () => {
    const expected = ['test', capture, '--signatures', signatures, '--expect'];
    const { code, stderr } = await failureOf('signatures', ...expected, 'GRG');
    expect(code).toBe(1);
    expect(stderr).toMatch(/1 of 2 flows are not called Gurgle.*WEIR_CLI_NOT_AS_EXPECTED/s);
    expect((await failureOf('signatures', ...expected, 'Nurble')).stderr).toContain(
      'NO_SUCH_APPLICATION',
    );
  });

  it('explains where a pattern matches, which decides, and why', async () => {
    const explain = ['explain', capture, '--signatures', signatures, '--flow'];
    const { stdout } = await weir('signatures', ...explain, '1');
    expect(stdout).toContain('Verdict: Gurgle, confidence payload, after 2 packets with payload');
    expect(stdout).toContain('47 52 47 2f 31 20 68 65  6c 6c 6f');
    expect(stdout).toMatch(/Gurgle\/match\/2: octets 0 to 10, packet 4.*\n.*\n +decides/);
    expect(stdout.split('\n').filter((line) => line.length > 110)).toEqual([]);
  });

  it('takes a 5-tuple in either direction, and shows what came close', async () => {
    const flow = '192.0.2.2:4711-192.0.2.1:40001/tcp';
    const { stdout } = await weir(
      'signatures',
      'explain',
      capture,
      '--signatures',
      signatures,
      '--flow',
      flow,
    );
    expect(stdout).toContain('Verdict: unknown');
    expect(stdout).toContain('then it wants 1, and octet 4 is 2');
  });

  it.each([
    ['99', /has 2 flows, and none of them is 99.*WEIR_PROBE_NO_SUCH_FLOW/s],
    ['first', /WEIR_PROBE_BAD_FLOW/],
  ])('says what is wrong with --flow %s', async (flow, message) => {
    const { code, stderr } = await failureOf('signatures', 'explain', capture, '--flow', flow);
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
  });

  it('finds every error of a folder, with its place', async () => {
    const broken = folderOf(
      {
        'a.yaml': GURGLE.replace("'^GRG/1 hello' }", "'^GRG(' }").replace('priority', ''),
        'b.yaml': BURBLE.replace('video', 'nonsense'),
        'c.yaml': GURGLE.replace('Gurgle', 'Other')
          .replace('900', '902')
          .replaceAll('GRG/1', 'OTH/1')
          .replace("text: 'OTH/1 hello'", "text: 'GRG/1 abc'"),
      },
      'Gurgle: 900\nBurble: 901\nOther: 902\n',
    );
    const { code, stdout } = await failureOf('signatures', 'lint', broken, '--json');
    expect(code).toBe(1);
    const { errors } = JSON.parse(stdout) as { errors: Record<string, unknown>[] };
    expect(errors).toMatchObject([
      { code: 'REGEX', file: path.join(broken, 'a.yaml'), line: 9, construct: 'match[1].regex' },
      { code: 'SCHEMA', file: path.join(broken, 'b.yaml'), line: 4, construct: 'category' },
      { code: 'EXAMPLE', file: path.join(broken, 'c.yaml'), construct: 'examples[0]' },
    ]);
  });

  it('warns of what is slow, weak, or never counts', async () => {
    const weak = folderOf(
      {
        'a.yaml': GURGLE.replace("'^GRG/1 hello'", "'GRG'"),
        'b.yaml': GURGLE.replace('Gurgle', 'Later').replace('900', '902'),
        'c.yaml': GURGLE.replace('Gurgle', 'Weak')
          .replace('900', '903')
          .replaceAll('GRG/1', '[A-Z]1')
          .replace("text: '[A-Z]1 hello'", "text: 'X1 hello'"),
      },
      'Gurgle: 900\nLater: 902\nWeak: 903\n',
    );
    const { stdout } = await failureOf('signatures', 'lint', weak, '--json');
    const { warnings } = JSON.parse(stdout) as { warnings: { code: string; file: string }[] };
    const codesOf = (file: string): string[] =>
      warnings.filter((one) => one.file.endsWith(file)).map(({ code }) => code);
    expect(codesOf('a.yaml')).toContain('UNANCHORED');
    expect(codesOf('b.yaml')).toContain('SHADOWED');
    expect(codesOf('c.yaml')).toContain('WEAK');
  });

  it("finds nothing wrong in Weir's own", async () => {
    const { errors, warnings } = await asJson<{
      errors: unknown[];
      warnings: { code: string; file: string; construct: string }[];
    }>('lint');
    expect(errors).toEqual([]);
    // An example for each pattern, a near miss for each application, nothing that random data fits.
    expect(warnings.map(({ code, file, construct }) => [code, file, construct])).toEqual([]);
  });

  it('ranks patterns by their cost, those that may match anywhere first', async () => {
    const slow = folderOf(
      { 'a.yaml': GURGLE.replace("'^GRG/1 hello'", "'[a-z]{3}GRG'") },
      'Gurgle: 900\n',
    );
    const { octets, patterns } = await asJson<{
      octets: number;
      patterns: { isAnchored: boolean; saving: number; pattern: { rule: string } }[];
    }>('cost', SAMPLE, '--signatures', slow);
    expect(octets).toBeGreaterThan(10_000);
    expect(patterns.map(({ pattern, isAnchored }) => [pattern.rule, isAnchored])).toEqual([
      ['Gurgle/match/2', false],
      ['Gurgle/match/1', true],
    ]);
  });
});
