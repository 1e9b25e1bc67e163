// SPDX-License-Identifier: Apache-2.0
import { type FlowCondition, flowTest, parseFilter, parseNetwork } from '@weir/wire';
import { RandomFilters } from '@weir/wire/test-filters';
import { expect, it } from 'vitest';
import { flowAt } from '../flow-row.js';
import { MATERIAL, randomRows } from '../query/test-store.js';
import { rowChunk } from '../row-chunk.js';
import { anchorsOf } from './anchors.js';
import { ChunkView } from './chunk-view.js';
import { PrefixTable } from './prefix-table.js';
import { compileCondition, RuleIndex } from './rule-index.js';
import { holdsNetwork } from './selector.js';

const ROWS = randomRows({ count: 150, seed: 5, from: 1e12, to: 1e12 + 1e6 });

function matches(index: RuleIndex, rows: readonly object[]): string[] {
  const found: string[] = [];
  index.match(rowChunk(rows as never), (row, rule) => found.push(`${row} ${rule}`));
  return found;
}

it('finds what the evaluator finds, for any conditions, chunk after chunk', () => {
  const filters = new RandomFilters(8, MATERIAL);
  const conditions = Array.from({ length: 400 }, (): FlowCondition => filters.condition());
  const view = new ChunkView();
  const compiled = conditions.map((condition) => compileCondition(condition, view));
  const index = new RuleIndex(compiled, view);
  const tests = conditions.map(flowTest);
  for (const [from, to] of [
    [0, 40],
    [40, 150],
    [10, 11],
  ] as const) {
    const rows = ROWS.slice(from, to);
    const chunk = rowChunk(rows);
    const flows = rows.map((_, row) => flowAt(chunk, row));
    const expected = flows.flatMap((flow, row) =>
      tests.flatMap((test, rule) => (test(flow) ? [`${row} ${rule}`] : [])),
    );
    expect(matches(index, rows).sort()).toEqual(expected.sort());
  }
  const indexed = conditions.filter((_, rule) => index.isIndexed(rule));
  expect(indexed.length).toBeGreaterThan(40);
});

it('goes on when rules come and go, as often as there is room', () => {
  const filters = new RandomFilters(9, MATERIAL);
  const view = new ChunkView();
  const conditions = new Map<number, FlowCondition>();
  const next = () => filters.condition();
  const first = Array.from({ length: 20 }, next);
  first.forEach((condition, rule) => {
    conditions.set(rule, condition);
  });
  const index = new RuleIndex(
    first.map((condition) => compileCondition(condition, view)),
    view,
  );
  let added = 0;
  for (;;) {
    const condition = next();
    const rule = index.add(compileCondition(condition, view));
    if (rule === undefined) break;
    conditions.set(rule, condition);
    added++;
    const [gone = 0] = conditions.keys();
    index.drop(gone);
    conditions.delete(gone);
    if (added % 8 !== 0) continue;
    const rows = ROWS.slice(0, 30);
    const chunk = rowChunk(rows);
    const expected = rows.flatMap((_, row) =>
      [...conditions].flatMap(([rule, one]) =>
        flowTest(one)(flowAt(chunk, row)) ? [`${row} ${rule}`] : [],
      ),
    );
    expect(matches(index, rows).sort()).toEqual(expected.sort());
  }
  expect(added).toBe(64);
});

it.each([
  ['app = BitTorrent and bytes > 1M', 1],
  ['app = BitTorrent and ip = 10.0.0.1', 2],
  ['port in (80, 443, 8000..8003) and tcp', 12],
  ['(app = a or server = b) and not src = 10.0.0.1', 2],
  ['app = a or bytes > 5', undefined],
  ['not app = a', undefined],
  ['port > 1000', undefined],
  ['any', undefined],
])('%s has so many values to look up: %s', (filter, count) => {
  expect(anchorsOf(parseFilter(filter))?.anchors.length).toBe(count);
});

it('knows all prefixes of an address, the innermost first', () => {
  const random = new RandomFilters(3);
  const octet = () => random.of([0, 1, 2, 127, 128, 255]);
  const v4 = () => `${random.of([10, 192])}.${octet()}.${octet()}.${octet()}`;
  const v6 = () => `${random.of(['2001:db8', 'fd00', 'ffff'])}::${octet().toString(16)}`;
  for (let round = 0; round < 30; round++) {
    const networks = Array.from({ length: 60 }, () =>
      random.below(2) === 0 ? `${v4()}/${random.below(33)}` : `${v6()}/${random.below(129)}`,
    ).map((text) => parseNetwork(text) as NonNullable<ReturnType<typeof parseNetwork>>);
    const table = new PrefixTable(networks.map((network, value) => ({ network, value })));
    for (const address of [...Array.from({ length: 40 }, v4), ...Array.from({ length: 40 }, v6)]) {
      const one = { address, prefixLength: address.includes(':') ? 128 : 32 };
      const found = [...table.holding(address)];
      // "::/0" holds IPv4, too, as addresses are mapped; nobody selects that much.
      const expected = networks.flatMap((network, i) => {
        const isAll = network.address.includes(':') && network.prefixLength < 96;
        return holdsNetwork(network, one) || (isAll && !address.includes(':') && found.includes(i))
          ? [i]
          : [];
      });
      expect([...found].sort()).toEqual([...expected].sort());
      const lengths = found.map((i) => bitsOf(networks[i] as (typeof networks)[number]));
      expect(lengths).toEqual([...lengths].sort((a, b) => b - a));
    }
  }
});

function bitsOf({ address, prefixLength }: { address: string; prefixLength: number }): number {
  return prefixLength + (address.includes(':') ? 0 : 96);
}
