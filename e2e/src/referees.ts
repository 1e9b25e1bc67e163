// SPDX-License-Identifier: Apache-2.0
// Independent judges of the probe's exports: what tshark reads in them, what nfcapd and nfacctd store.
import { execFileSync, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ProbeRun, runProbe, SAMPLE, scratchFolder } from './weir.js';

/** Sums over what a collector stored. */
export interface Totals {
  readonly packets: number;
  readonly octets: number;
}

/** Exports the sample to a socket of ours and takes every datagram. */
export async function captureDatagrams(
  protocol: string,
  ...args: string[]
): Promise<{ datagrams: Buffer[]; run: ProbeRun }> {
  const socket = createSocket({ type: 'udp4', recvBufferSize: 4 << 20 });
  const datagrams: Buffer[] = [];
  socket.on('message', (datagram) => datagrams.push(datagram));
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const target = `${protocol}://127.0.0.1:${socket.address().port}`;
  const run = await runProbe('--read', SAMPLE, '--export', target, ...args);
  await sleep(300);
  socket.close();
  return { datagrams, run };
}

/** A pcap file of UDP datagrams to port 2055, so that tshark can read them. */
export function writeAsCapture(datagrams: readonly Buffer[], file: string): void {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(262144, 16);
  header.writeUInt32LE(228, 20); // LINKTYPE_IPV4
  const records = datagrams.map((datagram, index) => {
    const record = Buffer.alloc(16 + 28);
    record.writeUInt32LE(index, 0);
    record.writeUInt32LE(28 + datagram.length, 8);
    record.writeUInt32LE(28 + datagram.length, 12);
    record.writeUInt8(0x45, 16);
    record.writeUInt16BE(28 + datagram.length, 18);
    record.writeUInt8(64, 24);
    record.writeUInt8(17, 25);
    record.writeUInt32BE(0x7f000001, 28);
    record.writeUInt32BE(0x7f000001, 32);
    record.writeUInt16BE(40000, 36);
    record.writeUInt16BE(2055, 38);
    record.writeUInt16BE(8 + datagram.length, 40);
    return Buffer.concat([record, datagram]);
  });
  writeFileSync(file, Buffer.concat([header, ...records]));
}

/** What tshark prints of a file of `writeAsCapture`, line by line. */
export function tshark(file: string, ...args: string[]): string[] {
  const options = ['-r', file, '-d', 'udp.port==2055,cflow', ...args];
  const output = execFileSync('tshark', options, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 1 << 28,
  });
  return output.split('\n').filter((line) => line !== '');
}

/** What tshark finds wrong, and the fields that it has no name for. */
export function complaints(file: string): string[] {
  const wrong = tshark(file, '-Y', '_ws.expert.severity >= "Warning" or _ws.malformed');
  const unknown = /(?:Type \d+: Value|Enterprise Private entry|No template found|Unknown)/;
  const unread = tshark(file, '-V').filter((line) => unknown.test(line));
  return [...wrong, ...new Set(unread)];
}

/** Ports that no other suite's collector listens on. */
function freePort(): number {
  return 20000 + Math.floor(Math.random() * 20000);
}

async function whileRunning(
  command: readonly [string, ...string[]],
  signal: NodeJS.Signals,
  action: () => Promise<void>,
): Promise<void> {
  const [program, ...args] = command;
  const child = spawn(program, args, { stdio: 'ignore' });
  await sleep(1500);
  await action();
  await sleep(1000);
  child.kill(signal);
  await once(child, 'close');
}

/** Rows and sums that nfcapd stored of what `send` sent to `port`; of biflows both directions. */
export async function nfcapdTotals(
  send: (port: number) => Promise<void>,
): Promise<Totals & { records: number }> {
  const folder = scratchFolder();
  const port = freePort();
  const command = [
    'nfcapd',
    '-w',
    folder,
    '-p',
    `${port}`,
    '-b',
    '127.0.0.1',
    '-t',
    '300',
  ] as const;
  await whileRunning([...command], 'SIGTERM', () => send(port));
  const csv = execFileSync('nfdump', ['-R', folder, '-o', 'csv', '-q'], { encoding: 'utf8' });
  const rows = csv
    .trim()
    .split('\n')
    .map((line) => line.split(','));
  // nfdump 1.7 csv: ipkt 11, ibyt 12, opkt 13, obyt 14
  const sum = (...columns: number[]) =>
    rows.reduce((all, row) => all + columns.reduce((part, at) => part + Number(row[at]), 0), 0);
  return { records: rows.length, packets: sum(11, 13), octets: sum(12, 14) };
}

/** Sums that pmacct's nfacctd stored of what `send` sent to `port`, sampling undone. */
export async function nfacctdTotals(send: (port: number) => Promise<void>): Promise<Totals> {
  const folder = scratchFolder();
  const port = freePort();
  const stored = path.join(folder, 'totals.csv');
  const config = path.join(folder, 'nfacctd.conf');
  const lines = [
    'daemonize: false',
    `nfacctd_port: ${port}`,
    'nfacctd_ip: 127.0.0.1',
    'nfacctd_renormalize: true', // multiplies by the sampling interval that it is told
    'plugins: print[totals]',
    'aggregate[totals]: src_host,dst_host,src_port,dst_port,proto',
    'print_output[totals]: csv',
    `print_output_file[totals]: ${stored}`,
    'print_refresh_time[totals]: 3600',
    `logfile: ${path.join(folder, 'nfacctd.log')}`,
  ];
  writeFileSync(config, `${lines.join('\n')}\n`);
  await whileRunning(['nfacctd', '-f', config], 'SIGINT', () => send(port));
  const [, ...rows] = readFileSync(stored, 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(',').map(Number));
  const sum = (fromEnd: number) => rows.reduce((all, row) => all + (row.at(fromEnd) ?? 0), 0);
  return { packets: sum(-2), octets: sum(-1) };
}
