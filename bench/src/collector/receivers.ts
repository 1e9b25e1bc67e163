// SPDX-License-Identifier: Apache-2.0
// Who receives when collectors are measured. Each has the same room in the kernel's buffer, and is
// judged by the kernel's own count of what it did not take in time.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT, toolPath } from '../paths.js';

export const BUFFER_OCTETS = 8 * 1024 * 1024;

export interface FlowReceiver {
  readonly key: string;
  readonly name: string;
  command(folder: string, port: number): string[];
  /** what it says once it listens; undefined: a moment later */
  readonly ready?: RegExp;
}

const weirIntake = (lanes: number): FlowReceiver => ({
  key: `weir-${lanes}`,
  name: `Weir, receive and decode into columns, ${lanes} ${lanes === 1 ? 'lane' : 'lanes'}`,
  command: (_folder, port) => [
    ...[toolPath('flowintake'), String(port), String(lanes), String(BUFFER_OCTETS)],
  ],
  ready: /ready/,
});

const nfcapd: FlowReceiver = {
  key: 'nfcapd',
  name: 'nfcapd, into its files',
  command: (folder, port) => [
    ...['nfcapd', '-w', folder, '-p', String(port), '-b', '127.0.0.1'],
    ...['-B', String(BUFFER_OCTETS), '-t', '3600'],
  ],
};

const nfacctd: FlowReceiver = {
  key: 'nfacctd',
  name: 'nfacctd, memory plugin by 5-tuple',
  command: (folder, port) => {
    const file = path.join(folder, 'nfacctd.conf');
    const lines = [
      'daemonize: false',
      'nfacctd_ip: 127.0.0.1',
      `nfacctd_port: ${port}`,
      `nfacctd_pipe_size: ${BUFFER_OCTETS}`,
      'plugins: memory',
      `imt_path: ${path.join(folder, 'nfacctd.pipe')}`,
      'aggregate: src_host, dst_host, src_port, dst_port, proto',
    ];
    writeFileSync(file, `${lines.join('\n')}\n`);
    return ['nfacctd', '-f', file];
  },
};

export const RECEIVERS: readonly FlowReceiver[] = [weirIntake(1), nfcapd, nfacctd];

/** The whole collector, as one starts it. */
export function collectorCommand(folder: string, port: number, httpPort: number): string[] {
  return [
    ...[process.execPath, path.join(ROOT, 'cli/bin/weir.js'), 'collector'],
    ...['--listen', `127.0.0.1:${port}`, '--http', `127.0.0.1:${httpPort}`],
    ...['--data', path.join(folder, 'data')],
  ];
}
