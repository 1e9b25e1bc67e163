// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Spool, type SpoolDrop, type SpoolOptions, SpoolRefusal } from './spool.js';
import { type SpoolBundle, SpoolFolder } from './spool-folder.js';

let folder = '';
const made: Spool[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-spool-'));
});
afterEach(async () => {
  for (const spool of made.splice(0)) await spool.stop(0);
  rmSync(folder, { recursive: true });
});

/** Takes what it is given, in the order in which it came, unless it is told to fail. */
function newSpool(options: Partial<SpoolOptions> = {}) {
  const taken: string[] = [];
  const tokens: string[] = [];
  const drops: Partial<Record<SpoolDrop, number>> = {};
  const take = async (bundle: SpoolBundle) => {
    taken.push(textOf(bundle));
    tokens.push(bundle.token);
  };
  const spool = new Spool({
    folder,
    take,
    mostBytes: 1e6,
    reserveBytes: 0,
    sync: 'never',
    log: () => undefined,
    onDrop: (reason, records) => {
      drops[reason] = (drops[reason] ?? 0) + records;
    },
    retryMs: 1,
    ...options,
  });
  made.push(spool);
  return { spool, taken, tokens, drops, take };
}

const textOf = ({ files }: SpoolBundle) =>
  files.map(({ path }) => readFileSync(path, 'utf8')).join('+');
const text = (content: string) => (path: string) => writeFile(path, content);
const waiting = () => readdirSync(folder).filter((name) => name !== 'aside' && name !== 'together');
const never = async (): Promise<void> => {
  throw new Error('away');
};

it('hands over every file once, in the order in which they were added', async () => {
  const { spool, taken, tokens } = newSpool();
  await spool.open();
  const late = async (path: string) => {
    await new Promise((resolve) => setTimeout(resolve, 30));
    await writeFile(path, 'first');
  };
  await Promise.all([
    spool.add(1, late),
    spool.add(2, text('second')),
    spool.add(3, text('third')),
  ]);
  await spool.flushed();
  expect(taken).toEqual(['first', 'second', 'third']);
  expect(new Set(tokens).size).toBe(3);
  expect(waiting()).toEqual([]);
  expect(spool.state).toMatchObject({ files: 0, octets: 0, pendingRecords: 0, takenRecords: 6 });
});

it('keeps a file, with its token, until it is taken', async () => {
  let failures = 3;
  const tokens: string[] = [];
  const { spool } = newSpool({
    take: async ({ token }) => {
      tokens.push(token);
      if (failures-- > 0) throw new Error('away');
    },
  });
  await spool.open();
  await spool.add(5, text('x'));
  while (spool.state.takenRecords === 0) await new Promise(setImmediate);
  expect(tokens).toHaveLength(4);
  expect(new Set(tokens).size).toBe(1);
  expect(spool.state).toMatchObject({ failedAttempts: 3, problem: undefined, pendingRecords: 0 });
});

it('hands over what a former process left, and never gives its tokens again', async () => {
  const former = newSpool({ take: never });
  await former.spool.open();
  await former.spool.add(2, text('a'));
  await former.spool.add(3, text('b'));
  await former.spool.stop(0);
  const kept = waiting();
  expect(kept).toHaveLength(2);
  const { spool, taken, tokens } = newSpool();
  await spool.open();
  await spool.add(4, text('c'));
  await spool.flushed();
  expect(taken).toEqual(['a', 'b', 'c']);
  expect(kept.map((name) => name.split('.')[0])).toEqual(tokens.slice(0, 2));
  expect(new Set(tokens).size).toBe(3);
  expect(spool.state.takenRecords).toBe(9);
});

it('sets aside what was half-written or is refused, and counts it', async () => {
  const { spool, taken, drops } = newSpool({
    take: async (bundle) => {
      if (textOf(bundle) === 'bad') throw new SpoolRefusal('no rows');
      taken.push(textOf(bundle));
    },
  });
  writeFileSync(join(folder, '1700000000000-0123456789ab-0000000007.11.part'), 'ha');
  await spool.open();
  await spool.add(5, text('bad'));
  await spool.add(6, text('good'));
  await spool.flushed();
  expect(taken).toEqual(['good']);
  expect(drops).toEqual({ unfinished: 11, refused: 5 });
  expect(spool.state).toMatchObject({ filesSetAside: 2, pendingRecords: 0, takenRecords: 6 });
  expect(readdirSync(join(folder, 'aside'))).toHaveLength(2);
});

it('leaves nothing behind of a file that could not be written', async () => {
  const { spool, taken, drops } = newSpool();
  await spool.open();
  await spool.add(7, async (path) => {
    await writeFile(path, 'half');
    throw new Error('ENOSPC');
  });
  expect(waiting()).toEqual([]);
  expect(drops).toEqual({ diskFull: 7 });
  expect(spool.state.writeProblem).toBe('ENOSPC');
  await spool.add(1, text('room again'));
  await spool.flushed();
  expect(taken).toEqual(['room again']);
  expect(spool.state).toMatchObject({ writeProblem: undefined, pendingRecords: 0 });
});

