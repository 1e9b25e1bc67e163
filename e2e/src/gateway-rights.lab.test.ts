// SPDX-License-Identifier: Apache-2.0
// A gateway of an ordinary user who has CAP_NET_ADMIN and nothing else.
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { IS_ROOT, Lab } from './lab/lab.js';
import { LAN } from './lab/topology.js';
import { RunningWeir, WEIR } from './weir.js';

const NOBODY = ['setpriv', '--reuid=nobody', '--clear-groups'];
const RIGHTS = ['inh-caps', 'ambient-caps', 'bounding-set'].map(
  (set) => `--${set}=-all,+net_admin`,
);

/** Not in a checkout in root's own folder, for one. */
const canNobodyRead = () =>
  spawnSync('setpriv', [...NOBODY.slice(1), 'test', '-r', WEIR]).status === 0;

describe.skipIf(!IS_ROOT || !canNobodyRead())('a gateway without root', () => {
  it('makes its table and takes it away', async () => {
    await using lab = await Lab.create();
    const options = ['--collector', 'http://127.0.0.1:9', '--state-file', 'none', '--inside', LAN];
    const before = ['ip', 'netns', 'exec', lab.namespaceOf('gateway'), ...NOBODY, ...RIGHTS];
    await using weir = RunningWeir.start(['gateway', ...options], before);
    await weir.printed(/applying decisions/);
    const tables = () => lab.exec('gateway', ['nft', 'list', 'tables']);
    expect(await tables()).toContain('inet weir');
    expect(await weir.stop()).toBe(0);
    expect(await tables()).toBe('');
  });
});
