// SPDX-License-Identifier: Apache-2.0
// The probe's datagrams before independent judges: tshark decodes each one without a complaint, and
// nfcapd stores the totals that the capture has.
import { execFileSync, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { type ProbeRun, runProbe, SAMPLE, scratchFolder } from './weir.js';

/** Takes every datagram that the probe sends to it. */
async function captureDatagrams(
  protocol: string,
  ...args: string[]
): Promise<{ datagrams: Buffer[]; run: ProbeRun }> {
  const socket = createSocket({ type: 'udp4', recvBufferSize: 4 << 20 });
  const datagrams: Buffer[] = [];
  socket.on('message', (datagram) => datagrams.push(datagram));
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const run = await runProbe(
    '--read',
    SAMPLE,
    '--export',
    `${protocol}://127.0.0.1:${socket.address().port}`,
    ...args,
  );
  await sleep(300);
  socket.close();
  return { datagrams, run };
}

/** A pcap file of UDP datagrams to port 2055, so that tshark can read them. */
function writeAsCapture(datagrams: readonly Buffer[], file: string): void {
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

function tshark(file: string, ...args: string[]): string[] {
  const options = ['-r', file, '-d', 'udp.port==2055,cflow', ...args];
  return execFileSync('tshark', options, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
    .split('\n')
    .filter((line) => line !== '');
}

describe.each([
  ['netflow5', 5],
  ['netflow9', 9],
])('%s', (protocol, version) => {
  let datagrams: Buffer[];
  let run: ProbeRun;
  let file: string;
  beforeAll(async () => {
    ({ datagrams, run } = await captureDatagrams(protocol));
    file = path.join(scratchFolder(), 'datagrams.pcap');
    writeAsCapture(datagrams, file);
  });

  const target = () => Object.values(run.stats.targets)[0] as Record<string, number>;

  it('is decoded by tshark without an expert warning', () => {
    expect(tshark(file, '-Y', '_ws.expert.severity >= "Warning" or _ws.malformed')).toEqual([]);
    const versions = tshark(file, '-T', 'fields', '-e', 'cflow.version');
    expect(versions).toEqual(datagrams.map(() => String(version)));
  });

  it('says in its books what went over the wire', () => {
    expect(datagrams).toHaveLength(target().messages ?? -1);
    expect(Math.max(...datagrams.map((datagram) => datagram.length))).toBeLessThanOrEqual(1452);
    expect((target().packets ?? 0) + (target().unsupportedPackets ?? 0)).toBe(
      run.stats.recorded.packets,
    );
    expect((target().octets ?? 0) + (target().unsupportedOctets ?? 0)).toBe(
      run.stats.recorded.octets,
    );
  });

  it('counts its sequence as the version wants it', () => {
    const sequences = datagrams.map((datagram) => datagram.readUInt32BE(version === 5 ? 16 : 12));
    const steps = datagrams.map((datagram) => (version === 5 ? datagram.readUInt16BE(2) : 1));
    sequences.forEach((sequence, index) => {
      if (index === 0) return;
      expect(sequence).toBe((sequences[index - 1] ?? 0) + (steps[index - 1] ?? 0));
    });
  });

  it('gives nfcapd the totals of the capture', async () => {
    const folder = scratchFolder();
    const port = 20000 + Math.floor(Math.random() * 20000);
    const nfcapd = spawn(
      'nfcapd',
      ['-w', folder, '-p', String(port), '-b', '127.0.0.1', '-t', '300'],
      { stdio: 'ignore' },
    );
    await sleep(1000);
    const stored = await runProbe('--read', SAMPLE, '--export', `${protocol}://127.0.0.1:${port}`);
    await sleep(1000);
    nfcapd.kill('SIGTERM');
    await once(nfcapd, 'close');
    const csv = execFileSync('nfdump', ['-R', folder, '-o', 'csv', '-q'], { encoding: 'utf8' });
    const rows = csv
      .trim()
      .split('\n')
      .map((line) => line.split(','));
    const column = (index: number) => rows.reduce((sum, row) => sum + Number(row[index]), 0);
    const { records, packets, octets } = Object.values(stored.stats.targets)[0] as Record<
      string,
      number
    >;
    // nfdump 1.7 csv: ipkt 11, ibyt 12
    expect({ records: rows.length, packets: column(11), octets: column(12) }).toEqual({
      records,
      packets,
      octets,
    });
  });
});

describe('netflow9', () => {
  it('names applications by element 95 and its options table', async () => {
    const { datagrams, run } = await captureDatagrams('netflow9', '--lanes', '2');
    const file = path.join(scratchFolder(), 'datagrams.pcap');
    writeAsCapture(datagrams, file);
    const text = tshark(file, '-V').join('\n');
    for (const name of new Set(run.records.map((record) => record.applicationName))) {
      expect(text).toContain(`ApplicationName: ${name}`);
    }
  });

  it('keeps IPv6 flows, which version 5 counts as unsupported', async () => {
    const nine = await captureDatagrams('netflow9');
    const five = await captureDatagrams('netflow5');
    const books = ({ run }: { run: ProbeRun }) =>
      Object.values(run.stats.targets)[0] as Record<string, number>;
    expect(books(nine).unsupportedRecords).toBe(0);
    expect(books(five).unsupportedRecords).toBeGreaterThan(0);
  });
});
