// SPDX-License-Identifier: Apache-2.0
// systemd accepts the units, and finds them as closed as they can be.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT, scratchFolder } from './weir.js';

const HAS_SYSTEMD = spawnSync('systemd-analyze', ['--version']).status === 0;

/** What `systemd-analyze security` gives at most to a service that does without root, 10 is the worst. */
const EXPOSURE_MAX = 2.5;

/** The unit with paths that exist here. */
function installedUnit(name: string): string {
  const text = readFileSync(path.join(ROOT, 'packaging', name), 'utf8');
  const file = path.join(scratchFolder(), name);
  const here = text.replaceAll('/opt/weir/', ROOT).replaceAll('/usr/bin/node', process.execPath);
  writeFileSync(file, here);
  return file;
}

const UNITS = [
  ...['weir-probe.service', 'weir-collector.service', 'weir-gateway.service', 'weir.service'],
];

describe.skipIf(!HAS_SYSTEMD).each(UNITS)('%s', (name) => {
  it('is a valid unit', () => {
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', installedUnit(name)], {
      encoding: 'utf8',
    });
    expect(stderr).not.toContain(name);
    expect(status).toBe(0);
  });

  it('leaves little open', () => {
    const { stdout } = spawnSync(
      'systemd-analyze',
      ['security', '--offline=true', '--no-pager', installedUnit(name)],
      { encoding: 'utf8' },
    );
    const [, exposure] = /exposure level for \S+: ([\d.]+)/.exec(stdout) ?? [];
    expect(Number(exposure)).toBeLessThanOrEqual(EXPOSURE_MAX);
  });
});
