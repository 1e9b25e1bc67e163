// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { type TestRow, testChunk } from '../test-chunk.js';
import { Aggregation, type AggregationOptions } from './aggregation.js';
import type { Point } from './points.js';

const MINUTE = 60_000;
const NOW = 1_800_000_000_000 - (1_800_000_000_000 % MINUTE);

const aggregation = (options: Partial<AggregationOptions> = {}) =>
  new Aggregation({
    ...{ stepMs: MINUTE, latenessMs: MINUTE, mostSeries: 100, collectorName: 'one' },
    ...options,
  });

/** Small, repeatable, and good enough to choose test rows. */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function randomRow(random: (below: number) => number): TestRow {
  const application = random(40);
  return {
    flowEndMilliseconds: NOW - random(5 * MINUTE),
    exporterAddress: `192.0.2.${random(4)}`,
    applicationName: `app ${application}`,
    applicationCategory: `category ${application % 5}`,
    sourceSite: ['', 'north', 'south'][random(3)] as string,
    destinationSite: ['', 'north', 'south'][random(3)] as string,
    ingressInterface: random(3),
    egressInterface: random(3),
    octets: random(2 ** 31) * 7,
    packets: 1 + random(1000),
    reverseOctets: random(2) * 100,
    reversePackets: random(2),
    counted: random(4) > 0 ? 1 : 0,
  };
}

/** Sums of what was given in, written down the slow way. */
function expected(rows: readonly TestRow[], tag: (row: TestRow) => string): Map<string, number> {
  const sums = new Map<string, number>();
  for (const row of rows.filter(({ counted }) => counted === 1)) {
    const octets = Number(row.octets) + Number(row.reverseOctets);
    sums.set(tag(row), (sums.get(tag(row)) ?? 0) + octets);
  }
  return sums;
}

function sumsOf(points: readonly Point[], measurement: string, tag: string): Map<string, number> {
  const sums = new Map<string, number>();
  for (const point of points.filter((point) => point.measurement === measurement)) {
    const at = point.tags[tag] as string;
    sums.set(at, (sums.get(at) ?? 0) + point.fields.octets);
  }
  return sums;
}

const sealedPoints = (from: Aggregation) => from.sealed.flatMap(({ points }) => points);

function sealAll(from: Aggregation): readonly Point[] {
  from.seal(Number.POSITIVE_INFINITY, NOW);
  return sealedPoints(from);
}

