// SPDX-License-Identifier: Apache-2.0
// Who reads a file is told when its flows have not arrived.
import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { RunningWeir, SAMPLE, weir } from './weir.js';

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
