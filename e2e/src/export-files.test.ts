// SPDX-License-Identifier: Apache-2.0
// IPFIX files (RFC 5655) before tshark, and readers of --records that stall.
import { execFile, execFileSync, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { IpfixSession } from './ipfix-reader.js';
import { writeManyFlows } from './many-flows.js';
import { runProbe, SAMPLE, type Stats, scratchFolder, WEIR, weir } from './weir.js';

function tshark(file: string, ...args: string[]): string[] {
  return execFileSync('tshark', ['-r', file, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 1 << 28,
  })
    .split('\n')
    .filter((line) => line !== '');
}

function readFlows(file: string): IpfixSession {
  const session = new IpfixSession();
  session.takeStream(readFileSync(file));
  return session;
}

const booksOf = (stats: Stats): Record<string, number> => Object.values(stats.targets)[0] ?? {};

describe('file://', () => {
  it.each(['uniflow', 'biflow'])(
    'holds the sample whole, as tshark reads it, as %ss',
    async (form) => {
      const file = path.join(scratchFolder(), 'flows.ipfix');
      const args = ['--export', `file://${file}`, '--ipfix-flows', form, '--lanes', '3'];
      const { stats } = await runProbe('--read', SAMPLE, ...args);
      expect(tshark(file, '-Y', '_ws.expert.severity >= "Warning" or _ws.malformed')).toEqual([]);
      expect(tshark(file, '-T', 'fields', '-e', 'cflow.version')).toEqual(
        Array.from({ length: booksOf(stats).messages ?? 0 }, () => '10'),
      );
      const session = readFlows(file);
      expect(session.tornOctets).toBe(0);
      expect(session.missingRecords).toBe(0);
      expect(session.totals).toEqual({ records: booksOf(stats).records, ...stats.recorded });
    },
  );

  it('is a series of files that can each be read alone, with --export-rotate', async () => {
    const folder = scratchFolder();
    const series = `file://${path.join(folder, '%Y%m%d-%H%M%S.ipfix')}`;
    const args = ['--export', series, '--export-rotate', '10', '--lanes', '2'];
    const { stats } = await runProbe('--read', SAMPLE, ...args, '--idle-timeout', '2');
    const names = readdirSync(folder).sort();
    expect(names.length).toBeGreaterThan(2);
    const totals = { records: 0, packets: 0, octets: 0 };
    for (const name of names) {
      const session = readFlows(path.join(folder, name));
      totals.records += session.totals.records;
      totals.packets += session.totals.packets;
      totals.octets += session.totals.octets;
    }
    expect(totals).toEqual({ records: booksOf(stats).records, ...stats.recorded });
  });

  it('keeps whole messages when the disk is full, counts the rest, and ends with an error', async () => {
    const folder = scratchFolder();
    const file = path.join(folder, 'flows.ipfix');
    const statsFile = path.join(folder, 'stats.json');
    const capture = path.join(folder, 'many.pcap');
    writeManyFlows(capture, 2000, 1);
    const args = ['probe', '--read', capture, '--engine', 'none', '--stats', statsFile];
    const limited = [
      '--fsize=50000',
      process.execPath,
      WEIR,
      ...args,
      '--export',
      `file://${file}`,
    ];
    const failure = await promisify(execFile)('prlimit', limited).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 1 });
    expect((failure as { stderr: string }).stderr).toMatch(
      /flow records could not be written.*too large/,
    );
    const books = booksOf(JSON.parse(readFileSync(statsFile, 'utf8')) as Stats);
    const session = readFlows(file);
    expect(session.tornOctets).toBe(0);
    expect(session.totals.records).toBeGreaterThan(0);
    expect(books.failedRecords).toBeGreaterThan(0);
    expect(session.totals.records + (books.failedRecords ?? 0)).toBe(books.records);
  });

  it('is an error before anything runs when it cannot be created', async () => {
    const args = ['probe', '--read', SAMPLE, '--export', 'file:///no/such/folder/x.ipfix'];
    await expect(weir(...args)).rejects.toMatchObject({
      stderr: expect.stringContaining('WEIR_EXPORT_CANNOT_CREATE_FILE') as string,
    });
  });
});

describe('--records - to a reader that stalls', () => {
  it('does not hold up a live capture: what it misses is counted', async () => {
    const folder = scratchFolder();
    const statsFile = path.join(folder, 'stats.json');
    const capture = path.join(folder, 'many.pcap');
    writeManyFlows(capture, 60_000, 2);
    const source = `--replay ${capture} --engine none --idle-timeout 1`;
    const command = `"${process.execPath}" "${WEIR}" probe ${source} --records - --stats ${statsFile}`;
    const options = { maxBuffer: 1 << 28 };
    const late = promisify(execFile)('sh', ['-c', `${command} | { sleep 8; cat; }`], options);
    const lines = (await late).stdout.split('\n');
    lines.pop(); // nothing, or the half of a line that had room
    for (const line of lines) JSON.parse(line);
    const stats = JSON.parse(readFileSync(statsFile, 'utf8')) as Stats;
    expect(stats.packets).toBe(60_000);
    const { records, failedRecords = 0 } = stats.targets.records as Record<string, number>;
    expect(failedRecords).toBeGreaterThan(0);
    expect(lines.length + failedRecords).toBe(records);
  });

  it('holds up who reads a file', async () => {
    const capture = path.join(scratchFolder(), 'many.pcap');
    writeManyFlows(capture, 20_000, 1);
    const args = [WEIR, 'probe', '--read', capture, '--engine', 'none', '--records', '-'];
    const probe = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
    await sleep(3000);
    let lines = 0;
    for await (const chunk of probe.stdout) {
      for (const octet of chunk as Buffer) if (octet === 10) lines += 1;
    }
    expect(lines).toBe(20_000);
  });
});
