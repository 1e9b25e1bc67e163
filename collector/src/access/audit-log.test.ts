// SPDX-License-Identifier: Apache-2.0
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { AuditLog } from './audit-log.js';

const TEST = { kind: 'user', name: 'olga', address: '192.0.2.1' } as const;
let folder = '';
let audit: AuditLog;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-audit-'));
  audit = new AuditLog(folder);
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (count: number, after = '') =>
  Promise.all(
    Array.from({ length: count }, (_, index) =>
      audit.append(TEST, { action: 'test', subject: String(index), after }),
    ),
  );

/** Subjects of all entries, read in pages of `limit`. */
async function pages(limit: number): Promise<string[]> {
  const subjects: string[] = [];
  let before: number | null | undefined;
  do {
    const page = await audit.read(limit, before ?? undefined);
    expect(page.entries.length).toBeLessThanOrEqual(limit);
    subjects.push(...page.entries.map(({ subject }) => subject));
    before = page.before;
  } while (before !== null);
  return subjects;
}

it.each([1, 7, 64, 1000])('is read backwards in pages of %i, each entry once', async (limit) => {
  // Lines longer and shorter than the pieces that the file is read in.
  await write(40, 'x'.repeat(5000));
  await audit.append(TEST, { action: 'test', subject: 'long', after: 'y'.repeat(200_000) });
  await write(100);
  const expected = [
    ...Array.from({ length: 40 }, (_, index) => String(index)),
    'long',
    ...Array.from({ length: 100 }, (_, index) => String(index)),
  ].reverse();
  expect(await pages(limit)).toEqual(expected);
});

it('is empty before the first change', async () => {
  expect(await audit.read(10)).toEqual({ entries: [], before: null });
});

it('loses one entry to a crash in the middle of it, not the next', async () => {
  await write(2);
  truncateSync(audit.path, readFileSync(audit.path).length - 10);
  await audit.append(TEST, { action: 'test', subject: 'next' });
  expect(await pages(10)).toEqual(['next', '0']);
  appendFileSync(audit.path, 'not an entry\n{"action":1}\n');
  expect(await pages(10)).toEqual(['next', '0']);
});

it('keeps what cannot be written, says so, and writes it before the next', async () => {
  mkdirSync(join(folder, 'access', 'audit.jsonl'), { recursive: true });
  await expect(write(1)).rejects.toMatchObject({ code: 'WEIR_COLLECTOR_AUDIT' });
  expect(audit.problem).toContain('see that the disk has room');
  await expect(audit.settle()).rejects.toMatchObject({ code: 'WEIR_COLLECTOR_AUDIT' });
  rmSync(audit.path, { recursive: true });
  await audit.append(TEST, { action: 'test', subject: 'next' });
  expect(audit.problem).toBeUndefined();
  expect(await pages(10)).toEqual(['next', '0']);
});
