// SPDX-License-Identifier: Apache-2.0
// Numbers that were given once are for ever: collectors keep them for years. A change of the history
// would be seen in git, but a shallow clone has none, so what was given is written down here.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const file = path.resolve(import.meta.dirname, '../../../signatures/registry.yaml');
const registry = Object.entries(parse(readFileSync(file, 'utf8')) as Record<string, number>);

/** Where numbers of protocols and of services begin. */
const FIRST = { protocols: 1, services: 1001 };

/** What these ranges hold, never to be changed. New numbers get a line of their own: the test says it. */
const GIVEN = [
  {
    from: 1,
    to: 128,
    digest: 'a256a957b45c8b39cbca0562ae04138ea2ffbe3d7ab9d4982854a5a97e2e72ad',
  },
  {
    from: 129,
    to: 263,
    digest: 'e4635585d97803e993b2dc1f23d37c67c6210abc40d39e3e771f3c2d2105f843',
  },
  {
    from: 264,
    to: 265,
    digest: '211ae414667b1780a67b6651652f5a97b46692a3d8144b39d9d19c4e95dd663e',
  },
  {
    from: 1001,
    to: 1840,
    digest: 'cbde6dfd19ebcb3473840ca03d293edad65e1573ae9989490d12396efb7415b6',
  },
  {
    from: 1841,
    to: 1849,
    digest: 'c04cc654edfc01ac8dc1c74b641297ba8e19b3932331e752583c0a7f50db4c42',
  },
];

const within = (from: number, to: number) =>
  registry.filter(([, id]) => id >= from && id <= to).sort((one, other) => one[1] - other[1]);

function digestOf(from: number, to: number): string {
  const lines = within(from, to).map(([name, id]) => `${id} ${name}\n`);
  return createHash('sha256').update(lines.join('')).digest('hex');
}

/** The lines that GIVEN lacks: one for each run of numbers. */
function unwritten(): string[] {
  const ids = registry
    .map(([, id]) => id)
    .filter((id) => !GIVEN.some(({ from, to }) => id >= from && id <= to))
    .sort((one, other) => one - other);
  const starts = ids.filter((id) => !ids.includes(id - 1));
  const ends = ids.filter((id) => !ids.includes(id + 1));
  return starts.map((from, run) => {
    const to = ends[run] ?? from;
    return `{ from: ${from}, to: ${to}, digest: '${digestOf(from, to)}' },`;
  });
}

describe('the registry of numbers', () => {
  it.each(GIVEN)('keeps the numbers from $from to $to as they were given', (given) => {
    expect(digestOf(given.from, given.to)).toBe(given.digest);
  });

  it.each([
    ['protocols', FIRST.protocols, FIRST.services - 1],
    ['services', FIRST.services, 0xff_ff_ff],
  ])('gives the numbers of %s one after the other', (_, from, to) => {
    const ids = within(from, to).map(([, id]) => id);
    expect(ids).toEqual(ids.map((_, index) => from + index));
  });

  it('is written down here, all of it', () => {
    expect(unwritten(), 'add these lines to GIVEN').toEqual([]);
  });
});
