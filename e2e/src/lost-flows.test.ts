// SPDX-License-Identifier: Apache-2.0
// Who reads a file is told when its flows have not arrived.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { writeManyFlows } from './many-flows.js';
import { RunningWeir, SAMPLE, scratchFolder, WEIR, weir } from './weir.js';

/** A port of this machine that nobody listens on. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

it('warns of a UDP collector that nobody runs, which is all that can be known', async () => {
  const target = `netflow9://127.0.0.1:${await closedPort()}`;
  const { stderr } = await weir('probe', '--read', SAMPLE, '--export', target);
  expect(stderr).toMatch(new RegExp(`${target}: .* messages were answered "unreachable"`));
});

it('fails when a TCP collector never comes', { timeout: 90_000 }, async () => {
  const target = `ipfix+tcp://127.0.0.1:${await closedPort()}`;
  const failure = (await weir('probe', '--read', SAMPLE, '--export', target).catch(
    (error: unknown) => error,
  )) as { code: number; stderr: string };
  expect(failure.code).toBe(1);
  expect(failure.stderr).toContain(`could not be sent to ${target}: Connection refused`);
  expect(failure.stderr).toContain('WEIR_PROBE_FLOWS_LOST');
});

it('logs what is not well while it runs and sums up at the end, and goes on', async () => {
  const target = `ipfix+tcp://127.0.0.1:${await closedPort()}`;
  const source = ['--replay', SAMPLE, '--loop', '--idle-timeout', '1'];
  await using probe = RunningWeir.start(['probe', ...source, '--export', target]);
  await probe.printed(/warn: .*: not connected \(Connection refused\)/);
  expect(await probe.stop()).toBe(0);
  expect(probe.output).toMatch(/warn: \d+ flow records could not be sent to .*since the start/);
  expect(probe.output.match(/not connected/g)).toHaveLength(1);
});

it('ends at the second signal whatever its threads wait for', async () => {
  const capture = path.join(scratchFolder(), 'many.pcap');
  writeManyFlows(capture, 20_000, 1);
  const args = [WEIR, 'probe', '--read', capture, '--engine', 'none', '--records', '-'];
  // Nobody reads its records, so that it can never be done.
  const probe = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  await sleep(3000);
  const exited = once(probe, 'exit');
  probe.kill('SIGINT');
  await sleep(1500); // a second one that comes sooner is the first once more
  probe.kill('SIGTERM');
  expect(await exited).toEqual([null, 'SIGTERM']);
});
