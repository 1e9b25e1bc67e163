// SPDX-License-Identifier: Apache-2.0
// Captures that were damaged in every way: the probe reads on, and its books balance all the same.

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { booksBalance } from './books.js';
import { runProbe, SAMPLE, scratchFolder, weir } from './weir.js';

const FILE_HEADER_BYTES = 24;
const RECORD_HEADER_BYTES = 16;

/** mulberry32: the same damage in every run. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Start of each frame's octets in a little-endian pcap file. */
function frameOffsets(pcap: Buffer): { start: number; length: number }[] {
  const frames = [];
  for (let at = FILE_HEADER_BYTES; at + RECORD_HEADER_BYTES <= pcap.length; ) {
    const length = pcap.readUInt32LE(at + 8);
    frames.push({ start: at + RECORD_HEADER_BYTES, length });
    at += RECORD_HEADER_BYTES + length;
  }
  return frames;
}

describe('weir probe on damaged captures', () => {
  let folder: string;
  let pcap: Buffer;
  beforeAll(() => {
    folder = scratchFolder();
    const file = path.join(folder, 'sample.pcap');
    execFileSync('editcap', ['-F', 'pcap', SAMPLE, file]);
    pcap = readFileSync(file);
  });

  async function statsOf(content: Buffer) {
    const file = path.join(folder, 'damaged.pcap');
    writeFileSync(file, content);
    return (await runProbe('--read', file, '--lanes', '2')).stats;
  }

  it('says that a capture was cut off', async () => {
    const file = path.join(folder, 'cut.pcap');
    writeFileSync(file, pcap.subarray(0, (frameOffsets(pcap)[7]?.start ?? 0) + 1));
    const { stderr } = await weir('probe', '--read', file, '--stats', '-');
    expect(stderr).toMatch(/cut\.pcap ends in the middle of a packet/);
    const whole = await weir('probe', '--read', SAMPLE, '--stats', '-');
    expect(whole.stderr).toBe('');
  });

  it.each([1, 2, 3, 4, 5, 6])(
    'accounts for every frame after octets were overwritten (%i)',
    async (seed) => {
      const random = randomNumbers(seed);
      const damaged = Buffer.from(pcap);
      const frames = frameOffsets(pcap);
      for (const { start, length } of frames) {
        for (let hit = 0; hit < 3; hit++) {
          // Headers are hit more often than payload: that is where the decisions are made.
          const at = Math.floor(random() * Math.min(length, seed % 2 === 0 ? length : 60));
          damaged[start + at] = Math.floor(random() * 256);
        }
      }
      const stats = await statsOf(damaged);
      expect(stats.packets).toBe(frames.length);
      booksBalance(stats);
    },
  );

  it.each([14, 20, 34, 40, 60, 96])(
    'accounts for every frame cut to %i octets',
    async (snapLength) => {
      const file = path.join(folder, 'cut.pcap');
      execFileSync('editcap', ['-F', 'pcap', '-s', String(snapLength), SAMPLE, file]);
      const { stats } = await runProbe('--read', file);
      expect(stats.packets).toBe(frameOffsets(pcap).length);
      booksBalance(stats);
    },
  );

  it('counts a file that ends inside a record', async () => {
    const stats = await statsOf(pcap.subarray(0, pcap.length - 7));
    expect(stats.packets).toBe(frameOffsets(pcap).length - 1);
    expect(stats.capture.truncatedFileRecords).toBe(1);
    booksBalance(stats);
  });

  it.each([
    ['an empty file', Buffer.alloc(0)],
    ['text', Buffer.from('this is no capture, whatever its name says\n')],
  ])('refuses %s with a code and a way out', async (_, content) => {
    const file = path.join(folder, 'wrong.pcap');
    writeFileSync(file, content);
    const failure = await weir('probe', '--read', file).then(
      () => undefined,
      (error: { code: number; stderr: string }) => error,
    );
    expect(failure?.code).toBe(1);
    expect(failure?.stderr).toMatch(/WEIR_CAPTURE_NOT_A_CAPTURE_FILE/);
  });
});
