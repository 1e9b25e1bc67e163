// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { createBatch, type StreamIdentity } from '../decode/batch.js';
import type { DropCounters } from '../drops.js';
import { Enricher, MOST_SAMPLERS } from './enricher.js';
import { createNameTable, UNKNOWN } from './name-table.js';
import { flowAt } from './named-flow.js';

const A: StreamIdentity = { exporterAddress: '192.0.2.1', version: 9, observationDomainId: 1 };
const B: StreamIdentity = { exporterAddress: '192.0.2.1', version: 9, observationDomainId: 2 };
const BITTORRENT = 6 * 2 ** 40 + 22;

function setUp() {
  const names = createNameTable();
  return { names, enricher: new Enricher(names), batch: createBatch(8) };
}

function application(stream: StreamIdentity, applicationName: string) {
  const applicationDescription = '';
  return {
    kind: 'application',
    stream,
    applicationId: BITTORRENT,
    applicationName,
    applicationDescription,
  } as const;
}

it('names rows by the table of their own exporter and domain', () => {
  const { names, enricher, batch } = setUp();
  batch.options = [application(A, 'BitTorrent')];
  batch.columns.length = 3;
  batch.columns.applicationId.set([BITTORRENT, 0, BITTORRENT]);
  batch.segments = [
    { from: 0, to: 2, stream: A },
    { from: 2, to: 3, stream: B },
  ];
  enricher.enrich(batch);
  const seen = [0, 1, 2].map((row) => flowAt(batch.columns, row, names).applicationName);
  expect(seen).toEqual(['BitTorrent', UNKNOWN, UNKNOWN]);
  expect(enricher.applications()).toEqual([
    { applicationId: '6:22', applicationName: 'BitTorrent', applicationDescription: '' },
  ]);
});

it('undoes sampling by the record, then its sampler, then the domain', () => {
  const { enricher, batch } = setUp();
  batch.options = [
    { kind: 'sampling', stream: A, samplerId: 0, interval: 10 },
    { kind: 'sampling', stream: A, samplerId: 7, interval: 100 },
  ];
  batch.columns.length = 4;
  batch.columns.octets.fill(3, 0, 4);
  batch.columns.packets.fill(1, 0, 4);
  batch.columns.samplingInterval.set([1000, 0, 0, 0]);
  batch.columns.samplerId.set([7, 7, 8, 0]);
  batch.segments = [
    { from: 0, to: 3, stream: A },
    { from: 3, to: 4, stream: B },
  ];
  enricher.enrich(batch);
  expect([...batch.columns.octets.subarray(0, 4)]).toEqual([3000, 300, 30, 3]);
  expect([...batch.columns.packets.subarray(0, 4)]).toEqual([1000, 100, 10, 1]);
});

it('does not grow without bound by names from the network', () => {
  const names = createNameTable(3);
  expect(['a', 'b', 'c', 'a'].map((name) => names.intern(name))).toEqual([1, 2, 0, 1]);
  expect(names.nameOf(99)).toBe(UNKNOWN);
});

it('keeps a bounded number of samplers for one exporter and domain, and counts the rest', () => {
  const drops: DropCounters = {};
  const enricher = new Enricher(createNameTable(), drops);
  const batch = createBatch(2);
  const sampler = (samplerId: number) => ({ kind: 'sampling', stream: A, samplerId }) as const;
  for (let id = 0; id < MOST_SAMPLERS + 5; id++)
    batch.options.push({ ...sampler(id), interval: 2 });
  batch.options.push({ ...sampler(1), interval: 3 });
  batch.columns.length = 1;
  batch.columns.octets[0] = 1;
  batch.columns.samplerId[0] = 1;
  batch.segments = [{ from: 0, to: 1, stream: A }];
  enricher.enrich(batch);
  expect(batch.columns.octets[0]).toBe(3);
  expect(drops).toEqual({ tooManyOptions: 5 });
});
