// SPDX-License-Identifier: Apache-2.0
// The command line contract: help, checks, and mistakes that are explained.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { scratchFolder, weir } from './weir.js';

interface Failure {
  readonly code: number;
  readonly stderr: string;
}

async function failureOf(...args: string[]): Promise<Failure> {
  return weir(...args).then(
    () => {
      throw new Error(`weir ${args.join(' ')} should have failed`);
    },
    (error: Failure) => error,
  );
}

describe('the weir command', () => {
  it.each(['up', 'probe', 'collector', 'gateway', 'query'])('explains %s', async (command) => {
    const { stdout } = await weir(command, '--help');
    expect(stdout).toContain('--config <file>');
    expect(stdout).toContain('--check');
    expect(stdout).toContain('Examples:');
  });

  it('prints a configuration file that every command accepts', async () => {
    const file = path.join(scratchFolder(), 'weir.yaml');
    const { stdout } = await weir('config');
    writeFileSync(file, stdout);
    const data = path.join(scratchFolder(), 'data');
    await weir('probe', '--config', file, '--check', '--read', 'any.pcap');
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
    [['probe', '--interface', 'nosuch0'], /WEIR_CAPTURE_NO_SUCH_INTERFACE/],
    [['probe', '--read', 'a', '--export', 'netflow7://x:1'], /WEIR_PROBE_BAD_EXPORT_TARGET/],
    [['probe', '--read', 'a', '--lanes', '0'], /--lanes: probe\.lanes must be >= 1, not 0/],
    [['collector', '--http', 'nonsense'], /WEIR_COLLECTOR_/],
    [['query', 'top', '--collector', 'http://127.0.0.1:1'], /WEIR_CLI_COLLECTOR_UNREACHABLE/],
    [['query', 'top', '--last', 'soon'], /WEIR_CLI_BAD_DURATION/],
  ])('explains a mistake: %j', async (args, message) => {
    const { code, stderr } = await failureOf(...args);
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('defect of Weir');
  });

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
    expect(stdout).toMatch(/"probe"\) words="--read .*--lanes/);
  });
});
