// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SILENT } from '@weir/wire';
import { expect, it } from 'vitest';
import { DecisionBook } from './decision-book.js';
import { DecisionFile } from './decision-file.js';
import { Repetitions } from './repetitions.js';
import { TEST_EVIDENCE, testDecision } from './test-rules.js';

const folder = () => mkdtempSync(join(tmpdir(), 'weir-decision-file-'));

it.each([0, 1, 500, 1201])(
  '%i decisions are kept as they are, also those that ended',
  async (n) => {
    const dataFolder = folder();
    const book = new DecisionBook({ firstRevision: 1000 });
    const repetitions = new Repetitions();
    const file = new DecisionFile({ dataFolder, book, repetitions, log: SILENT });
    const byFlow = (address: string) => testDecision(address, { evidence: TEST_EVIDENCE });
    const all = Array.from({ length: 2 * n }, (_, i) => byFlow(`10.0.${i >> 8}.${i & 255}`));
    book.put(all);
    book.remove(
      all.slice(n).map(({ id }) => id),
      'expired',
      5000,
    );
    for (const { id } of all.slice(n)) repetitions.ended(id, 5000);
    book.put([byFlow('192.0.2.1')]);
    const caused = [...book.all()];
    book.put([testDecision('192.0.2.2')]);
    await file.keep();
    const kept = await file.load();
    expect(kept.decisions).toEqual(caused);
    expect(kept.ended).toEqual(book.ended);
    expect(kept.repetitions).toEqual(repetitions.all);
    rmSync(dataFolder, { recursive: true });
  },
);
