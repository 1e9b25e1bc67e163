// SPDX-License-Identifier: Apache-2.0
// Datagrams of real exporters: softflowd's with nfdump as the referee (golden/record.mjs), damaged ones,
// and, where the project's data lies beside the checkout, those of other vendors.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { addressText } from './address.js';
import { createBatch } from './batch.js';
import { Decoder } from './decoder.js';
import { encodeNetflow9, encodeSet, integerBelow, seededRandom } from './test-datagrams.js';

const GOLDEN = join(import.meta.dirname, '../../golden');
const VENDORS = join(import.meta.dirname, '../../../../shared/data/datagrams');

function datagrams(file: string): Buffer[] {
  const octets = readFileSync(join(GOLDEN, file));
  const found: Buffer[] = [];
  for (let at = 0; at < octets.length; ) {
    const length = octets.readUInt16BE(at);
    found.push(octets.subarray(at + 2, at + 2 + length));
    at += 2 + length;
  }
  return found;
}

function decodeAll(payloads: readonly Buffer[]) {
  const decoder = new Decoder();
  const batch = createBatch(16);
  for (const payload of payloads) {
    decoder.decode({ payload, exporterAddress: '192.0.2.1', receivedMilliseconds: 1 }, batch);
  }
  return { decoder, batch, columns: batch.columns };
}

describe.each(['softflowd-v5', 'softflowd-v9'])('%s', (name) => {
  it('decodes to what nfdump sees', () => {
    const { decoder, columns } = decodeAll(datagrams(`${name}.bin`));
    const rows = Array.from({ length: columns.length }, (_, row) => ({
      flowStartMilliseconds: columns.flowStartMilliseconds[row],
      flowEndMilliseconds: columns.flowEndMilliseconds[row],
      sourceAddress: addressText(columns.sourceAddress, row * 16),
      destinationAddress: addressText(columns.destinationAddress, row * 16),
      sourceTransportPort: columns.sourceTransportPort[row],
      destinationTransportPort: columns.destinationTransportPort[row],
      protocolIdentifier: columns.protocolIdentifier[row],
      octets: columns.octets[row],
      packets: columns.packets[row],
    }));
    const referee = readFileSync(join(GOLDEN, `${name}.jsonl`), 'utf8')
      .trim()
      .split('\n');
    expect(rows.length).toBeGreaterThan(100);
    expect(rows).toEqual(referee.map((line) => JSON.parse(line)));
    expect(decoder.drops).toEqual({});
  });

  it('never throws when octets are missing, and counts it', () => {
    const all = datagrams(`${name}.bin`);
    const whole = all[1] as Buffer;
    const boundaries = setEnds(whole);
    for (let length = 0; length < whole.length; length++) {
      const { decoder } = decodeAll([all[0] as Buffer, whole.subarray(0, length)]);
      const zeros = whole.subarray(boundaries.filter((end) => end <= length).at(-1), length);
      // A v9 datagram that ends with a set is a whole one; so is one with zeros behind its last set.
      const whollyRead =
        zeros.every((octet) => octet === 0) && boundaries.some((end) => end <= length);
      const counted = Object.values(decoder.drops).reduce((sum, n) => sum + n, 0);
      expect(counted, `cut to ${length}`).toBe(whollyRead ? 0 : 1);
    }
  });

  it('never throws when octets are wrong', () => {
    const random = seededRandom(11);
    const all = datagrams(`${name}.bin`);
    for (let round = 0; round < 3000; round++) {
      const damaged = Buffer.from(all[integerBelow(random, all.length)] as Buffer);
      for (let flips = 1 + integerBelow(random, 4); flips > 0; flips--) {
        const at = integerBelow(random, Math.min(damaged.length, 200));
        damaged[at] = (damaged[at] as number) ^ (1 << integerBelow(random, 8));
      }
      const { columns, batch } = decodeAll([all[0] as Buffer, damaged, all[1] as Buffer]);
      expect(batch.segments.at(-1)?.to ?? 0).toBe(columns.length);
    }
  });
});

/** Where a v9 datagram may end; none for v5, whose header says how long it is. */
function setEnds(datagram: Buffer): number[] {
  if (datagram.readUInt16BE(0) !== 9) return [];
  const ends = [20];
  for (let at = 20; at < datagram.length; ) {
    at += datagram.readUInt16BE(at + 2);
    ends.push(at);
  }
  return ends;
}

it('never throws on noise, and counts every datagram of it', () => {
  const random = seededRandom(12);
  for (let round = 0; round < 5000; round++) {
    const noise = Buffer.from(
      Array.from({ length: integerBelow(random, 120) }, () => integerBelow(random, 256)),
    );
    const shaped = round % 2 === 0 ? noise : encodeNetflow9({}, [encodeSet(round % 300, noise)]);
    const { decoder, batch } = decodeAll([shaped]);
    const pending = [...decoder.exporters.streams()][0]?.exporter.pending.size ?? 0;
    const known = [...decoder.exporters.streams()][0]?.templates.size ?? 0;
    const counted = Object.keys(decoder.drops).length;
    const empty = shaped.length >= 20 && shaped.subarray(24).every((octet) => octet === 0);
    expect(counted + pending + known + batch.columns.length > 0 || empty).toBe(true);
  }
});

describe('datagrams of other vendors', () => {
  const files = existsSync(VENDORS) ? readdirSync(VENDORS) : [];
  const vendors = new Map<string, string[]>();
  for (const file of files.filter((name) => name.startsWith('netflow9_'))) {
    const vendor = file.replace(/_?(opttpl|tpl|data|dpi).*$/, '');
    vendors.set(vendor, [...(vendors.get(vendor) ?? []), file]);
  }
  // What nprobe's holds beside its record: a set longer than its records and their padding.
  const EXPECTED_DROPS: Record<string, object> = {
    netflow9_test_nprobe: { malformedRecord: 1 },
  };

  it.skipIf(vendors.size === 0)('are there to be decoded', () => {
    expect(vendors.size).toBeGreaterThanOrEqual(10);
  });

  it.skipIf(vendors.size === 0).each([...vendors])('%s', (vendor, names) => {
    const templatesFirst = [...names].sort(
      (a, b) => Number(b.includes('tpl')) - Number(a.includes('tpl')),
    );
    const { decoder, columns } = decodeAll(
      templatesFirst.map((name) => readFileSync(join(VENDORS, name))),
    );
    expect(columns.length).toBeGreaterThan(0);
    expect(decoder.drops).toEqual(EXPECTED_DROPS[vendor] ?? {});
    // In any order the same records come out.
    const reversed = decodeAll(
      templatesFirst.reverse().map((name) => readFileSync(join(VENDORS, name))),
    );
    expect(reversed.columns.length).toBe(columns.length);
  });
});
