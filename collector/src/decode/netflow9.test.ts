// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { addressText } from './address.js';
import { createBatch } from './batch.js';
import type { NumberColumn } from './columns.js';
import { Decoder } from './decoder.js';
import { EXPORTER_LIMITS } from './exporters.js';
import { applicationIdText } from './field-readers.js';
import {
  type EncodedField,
  encodeNetflow9,
  encodeSet,
  encodeTemplate,
  HEADER9,
  integerBelow,
  seededRandom,
  unsigned,
} from './test-datagrams.js';

/** A decoder with one exporter. */
function session(limits = EXPORTER_LIMITS) {
  const decoder = new Decoder({}, limits);
  const batch = createBatch(4);
  const send = (payload: Buffer) =>
    decoder.decode({ payload, exporterAddress: '2001:db8::1', receivedMilliseconds: 5 }, batch);
  return { decoder, batch, send };
}

const PLAIN: readonly EncodedField[] = [
  { element: 8, length: 4 },
  { element: 12, length: 4 },
  { element: 1, length: 4 },
];
const plainRecord = (octets: number) =>
  Buffer.concat([unsigned(0x0a000001, 4), unsigned(0x0a000002, 4), unsigned(octets, 4)]);

/** Elements with the lengths that exporters use, and the column that must show the value. */
const NUMBERS: readonly { element: number; lengths: number[]; column: NumberColumn }[] = [
  { element: 1, lengths: [4, 8, 3, 6], column: 'octets' },
  { element: 2, lengths: [4, 8, 5], column: 'packets' },
  { element: 4, lengths: [1], column: 'protocolIdentifier' },
  { element: 5, lengths: [1], column: 'ipClassOfService' },
  { element: 6, lengths: [1, 2], column: 'tcpControlBits' },
  { element: 7, lengths: [2], column: 'sourceTransportPort' },
  { element: 10, lengths: [2, 4], column: 'ingressInterface' },
  { element: 11, lengths: [2], column: 'destinationTransportPort' },
  { element: 14, lengths: [2, 4], column: 'egressInterface' },
  { element: 58, lengths: [2], column: 'vlanId' },
  { element: 61, lengths: [1], column: 'flowDirection' },
  { element: 136, lengths: [1], column: 'flowEndReason' },
  { element: 152, lengths: [8], column: 'flowStartMilliseconds' },
  { element: 153, lengths: [8], column: 'flowEndMilliseconds' },
  { element: 34, lengths: [4], column: 'samplingInterval' },
  { element: 48, lengths: [1, 2, 4], column: 'samplerId' },
];
/** Elements that no column has. */
const SKIPPED = [999, 40001, 82, 15];

