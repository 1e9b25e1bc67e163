// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { writeFrames } from './frames.js';

const HAS_TCPDUMP = spawnSync('tcpdump', ['--version']).status === 0;

test.skipIf(!HAS_TCPDUMP)('tcpdump reads the frames, and finds nothing wrong with them', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'weir-frames-'));
  const file = path.join(folder, 'frames.pcap');
  const ends = { sourceAddress: '10.81.1.2', destinationAddress: '198.51.100.1' };
  writeFrames(file, { ...ends, destinationMac: '02:00:00:00:00:01', flows: 3 });
  const { stdout } = spawnSync('tcpdump', ['-nn', '-v', '-e', '-r', file], { encoding: 'utf8' });
  rmSync(folder, { recursive: true });
  expect(
    stdout.match(/10\.81\.1\.2\.102[456] > 198\.51\.100\.1\.9: .*UDP, length 18/g),
  ).toHaveLength(3);
  expect(stdout).toContain('> 02:00:00:00:00:01');
  expect(stdout).not.toMatch(/bad|incorrect|wrong/);
});
