// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SILENT } from '@weir/wire';
import { expect, it, vi } from 'vitest';
import { RulesFile } from './rules-file.js';

it('what was written last counts, also where what was written before takes longer', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'weir-rules-file-'));
  const path = join(folder, 'rules.yaml');
  const write = (name: string) =>
    writeFileSync(path, `- {name: ${name}, filter: any, action: {kind: watch}, scope: flow}\n`);
  const begun: string[] = [];
  const counting: string[] = [];
  let goOn = () => {};
  const waiting = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const file = new RulesFile({
    ...{ path, log: SILENT },
    apply: async ([rule]) => {
      begun.push(rule?.name ?? '');
      if (rule?.name === 'slow') await waiting;
      counting.push(rule?.name ?? '');
    },
  });
  write('slow');
  const first = file.reload();
  await vi.waitFor(() => expect(begun).toEqual(['slow']));
  write('newer');
  const second = file.reload();
  setTimeout(goOn, 50);
  await Promise.all([first, second]);
  expect(counting).toEqual(['slow', 'newer']);
  rmSync(folder, { recursive: true });
});