describe('data records', () => {
  it('come out of any template as they went in', () => {
    const random = seededRandom(9);
    const below = (limit: number) => integerBelow(random, limit);
    for (let round = 0; round < 300; round++) {
      const chosen = NUMBERS.filter(() => random() < 0.7).map((entry) => ({
        ...entry,
        length: entry.lengths[below(entry.lengths.length)] as number,
      }));
      const skipped = SKIPPED.filter(() => random() < 0.4).map((element) => ({
        element,
        length: 1 + below(20),
        column: undefined,
      }));
      const fields = [...chosen, ...skipped].sort(() => random() - 0.5);
      if (fields.length === 0) continue;
      const records = Array.from({ length: 1 + below(20) }, () =>
        fields.map(({ element, length }) => {
          // Protocols without ICMP's rules, and times that can be.
          if (element === 4) return 6;
          if (length === 8) return 1 + below(2 ** 41);
          return below(2 ** (8 * Math.min(length, 6)));
        }),
      );
      const data = records.map((values) =>
        Buffer.concat(values.map((value, i) => unsigned(value, fields[i]?.length ?? 0))),
      );
      const { decoder, batch, send } = session();
      const sets = [encodeTemplate(300, fields), encodeSet(300, Buffer.concat(data))];
      const width = fields.reduce((sum, { length }) => sum + length, 0);
      const decoded = send(encodeNetflow9({}, sets));
      // Padding of up to 3 octets cannot be told from records that short.
      expect(decoded).toBeGreaterThanOrEqual(records.length);
      if (width > 3) expect(decoded).toBe(records.length);
      expect(decoder.drops).toEqual({});
      for (const [row, values] of records.entries()) {
        for (const [i, value] of values.entries()) {
          const column = fields[i]?.column;
          if (column !== undefined) expect(batch.columns[column][row]).toBe(value);
        }
      }
    }
  });

  it('have IPv6 and mapped IPv4 addresses', () => {
    const { batch, send } = session();
    const v6 = Buffer.from('20010db8000000000000000000000042', 'hex');
    const fields = [
      { element: 27, length: 16 },
      { element: 12, length: 4 },
    ];
    const record = Buffer.concat([v6, unsigned(0xc0000201, 4)]);
    send(encodeNetflow9({}, [encodeTemplate(256, fields), encodeSet(256, record)]));
    expect(addressText(batch.columns.sourceAddress)).toBe('2001:db8::42');
    expect(addressText(batch.columns.destinationAddress)).toBe('192.0.2.1');
    expect(addressText(batch.columns.exporterAddress)).toBe('2001:db8::1');
  });

  it('take whichever address is set when the template has both families', () => {
    const { batch, send } = session();
    const fields = [
      { element: 8, length: 4 },
      { element: 27, length: 16 },
    ];
    const v6 = Buffer.from('20010db8000000000000000000000042', 'hex');
    const records = [unsigned(0, 4), v6, unsigned(0xc0000201, 4), Buffer.alloc(16)];
    send(encodeNetflow9({}, [encodeTemplate(256, fields), encodeSet(256, Buffer.concat(records))]));
    expect(addressText(batch.columns.sourceAddress, 0)).toBe('2001:db8::42');
    expect(addressText(batch.columns.sourceAddress, 16)).toBe('192.0.2.1');
  });

  it('have times from sysUptime over its wrap, from seconds and from NTP', () => {
    const { batch, send } = session();
    const template = (id: number, element: number, length: number) =>
      encodeTemplate(id, [
        { element, length },
        { element: 1, length: 4 },
      ]);
    const record = (id: number, time: Buffer) =>
      encodeSet(id, Buffer.concat([time, unsigned(1, 4)]));
    const ntp = Buffer.concat([unsigned(1_600_000_000 + 2_208_988_800, 4), unsigned(2 ** 31, 4)]);
    const header = { sysUptime: 1000 };
    send(
      encodeNetflow9(header, [
        template(256, 22, 4),
        record(256, unsigned(0xffff_fc18, 4)),
        template(257, 150, 4),
        record(257, unsigned(1_600_000_000, 4)),
        template(258, 154, 8),
        record(258, ntp),
      ]),
    );
    const exported = HEADER9.seconds * 1000;
    expect([...batch.columns.flowStartMilliseconds.subarray(0, 3)]).toEqual([
      exported - 2000,
      1_600_000_000_000,
      1_600_000_000_500,
    ]);
    // Without an end, the start is the end.
    expect(batch.columns.flowEndMilliseconds[0]).toBe(exported - 2000);
  });

  it('keep records with impossible times, with the time of export', () => {
    const { batch, decoder, send } = session();
    const fields = [{ element: 153, length: 8 }];
    const record = Buffer.alloc(8, 0xff);
    send(encodeNetflow9({}, [encodeTemplate(256, fields), encodeSet(256, record)]));
    expect(batch.columns.flowEndMilliseconds[0]).toBe(HEADER9.seconds * 1000);
    expect(decoder.drops).toEqual({ implausibleTime: 1 });
  });

  it.each([
    ['the destination port', [{ element: 11, length: 2 }], unsigned(0x0800, 2), 0x0800],
    ['element 32', [{ element: 32, length: 2 }], unsigned(0x0301, 2), 0x0301],
    [
      'element 32, where 0 is an answer',
      [
        { element: 32, length: 2 },
        { element: 11, length: 2 },
      ],
      Buffer.concat([unsigned(0, 2), unsigned(4711, 2)]),
      0,
    ],
    [
      'elements 176 and 177',
      [
        { element: 177, length: 1 },
        { element: 176, length: 1 },
      ],
      Buffer.from([4, 3]),
      0x0304,
    ],
  ])('take ICMP from %s', (_name, fields, values, expected) => {
    const { batch, send } = session();
    const template = encodeTemplate(256, [{ element: 4, length: 1 }, ...fields]);
    const record = encodeSet(256, Buffer.concat([unsigned(1, 1), values]));
    send(encodeNetflow9({}, [template, record]));
    expect(batch.columns.icmpTypeCode[0]).toBe(expected);
    expect(batch.columns.destinationTransportPort[0]).toBe(0);
  });

  it.each([
    ['06000016', '6:22'],
    ['0d0050', '13:80'],
    ['0350', '3:80'],
    // Engine 20: enterprise number 9, then the selector; the last 5 octets count.
    ['14000000090001', '20:589825'],
  ])('have the application id %s', (hex, text) => {
    const octets = Buffer.from(hex, 'hex');
    const { batch, send } = session();
    const fields = [{ element: 95, length: octets.length }];
    send(encodeNetflow9({}, [encodeTemplate(256, fields), encodeSet(256, octets)]));
    expect(applicationIdText(batch.columns.applicationId[0] as number)).toBe(text);
  });

  it('may have variable lengths', () => {
    const { batch, decoder, send } = session();
    const fields = [
      { element: 82, length: 65535 },
      { element: 1, length: 4 },
      { element: 83, length: 65535 },
    ];
    const long = Buffer.concat([unsigned(255, 1), unsigned(300, 2), Buffer.alloc(300, 1)]);
    const record = (octets: number) =>
      Buffer.concat([unsigned(3, 1), Buffer.from('abc'), unsigned(octets, 4), long]);
    const data = Buffer.concat([record(11), record(12), record(13)]);
    expect(send(encodeNetflow9({}, [encodeTemplate(256, fields), encodeSet(256, data)]))).toBe(3);
    expect([...batch.columns.octets.subarray(0, 3)]).toEqual([11, 12, 13]);
    expect(decoder.drops).toEqual({});
  });
});

