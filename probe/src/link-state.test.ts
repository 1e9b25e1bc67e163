// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { linkState } from './link-state.js';

const root = mkdtempSync(path.join(tmpdir(), 'weir-link-'));
afterAll(() => rmSync(root, { recursive: true }));

/** As the kernel shows an interface. */
function folderOf(flags: string, operstate: string): string {
  const folder = mkdtempSync(path.join(root, 'net-'));
  mkdirSync(path.join(folder, 'eth1'));
  writeFileSync(path.join(folder, 'eth1', 'flags'), `${flags}\n`);
  writeFileSync(path.join(folder, 'eth1', 'operstate'), `${operstate}\n`);
  return folder;
}

it.each([
  ['up', '0x1003', 'up'],
  ['up', '0x9', 'unknown'],
  ['noCarrier', '0x1003', 'down'],
  ['noCarrier', '0x1003', 'lowerlayerdown'],
  ['down', '0x1002', 'down'],
])('knows an interface that is %s: flags %s, operstate %s', (state, flags, operstate) => {
  expect(linkState('eth1', folderOf(flags, operstate))).toBe(state);
});

it('does not guess about one that is not there', () => {
  expect(linkState('eth2', folderOf('0x1003', 'up'))).toBe('unknown');
});
