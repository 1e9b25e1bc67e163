// SPDX-License-Identifier: Apache-2.0
// What Weir opens after it has given up root's rights: it works, or Weir says at its start that it
// would not.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { HealthResponse } from '@weir/wire';
import { beforeAll, describe, expect, it } from 'vitest';
import { makeCertificates } from './certificates.js';
import { eventually } from './lab/eventually.js';
import { IS_ROOT } from './lab/lab.js';
import { StreamCollector } from './stream-collector.js';
import { ROOT, RunningWeir, SAMPLE, type Stats, scratchFolder, WEIR, weir } from './weir.js';

const USER = ['--user', 'nobody'];
const REPLAY = ['--replay', SAMPLE, '--loop', '--active-timeout', '1', '--idle-timeout', '1'];

const nobody = (): number => Number(execFileSync('id', ['-u', 'nobody'], { encoding: 'utf8' }));

/** A folder that all may look into and only `owner` may write to. */
function folderOf(owner: 'root' | 'nobody'): string {
  const folder = path.join(scratchFolder(), owner);
  mkdirSync(folder);
  execFileSync('chmod', ['755', path.dirname(folder), folder]);
  execFileSync('chown', [owner, folder]);
  return folder;
}

const failureOf = (running: Promise<unknown>): Promise<string> =>
  running.then(
    () => 'it ran',
    ({ stderr }: { stderr: string }) => stderr,
  );

describe.skipIf(!IS_ROOT)('a probe that has become another user', () => {
  let secret: string;
  beforeAll(() => {
    secret = scratchFolder();
    makeCertificates(secret);
  });

  it('proves who it is in each TLS session with a key that only root may read', async () => {
    const file = (name: string): string => path.join(secret, name);
    expect(statSync(secret)).toMatchObject({ uid: 0, mode: 0o40700 });
    await using collector = await StreamCollector.start({
      cert: readFileSync(file('collector.pem')),
      key: readFileSync(file('collector.key')),
      ca: readFileSync(file('ca.pem')),
      requestCert: true,
      rejectUnauthorized: true,
    });
    const { port } = collector;
    const identity = ['--export-cert', file('probe.pem'), '--export-key', file('probe.key')];
    const target = ['--export', `ipfix+tls://localhost:${port}`, '--export-ca', file('ca.pem')];
    await using probe = RunningWeir.start(['probe', ...REPLAY, ...target, ...identity, ...USER]);
    const received = (session: number) => collector.sessions[session]?.totals.records ?? 0;
    await eventually('the first session has flows', () => received(0) > 50);
    expect(statSync(`/proc/${probe.process.pid}`).uid).toBe(nobody());
    await collector.stop();
    await collector.listen(port);
    await eventually('the second session has flows', () => received(1) > 50, 60_000);
    expect(await probe.stop()).toBe(0);
  });

  const series = (folder: string): string[] => [
    ...['--export', `file://${folder}/%Y%m%d-%H%M%S.ipfix`, '--export-rotate', '2'],
    ...USER,
  ];

  it('creates one file after the other where it may', async () => {
    const folder = folderOf('nobody');
    const stats = path.join(secret, 'stats.json');
    const records = path.join(secret, 'records.jsonl');
    const outputs = ['--stats', stats, '--records', records];
    await using probe = RunningWeir.start(['probe', ...REPLAY, ...outputs, ...series(folder)]);
    await eventually('there are three', () => readdirSync(folder).length >= 3);
    expect(await probe.stop()).toBe(0);
    const owners = readdirSync(folder).map((name) => statSync(path.join(folder, name)).uid);
    expect(new Set(owners)).toEqual(new Set([nobody()]));
    const { targets, records: written } = JSON.parse(readFileSync(stats, 'utf8')) as Stats;
    for (const counters of Object.values(targets)) expect(counters.failedRecords).toBe(0);
    expect(readFileSync(records, 'utf8').trimEnd().split('\n')).toHaveLength(written);
  });

  it('does not start where it may not', async () => {
    const folder = folderOf('root');
    const control = ['--control', path.join(scratchFolder(), 'probe.sock')]; // must not keep it alive
    const failure = await failureOf(weir('probe', ...REPLAY, ...control, ...series(folder)));
    expect(failure).toContain('WEIR_PROBE_CANNOT_CREATE_FILES');
    expect(failure).toContain(`chown nobody ${folder}`);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('does not start either as root in a folder that it needs another right for', async () => {
    const folder = folderOf('nobody');
    const asRoot = series(folder).slice(0, -USER.length);
    expect(await failureOf(weir('probe', ...REPLAY, ...asRoot))).toContain(`chown 0 ${folder}`);
  });

  it('warns that a reload will fail when it cannot read what that needs', async () => {
    const own = path.join(ROOT, 'signatures');
    const [readable, unreadable] = [folderOf('root'), scratchFolder()];
    for (const to of [readable, unreadable]) execFileSync('cp', ['-r', own, to]);
    const alone = ['unshare', '--net', '--', 'sh', '-c', 'ip link set lo up; exec "$@"', 'sh'];
    const args = ['probe', '--interface', 'lo', '--control', 'none', ...USER];
    const start = (folder: string): RunningWeir =>
      RunningWeir.start([...args, '--signatures', path.join(folder, 'signatures')], alone);
    await using probe = start(unreadable);
    await probe.printed(/capturing on lo/);
    expect(probe.output).toMatch(/a reload will fail: .*permission denied.* user nobody read/);
    await using other = start(readable);
    await other.printed(/capturing on lo/);
    expect(other.output).not.toContain('reload');
    const more = ['--more-signatures', scratchFolder()];
    const from = ['--signatures', path.join(readable, 'signatures')];
    await using extended = RunningWeir.start([...args, ...from, ...more], alone);
    await extended.printed(/capturing on lo/);
    expect(extended.output).toMatch(/a reload will fail: .*permission denied/);
  });
});

/** Not in a checkout in root's own folder, for one. */
function canNobodyRead(file: string): boolean {
  const asNobody = ['--reuid=nobody', '--clear-groups', 'test', '-r', file];
  return spawnSync('setpriv', asNobody).status === 0;
}

describe.skipIf(!IS_ROOT || !canNobodyRead(WEIR))('weir up that has become another user', () => {
  const ports = ['--http', '127.0.0.1:28956', '--listen', '127.0.0.1:28957'];

  it('stores flows in a folder of that user, all of it theirs', async () => {
    const data = path.join(folderOf('nobody'), 'data');
    await using running = RunningWeir.start(['up', ...ports, '--data', data, ...USER]);
    await running.printed(/Weir is running/);
    const stored = async (): Promise<number> => {
      const health = await fetch('http://127.0.0.1:28956/api/v1/health');
      return ((await health.json()) as HealthResponse).store.storedRecords;
    };
    await eventually('flows are stored', async () => (await stored()) > 0);
    const foreign = execFileSync('find', [data, '!', '-user', 'nobody'], { encoding: 'utf8' });
    expect(foreign).toBe('');
    expect(await running.stop()).toBe(0);
  });

  it('says that it cannot use a folder of somebody else', async () => {
    const data = path.join(folderOf('root'), 'data');
    const failure = await failureOf(weir('up', ...ports, '--data', data, ...USER));
    expect(failure).toContain('WEIR_COLLECTOR_DATA_FOLDER');
  });
});