describe('templates', () => {
  it('may come after their data: it waits, siblings are decoded at once', () => {
    const { batch, decoder, send } = session();
    send(encodeNetflow9({ sequence: 1 }, [encodeTemplate(256, PLAIN)]));
    const early = [encodeSet(257, plainRecord(70)), encodeSet(256, plainRecord(60))];
    expect(send(encodeNetflow9({ sequence: 2, seconds: 1_600_000_000 }, early))).toBe(1);
    expect(send(encodeNetflow9({ sequence: 3 }, [encodeTemplate(257, PLAIN)]))).toBe(1);
    expect([...batch.columns.octets.subarray(0, 2)]).toEqual([60, 70]);
    // Times are those of the datagram that the data came in.
    expect(batch.columns.flowEndMilliseconds[1]).toBe(1_600_000_000_000);
    expect(decoder.drops).toEqual({});
    expect(decoder.records).toBe(2);
  });

  it('of one domain or exporter are not those of another', () => {
    const { decoder, send, batch } = session();
    send(encodeNetflow9({ domain: 1 }, [encodeTemplate(256, PLAIN)]));
    expect(send(encodeNetflow9({ domain: 2 }, [encodeSet(256, plainRecord(1))]))).toBe(0);
    const payload = encodeNetflow9({ domain: 1 }, [encodeSet(256, plainRecord(1))]);
    const other = { payload, exporterAddress: '192.0.2.77', receivedMilliseconds: 0 };
    expect(decoder.decode(other, batch)).toBe(0);
  });

  it('may be redefined', () => {
    const { batch, send } = session();
    send(encodeNetflow9({}, [encodeTemplate(256, PLAIN), encodeSet(256, plainRecord(1))]));
    const changed = [{ element: 1, length: 8 }];
    send(encodeNetflow9({}, [encodeTemplate(256, changed), encodeSet(256, unsigned(2, 8))]));
    expect([...batch.columns.octets.subarray(0, 2)]).toEqual([1, 2]);
  });

  it('that never come cost a bounded memory, counted', () => {
    const { decoder, send } = session({ ...EXPORTER_LIMITS, pendingOctetsPerExporter: 2000 });
    for (let i = 0; i < 100; i++) {
      send(encodeNetflow9({ sequence: i }, [encodeSet(256, plainRecord(i))]));
    }
    const [stream] = decoder.exporters.streams();
    const kept = stream?.exporter.pending.size ?? 0;
    expect(kept).toBe(Math.floor(2000 / (12 + 512)));
    expect(decoder.drops).toEqual({ unknownTemplateOverflow: 100 - kept });
    // The newest are kept.
    expect(send(encodeNetflow9({ sequence: 100 }, [encodeTemplate(256, PLAIN)]))).toBe(kept);
  });

  it('that never come cost a bounded memory for all exporters together', () => {
    const { decoder, batch } = session({ ...EXPORTER_LIMITS, pendingOctets: 2000 });
    for (let host = 1; host <= 50; host++) {
      const payload = encodeNetflow9({}, [encodeSet(256, plainRecord(host))]);
      decoder.decode(
        { payload, exporterAddress: `192.0.2.${host}`, receivedMilliseconds: 0 },
        batch,
      );
    }
    const waiting = [...decoder.exporters.streams()].map((stream) => stream.exporter.pending.size);
    const kept = waiting.reduce((sum, size) => sum + size, 0);
    expect(kept).toBe(Math.floor(2000 / (12 + 512)));
    expect(decoder.drops).toEqual({ unknownTemplateOverflow: 50 - kept });
  });

  it('that never come cost the same time for each set, however many wait', () => {
    const { decoder, send } = session();
    const flood = Array.from({ length: 16_000 }, (_, i) => {
      return Buffer.concat([unsigned(300 + (i % 7), 2), unsigned(5, 2), Buffer.of(1)]);
    });
    const flips = Array.from({ length: 8000 }, (_, i) => [400, 1, 1, 1 + (i % 2)]);
    const templates = flips.map((words) => Buffer.concat(words.map((word) => unsigned(word, 2))));
    for (let i = 0; i < 10; i++) send(encodeNetflow9({}, flood));
    send(encodeNetflow9({}, [encodeSet(0, Buffer.concat(templates))]));
    const [stream] = decoder.exporters.streams();
    const kept = stream?.exporter.pending.size ?? 0;
    expect(kept).toBeGreaterThan(1000);
    expect(decoder.drops).toEqual({ unknownTemplateOverflow: 160_000 - kept });
  });

  it('that are refused leave nothing of the one before them', () => {
    const { decoder, send, batch } = session();
    send(encodeNetflow9({}, [encodeTemplate(256, PLAIN), encodeSet(256, plainRecord(1))]));
    const refused = encodeTemplate(256, [{ element: 1, length: 0 }]);
    expect(send(encodeNetflow9({}, [refused, encodeSet(256, plainRecord(2))]))).toBe(0);
    expect(batch.columns.length).toBe(1);
    expect(decoder.drops).toEqual({ malformedTemplate: 1 });
  });

  it('are bounded in fields, for one exporter and for all', () => {
    const limits = { ...EXPORTER_LIMITS, templateFieldsPerExporter: 8, templateFields: 12 };
    const { decoder, batch } = session(limits);
    const fields = Array.from({ length: 4 }, (_, i) => ({ element: i + 1, length: 4 }));
    for (const host of [1, 2]) {
      const exporterAddress = `192.0.2.${host}`;
      for (let id = 256; id < 259; id++) {
        const payload = encodeNetflow9({ domain: id }, [encodeTemplate(id, fields)]);
        decoder.decode({ payload, exporterAddress, receivedMilliseconds: 0 }, batch);
        // What is redefined makes room for what it becomes.
        const other = encodeNetflow9({ domain: id }, [encodeTemplate(id, fields.toReversed())]);
        decoder.decode({ payload: other, exporterAddress, receivedMilliseconds: 0 }, batch);
      }
    }
    const kept = [...decoder.exporters.streams()].map(({ templates }) => templates.size);
    expect(kept).toEqual([1, 1, 0, 1, 0, 0]);
    expect(decoder.drops).toEqual({ tooManyTemplates: 6 });
  });

  it('are bounded in number for one domain', () => {
    const { decoder, send } = session({ ...EXPORTER_LIMITS, templatesPerStream: 3 });
    for (let id = 256; id < 266; id++) send(encodeNetflow9({}, [encodeTemplate(id, PLAIN)]));
    expect(decoder.drops).toEqual({ tooManyTemplates: 7 });
  });

  it.each([
    ['a reserved id', encodeTemplate(255, PLAIN)],
    ['no fields', encodeSet(0, Buffer.concat([unsigned(256, 2), unsigned(0, 2)]))],
    ['fields beyond the set', encodeSet(0, Buffer.concat([unsigned(256, 2), unsigned(9, 2)]))],
    ['records without octets', encodeTemplate(256, [{ element: 1, length: 0 }])],
    [
      'options that are no whole fields',
      encodeSet(1, Buffer.concat([256, 3, 4, 0, 0].map((value) => unsigned(value, 2)))),
    ],
  ])('with %s are refused and counted', (_name, set) => {
    const { decoder, send } = session();
    send(encodeNetflow9({}, [set]));
    expect(decoder.drops).toEqual({ malformedTemplate: 1 });
  });
});

describe('exporters', () => {
  it('are bounded in number', () => {
    const { decoder, batch } = session({ ...EXPORTER_LIMITS, exporters: 2, streamsPerExporter: 2 });
    const payload = (domain: number) => encodeNetflow9({ domain }, [encodeTemplate(256, PLAIN)]);
    for (let host = 1; host <= 3; host++) {
      for (let domain = 1; domain <= 3; domain++) {
        const exporterAddress = `192.0.2.${host}`;
        decoder.decode(
          { payload: payload(domain), exporterAddress, receivedMilliseconds: 0 },
          batch,
        );
      }
    }
    expect([...decoder.exporters.streams()]).toHaveLength(4);
    expect(decoder.drops).toEqual({ tooManyExporters: 5 });
  });
});