it('writes nothing when the disk has less than the reserve', async () => {
  const { spool, taken, drops } = newSpool({ reserveBytes: Number.MAX_SAFE_INTEGER });
  await spool.open();
  await spool.add(7, text('x'));
  expect([taken, waiting()]).toEqual([[], []]);
  expect(drops).toEqual({ diskFull: 7 });
});

it('is bounded: the oldest go, but never the one that is being taken', async () => {
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const { spool, taken, drops } = newSpool({
    mostBytes: 30,
    take: async (bundle) => {
      await held;
      taken.push(textOf(bundle));
    },
  });
  await spool.open();
  for (const name of ['a', 'b', 'c', 'd', 'e']) await spool.add(1, text(name.repeat(10)));
  expect(drops).toEqual({ spoolFull: 2 });
  expect(spool.state).toMatchObject({ files: 3, octets: 30, pendingRecords: 3 });
  release();
  await spool.flushed();
  expect(taken.map((content) => content[0])).toEqual(['a', 'd', 'e']);
});

it('lets nobody wait for a taker that is away', async () => {
  const { spool } = newSpool({ take: never });
  await spool.open();
  await spool.add(10, text('x'));
  await spool.flushed();
  expect(spool.state).toMatchObject({ pendingRecords: 10, problem: 'away' });
  await spool.stop(0);
  expect(waiting()).toHaveLength(1);
});

/** Files that nobody has tried to take yet. */
async function pileUp(contents: readonly string[]): Promise<void> {
  const waitingFiles = new SpoolFolder(folder, 'never');
  await waitingFiles.open();
  for (const content of contents) await waitingFiles.write(content.length, text(content));
}

it('hands over together what has piled up, as much as it may', async () => {
  await pileUp(['aa', 'bb', 'cc', 'dddddd', 'e']);
  const { spool, taken, tokens } = newSpool({ recordsTogether: 5 });
  await spool.open();
  await spool.flushed();
  expect(taken).toEqual(['aa+bb', 'cc', 'dddddd', 'e']);
  expect(new Set(tokens).size).toBe(4);
  expect(waiting()).toEqual([]);
  expect(spool.state).toMatchObject({ files: 0, octets: 0, pendingRecords: 0, takenRecords: 13 });
});

it('hands over the same files with the same token after a restart, also when more may go together', async () => {
  await pileUp(['aa', 'bb', 'cc']);
  const tried: SpoolBundle[] = [];
  const failing = newSpool({
    recordsTogether: 4,
    take: async (bundle) => {
      tried.push(bundle);
      throw new Error('killed in the middle');
    },
  });
  await failing.spool.open();
  await failing.spool.flushed();
  await failing.spool.stop(0);
  const { spool, taken, tokens } = newSpool({ recordsTogether: 100 });
  await spool.open();
  await spool.flushed();
  expect(taken).toEqual(['aa+bb', 'cc']);
  expect(tokens[0]).toBe(tried[0]?.token);
});

it('hands over one file alone again when more have come since', async () => {
  const { spool } = newSpool({ recordsTogether: 100, take: never });
  await spool.open();
  for (const content of ['aa', 'bb', 'cc']) await spool.add(content.length, text(content));
  await spool.stop(0);
  const later = newSpool({ recordsTogether: 100 });
  await later.spool.open();
  await later.spool.flushed();
  expect(later.taken).toEqual(['aa', 'bb+cc']);
});

it('knows files that were taken together when the process ended while it removed them', async () => {
  await pileUp(['aa', 'bb', 'cc']);
  const { spool } = newSpool({
    recordsTogether: 4,
    take: async ({ files }) => {
      rmSync(files[0]?.path as string);
      throw new Error('the process ends here');
    },
  });
  await spool.open();
  await spool.flushed();
  await spool.stop(0);
  const later = newSpool({ recordsTogether: 4 });
  await later.spool.open();
  await later.spool.flushed();
  expect(later.taken).toEqual(['cc']);
});

it('sets aside one of several, and hands over the others one by one', async () => {
  await pileUp(['aa', 'bad', 'cc', 'dd']);
  const { spool, taken, drops, take } = newSpool({ recordsTogether: 7 });
  const refusing = newSpool({
    recordsTogether: 7,
    take: async (bundle) => {
      if (textOf(bundle).includes('bad')) throw new SpoolRefusal('not rows');
      await take(bundle);
    },
  });
  await spool.stop(0);
  await refusing.spool.open();
  await refusing.spool.flushed();
  expect(taken).toEqual(['aa', 'cc', 'dd']);
  expect(refusing.drops).toEqual({ refused: 3 });
  expect(drops).toEqual({});
  expect(waiting()).toEqual([]);
});
