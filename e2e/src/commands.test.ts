// SPDX-License-Identifier: Apache-2.0
// The command line contract: help, checks, and mistakes that are explained.
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { failureOf, ROOT, SAMPLE, scratchFolder, WEIR, weir } from './weir.js';

/** Prints what bash would offer for the last of the words: $0 is the script, $@ the words. */
const COMPLETE =
  'source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _weir; echo "${COMPREPLY[*]}"';

const CHECK = ['probe', '--check', '--read', SAMPLE];

describe('the weir command', () => {
  it.each([
    'up',
    'probe',
    'probe status',
    'probe reload',
    'collector',
    'gateway',
    'gateway diff',
    'query',
    'rules add',
    'rules preview',
    'decisions add',
    'decisions why',
    'lists add',
    'user list',
    'user password',
    'key add',
    'signatures list',
    'signatures show',
    'signatures lint',
    'signatures test',
    'signatures explain',
    'signatures cost',
  ])('explains %s', async (command) => {
    const { stdout } = await weir(...command.split(' '), '--help');
    expect(stdout).toContain('--config <file>');
    expect(stdout).toContain('--check');
    expect(stdout).toContain('Examples:');
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  it.each([['--version'], ['--help'], ['probe', '--help'], ['completion', 'bash'], ['config']])(
    'loads only what it takes: %s %s',
    (...args) => {
      // Whoever loads the data plane or the database loads an addon.
      const run = spawnSync(process.execPath, ['--no-addons', WEIR, ...args], { encoding: 'utf8' });
      expect(run).toMatchObject({ status: 0, stderr: '' });
    },
  );

  it("has all of Weir's own signatures checked by the build", () => {
    const list = path.join(ROOT, 'probe/dist/signatures/checked-files.json');
    const { signatures, registries } = JSON.parse(readFileSync(list, 'utf8')) as Record<
      'signatures' | 'registries',
      [string, unknown][]
    >;
    const checked = new Set([...signatures, ...registries].map(([text]) => text));
    const folder = path.join(ROOT, 'signatures');
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    const files = names.filter((name) => name.endsWith('.yaml'));
    expect(files).toContain(path.join('services', 'video.yaml'));
    expect(
      files.filter((name) => !checked.has(readFileSync(path.join(folder, name), 'utf8'))),
    ).toEqual([]);
  });

  it('prints a configuration file that every command accepts', async () => {
    const file = path.join(scratchFolder(), 'weir.yaml');
    const { stdout } = await weir('config');
    writeFileSync(file, stdout);
    const data = path.join(scratchFolder(), 'data');
    await weir('probe', '--config', file, '--check', '--read', SAMPLE);
    await weir('collector', '--config', file, '--check', '--data', data);
    await weir('up', '--config', file, '--check', '--data', data);
    await weir('query', 'health', '--config', file, '--check');
    await weir('gateway', '--config', file, '--check');
  });

  it('accepts what it prints once the comments are taken away', async () => {
    const file = path.join(scratchFolder(), 'weir.yaml');
    const { stdout } = await weir('config', 'gateway');
    const uncommented = stdout.replace(/^ {2}#(\w+:.*)$/gm, '  $1');
    expect(uncommented).not.toBe(stdout);
    writeFileSync(file, uncommented);
    await weir('gateway', '--config', file, '--check');
  });

  it.each([
    [['probe'], /WEIR_PROBE_NO_SOURCE/],
    [['probe', '--read', 'a', '--interface', 'lo'], /WEIR_PROBE_TWO_SOURCES/],
    [['probe', '--read', '/does/not/exist.pcap'], /WEIR_CAPTURE_CANNOT_OPEN/],
    [['probe', '--read', SAMPLE, '--signatures', '/nonexistent'], /WEIR_PROBE_NO_SIGNATURES/],
    [
      ['probe', '--read', SAMPLE, '--more-signatures', '/nonexistent'],
      /--more-signatures, or leave/,
    ],
    [['probe', '--interface', 'nosuch0'], /WEIR_CAPTURE_NO_SUCH_INTERFACE/],
    [['probe', '--read', 'a', '--export', 'netflow7://x:1'], /WEIR_PROBE_BAD_EXPORT_TARGET/],
    [['probe', '--read', 'a', '--lanes', '0'], /--lanes: probe\.lanes must be >= 1, not 0/],
    [['collector', '--http', 'nonsense'], /WEIR_COLLECTOR_/],
    [['collector', '--check', '--network-file', '/no/such'], /\/no\/such: .*NETWORK_FILE/s],
    [['collector', '--check', '--protect', '10.0.0.0/33'], /"10.0.0.0\/33" in protect; write/],
    [['collector', '--check', '--trusted-proxy', 'nginx'], /WEIR_COLLECTOR_ADDRESS/],
    [['collector', '--check', '--rules-file', SAMPLE], /WEIR_COLLECTOR_RULES_FILE/],
    [['key', 'add', 'x', '--scope', 'read', '--data', '/no/such'], /WEIR_CLI_NO_DATA_FOLDER/],
    [['query', 'top', '--collector', 'http://127.0.0.1:1'], /WEIR_CLI_COLLECTOR_UNREACHABLE/],
    [['query', 'top', '--last', 'soon'], /WEIR_CLI_BAD_DURATION/],
    [['query', 'top', '--limit', 'many'], /--limit <rows>.*whole number/],
    [['query', 'top', '--collector', 'http://'], /WEIR_CLI_BAD_COLLECTOR/],
    [
      ['query', '--collector', 'localhost'],
      /must be written like http:\/\/127.0.0.1:8055, not "loc/,
    ],
    [['rules', 'add', 'a', 'tcp', '--down', '2M'], /WEIR_CLI_BAD_ACTION/],
    [['probe', '--read', 'a', '--pin', '3-1'], /WEIR_PROBE_BAD_CORES/],
    [['probe', '--check', '--read', SAMPLE, '--pin', '4000'], /WEIR_PROBE_NO_SUCH_CORE/],
    [['probe', '--check', '--read', SAMPLE, '--pin', '0', '--lanes', '2'], /TOO_FEW_CORES/],
    [['probe', '--check', '--read', SAMPLE, '--user', 'no-such-user'], /WEIR_PROBE_NO_SUCH_USER/],
    [['probe', '--check', '--read', SAMPLE, '--metrics', '9469'], /BAD_METRICS_ADDRESS/],
    [['probe', '--read', SAMPLE, '--control', '/dev/null'], /WEIR_PROBE_CONTROL_SOCKET/],
    [['probe', '--read', SAMPLE, '--control', '/no/such/c.sock'], /no such file.*CONTROL_SOCKET/s],
    [['probe', 'status', '--control', '/no/such.sock'], /at \/no\/such\.sock.*WEIR_CLI_NO_PROBE/s],
    [['probe', 'reload', '--control', '/no/such.sock'], /WEIR_CLI_NO_PROBE/],
    [['probe', '--read', SAMPLE, '--stats', '/no/such/folder/s'], /WEIR_CLI_CANNOT_WRITE_STATS/],
    [['probe', '--read', SAMPLE, '--stats', '/dev/full'], /WEIR_CLI_CANNOT_WRITE_STATS/],
    [['probe', '--check', '--read', '/does/not/exist.pcap'], /WEIR_CLI_CANNOT_READ_CAPTURE/],
    [['up', '--check', '--interface', 'nosuch0'], /WEIR_CLI_NO_SUCH_INTERFACE/],
    [['probe', '--check', '--read', SAMPLE, '--records', '/no/such/r'], /WEIR_CLI_CANNOT_WRITE/],
    [[...CHECK, '--export', 'file:///no/such/x.ipfix'], /\/no\/such\/x\.ipfix.*CANNOT_WRITE/s],
    [[...CHECK, '--export', 'netflow9://no-such-host.invalid:1'], /WEIR_CLI_UNKNOWN_HOST/],
    [[...CHECK, '--export-source', '192.0.2.77'], /WEIR_CLI_BAD_SOURCE/],
    [[...CHECK, '--export-source', 'eth0'], /WEIR_CLI_BAD_SOURCE/],
    [[...CHECK, '--metrics', '192.0.2.77:9469'], /WEIR_CLI_BAD_METRICS/],
  ])('explains a mistake: %j', async (args, message) => {
    const { code, stderr } = await failureOf(...args);
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('defect of Weir');
  });

  it.each([['up'], ['probe', '--read', SAMPLE, '--records', 'r', '--stats', 's'], ['collector']])(
    'changes nothing on --check: %s',
    async (...args) => {
      const folder = scratchFolder();
      const changed = { HOME: folder, XDG_CACHE_HOME: path.join(folder, 'cache') };
      execFileSync(process.execPath, [WEIR, ...args, '--check'], {
        cwd: folder,
        env: { ...process.env, ...changed },
        stdio: 'ignore',
      });
      expect(readdirSync(folder)).toEqual([]);
    },
  );

  it('knows the unknown', async () => {
    const file = path.join(scratchFolder(), 'weir.yaml');
    writeFileSync(file, 'probe:\n  lanez: 2\n');
    const { stderr } = await failureOf('probe', '--config', file, '--read', 'a');
    expect(stderr).toMatch(/weir\.yaml:2:3: unknown key "probe\.lanez"\. Did you mean "lanes"\?/);
    expect((await failureOf('probe', '--laness', '2')).stderr).toMatch(/Did you mean --lanes\?/);
  });

  it('completes commands and flags in bash', async () => {
    const { stdout } = await weir('completion', 'bash');
    expect(stdout).toContain('complete -o filenames -F _weir weir');
    const file = path.join(scratchFolder(), 'completion');
    writeFileSync(file, stdout);
    const completed = (...words: string[]): string[] =>
      execFileSync('bash', ['-c', COMPLETE, file, ...words], { encoding: 'utf8' })
        .trim()
        .split(' ');
    expect(completed('weir', 'pr')).toEqual(['probe']);
    expect(completed('weir', 'probe', '--la')).toEqual(['--lanes']);
    expect(completed('weir', 'probe', '--lanes', '2', '--eng')).toContain('--engine');
    expect(completed('weir', 'probe', '--engine', '')).toEqual([
      'hyperscan',
      'emulator',
      'ncore',
      'none',
    ]);
    expect(completed('weir', 'query', 'to')).toEqual(['top']);
    expect(completed('weir', 'probe', 'sta')).toEqual(['status']);
    expect(completed('weir', 'probe', 'status', '--')).not.toContain('--lanes');
    expect(completed('weir', 'probe', 'status', '--js')).toEqual(['--json']);
    expect(completed('weir', 'probe', 'status', '--json', '--co')).toContain('--control');
    expect(completed('weir', 'probe', 'reload', '--control', '/etc/host')).toContain('/etc/hosts');
    expect(completed('weir', 'probe', '--read', '/etc/host')).toContain('/etc/hosts');
  });

  it.skipIf(spawnSync('fish', ['--version']).status !== 0)('completes in fish', async () => {
    const { stdout } = await weir('completion', 'fish');
    const file = path.join(scratchFolder(), 'weir.fish');
    writeFileSync(file, stdout);
    const completed = (line: string): string[] =>
      execFileSync('fish', ['-c', `source ${file}; complete -C '${line}'`], { encoding: 'utf8' })
        .trim()
        .split('\n')
        .map((offer) => offer.split('\t')[0] ?? '');
    expect(completed('weir pr')).toEqual(['probe']);
    expect(completed('weir probe --la')).toEqual(['--lanes']);
    expect(completed('weir probe --engine ')).toContain('emulator');
    expect(completed('weir probe status --')).not.toContain('--lanes');
    expect(completed('weir probe --read /etc/host')).toContain('/etc/hosts');
  });

  it.each([
    ['weir config | true', 0, ''],
    ['weir probe --read "$SAMPLE" --records - | head -1 >/dev/null', 0, ''],
    ['weir config >/dev/full', 1, 'weir: cannot write: ENOSPC'],
    ['weir probe --read "$SAMPLE" --stats - >/dev/full', 1, 'WEIR_CLI_CANNOT_WRITE_STATS'],
  ])('writes to a pipe that closes and to a disk that is full: %s', (line, status, message) => {
    const script = `set -o pipefail; weir() { "$NODE" "$WEIR" "$@"; }; ${line}`;
    const run = spawnSync('bash', ['-c', script], {
      encoding: 'utf8',
      env: { ...process.env, NODE: process.execPath, WEIR, SAMPLE },
    });
    expect(run.status).toBe(status);
    expect(run.stderr).toContain(message);
    expect(run.stderr).not.toContain('node:events');
  });
});
