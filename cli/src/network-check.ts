// SPDX-License-Identifier: Apache-2.0
// The part of a probe's `--check` that asks the network: names of collectors, own addresses.
import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { createServer, isIP } from 'node:net';
import { type ProbeConfig, parseMetricsAddress, parseTarget } from '@weir/probe';
import { CommandError } from './errors.js';

async function checkSource(source: string): Promise<void> {
  const family = isIP(source);
  try {
    if (family === 0) throw new Error('it is no IP address');
    const socket = createSocket(family === 6 ? 'udp6' : 'udp4');
    try {
      socket.bind({ address: source, port: 0 });
      await once(socket, 'listening');
    } finally {
      socket.close();
    }
  } catch (error) {
    throw new CommandError(
      'WEIR_CLI_BAD_SOURCE',
      `cannot send from "${source}": ${(error as Error).message}. Give one of this machine's addresses.`,
    );
  }
}

async function checkCollector(url: string, source: string | undefined): Promise<void> {
  const { host, transport } = parseTarget(url);
  if (transport === 'file') return;
  try {
    await lookup(host, { family: source === undefined ? 0 : isIP(source) });
  } catch (error) {
    const from = source === undefined ? '' : `, reached from ${source}`;
    throw new CommandError(
      'WEIR_CLI_UNKNOWN_HOST',
      `cannot resolve the collector's name "${host}"${from}: ${(error as Error).message}. ` +
        'Check the name, or give an address.',
    );
  }
}

/** That the port is taken is no mistake: it may be the running probe's own. */
async function checkMetrics(text: string): Promise<void> {
  const server = createServer();
  try {
    server.listen(parseMetricsAddress(text));
    await once(server, 'listening');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code?.startsWith('WEIR_')) throw error;
    if (code === 'EADDRINUSE') return;
    throw new CommandError(
      'WEIR_CLI_BAD_METRICS',
      `cannot serve metrics on ${text}: ${message}. Give one of this machine's addresses with --metrics.`,
    );
  } finally {
    server.close();
  }
}

/**
 * Sends nothing but what resolving names takes, and keeps no socket.
 * @throws CommandError WEIR_CLI_BAD_SOURCE, WEIR_CLI_UNKNOWN_HOST, WEIR_CLI_BAD_METRICS
 */
export async function checkNetwork(config: ProbeConfig): Promise<void> {
  const { exportSource: source, metrics } = config;
  if (source !== undefined) await checkSource(source);
  for (const url of config.export) await checkCollector(url, source);
  if (metrics !== undefined) await checkMetrics(metrics);
}
