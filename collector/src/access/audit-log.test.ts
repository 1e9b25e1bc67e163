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
import { type AuditFilter, AuditLog } from './audit-log.js';

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
async function pages(limit: number, filter: AuditFilter = {}): Promise<string[]> {
  const subjects: string[] = [];
  let before: number | null | undefined;
  do {
    const page = await audit.read({ ...filter, limit, before: before ?? undefined });
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

it('loses none that come while others are being written', async () => {
  const written: Promise<void>[] = [];
  for (let index = 0; index < 60; index++) {
    written.push(audit.append(TEST, { action: 'test', subject: String(index) }));
    // Some come before a file is open, some while it is written, some after it.
    await new Promise((resolve) => setTimeout(resolve, index % 4));
  }
  await Promise.all(written);
  expect(await pages(1000)).toEqual(Array.from({ length: 60 }, (_, at) => String(59 - at)));
});

it.each([1, 3, 1000])('gives only what is wanted, in pages of %i', async (limit) => {
  await write(50);
  for (const action of ['rule.create', 'user.role', 'rules.other']) {
    await audit.append(TEST, { action, subject: `${action} 1` });
  }
  await audit.append({ ...TEST, name: 'Piotr' }, { action: 'rule.delete', subject: '2' });
  const newestTen = Array.from({ length: 10 }, (_, index) => String(49 - index));
  expect(await pages(limit, { kind: 'rule' })).toEqual(['2', 'rule.create 1']);
  expect(await pages(limit, { text: 'PIOTR' })).toEqual(['2']);
  expect((await pages(limit, { text: '192.0.2' })).slice(4, 14)).toEqual(newestTen);
  expect(await pages(limit, { text: 'nobody' })).toEqual([]);
  expect(await pages(limit, { from: Date.now() + 60_000 })).toEqual([]);
  expect(await pages(limit, { from: Date.now() - 60_000 })).toHaveLength(54);
});

it('looks through no more than 4 MiB for one answer, and goes on from there', async () => {
  await audit.append(TEST, { action: 'test', subject: 'first' });
  await write(60, 'y'.repeat(100_000));
  const first = await audit.read({ limit: 10, text: 'first' });
  expect(first).toEqual({ entries: [], before: expect.any(Number) });
  expect(await pages(10, { text: 'first' })).toEqual(['first']);
});

it('is empty before the first change', async () => {
  expect(await audit.read({ limit: 10 })).toEqual({ entries: [], before: null });
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