describe('aggregation', () => {
  it('adds up to what was given in, by each tag, however it comes in chunks', () => {
    const random = randomNumbers(1);
    const rows = Array.from({ length: 5000 }, () => randomRow(random));
    const sums = aggregation();
    for (let from = 0; from < rows.length; ) {
      const to = from + 1 + random(700);
      sums.observe(testChunk(rows.slice(from, to)), NOW);
      if (random(3) === 0) sums.seal(NOW - random(MINUTE), NOW);
      from = to;
    }
    const points = sealAll(sums);
    const by = (tag: string) => (row: TestRow) => String(row[tag]);
    const application = sumsOf(points, 'weir_application', 'application');
    expect(application).toEqual(expected(rows, by('applicationName')));
    const category = sumsOf(points, 'weir_category', 'category');
    expect(category).toEqual(expected(rows, by('applicationCategory')));
    const exporter = sumsOf(points, 'weir_exporter', 'exporter');
    expect(exporter).toEqual(expected(rows, by('exporterAddress')));
    expect(sums.countedRecords).toBe(rows.filter(({ counted }) => counted === 1).length);
  });

  it('keeps the directions of sites and interfaces apart, and turns them for what comes back', () => {
    const sums = aggregation();
    const row = {
      flowEndMilliseconds: NOW,
      exporterAddress: '2001:db8::1',
      exporterName: 'edge',
      sourceSite: 'north',
      ingressInterface: 3,
      egressInterface: 7,
      ingressInterfaceName: 'ge-0/0/3',
      ...{ octets: 1000, packets: 10, reverseOctets: 50, reversePackets: 1 },
    };
    sums.observe(testChunk([row, row]), NOW);
    const points = sealAll(sums);
    const found = (measurement: string) =>
      points
        .filter((point) => point.measurement === measurement)
        .map(({ tags: { collector, ...tags }, fields }) => [...Object.values(tags), fields.octets])
        .map((values) => values.join(' '))
        .sort();
    expect(found('weir_site')).toEqual([
      'none in 2000',
      'none out 100',
      'north in 100',
      'north out 2000',
    ]);
    expect(found('weir_interface')).toEqual([
      '2001:db8::1 3 ge-0/0/3 in 2000',
      '2001:db8::1 3 ge-0/0/3 out 100',
      '2001:db8::1 7 none in 100',
      '2001:db8::1 7 none out 2000',
    ]);
  });

  it('names the largest and sums up the rest, over the day as well', () => {
    const sums = aggregation({ mostSeries: 3 });
    for (let minute = 0; minute < 30; minute++) {
      const rows = Array.from({ length: 50 }, (_, i) => ({
        flowEndMilliseconds: NOW + minute * MINUTE,
        applicationName: `app ${minute} ${i}`,
        octets: i + 1,
      }));
      sums.observe(testChunk(rows), NOW + minute * MINUTE);
      sums.seal(NOW + minute * MINUTE, NOW + minute * MINUTE);
    }
    const points = sealAll(sums);
    const application = sumsOf(points, 'weir_application', 'application');
    // Three of each step until there are 5 × 3 different ones.
    expect(application.size).toBe(16);
    expect(application.get('app 0 49')).toBe(50);
    expect([...application.values()].reduce((a, b) => a + b)).toBe(30 * 1275);
  });

  it('counts records of an impossible time now, and does not open steps without end', () => {
    const sums = aggregation();
    const times = [0, NOW - 2 * 86_400_000, NOW + 10 * MINUTE];
    sums.observe(testChunk(times.map((flowEndMilliseconds) => ({ flowEndMilliseconds }))), NOW);
    expect(sums.movedRecords).toBe(3);
    const spread = Array.from({ length: 1000 }, (_, i) => ({
      flowEndMilliseconds: NOW - i * MINUTE,
    }));
    sums.observe(testChunk(spread), NOW);
    expect(sums.openSteps).toBeLessThan(20);
    const flows = sealAll(sums)
      .filter(({ measurement }) => measurement === 'weir_category')
      .reduce((sum, { fields }) => sum + fields.flows, 0);
    expect(flows).toBe(1003);
  });

  it('gives each sealing of a step a time of its own inside the step', () => {
    const sums = aggregation();
    const row = { flowEndMilliseconds: NOW - MINUTE, octets: 1 };
    for (let i = 0; i < 3; i++) {
      sums.observe(testChunk([row]), NOW);
      sums.seal(Number.POSITIVE_INFINITY, NOW);
    }
    const times = sums.sealed.map(({ points }) => BigInt(points[0]?.timestamp ?? 0));
    expect(new Set(times).size).toBe(3);
    for (const time of times) {
      expect(time / 60_000_000_000n).toBe(BigInt((NOW - MINUTE) / MINUTE));
    }
  });

  it('goes on in another process as if nothing had been', () => {
    const random = randomNumbers(2);
    const rows = Array.from({ length: 300 }, () => randomRow(random));
    const whole = aggregation();
    whole.observe(testChunk(rows), NOW);
    let part = aggregation();
    for (let from = 0; from < rows.length; from += 50) {
      part.observe(testChunk(rows.slice(from, from + 50)), NOW);
      const saved = JSON.parse(JSON.stringify(part.save()));
      part = aggregation();
      part.load(saved);
    }
    const sorted = (points: readonly Point[]) =>
      points.map(({ timestamp, ...point }) => JSON.stringify(point)).sort();
    expect(sorted(sealAll(part))).toEqual(sorted(sealAll(whole)));
  });

  it('makes tags out of any text, and nothing ends a line early', () => {
    const sums = aggregation();
    const applicationName = `a,b c="d"\n x\\${'y'.repeat(500)}`;
    sums.observe(testChunk([{ flowEndMilliseconds: NOW, applicationName }]), NOW);
    const [point] = sealAll(sums);
    expect(point?.tags.application).toMatch(/^a,b c="d"_ x_y+$/);
    expect(point?.tags.application?.length).toBe(128);
  });
});
