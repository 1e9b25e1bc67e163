// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { addressText } from './address.js';
import { createBatch } from './batch.js';
import { Decoder } from './decoder.js';
import {
  encodeNetflow5,
  integerBelow,
  type Netflow5Header,
  type Netflow5Record,
  seededRandom,
} from './test-datagrams.js';

const HEADER: Netflow5Header = {
  sysUptime: 10_000_000,
  seconds: 1_700_000_000,
  nanoseconds: 250_000_000,
  sequence: 77,
  engine: 0x0102,
  sampling: 0,
};

function randomRecord(random: () => number): Netflow5Record {
  const below = (limit: number) => integerBelow(random, limit);
  return {
    source: below(2 ** 32),
    destination: below(2 ** 32),
    input: below(65536),
    output: below(65536),
    packets: below(2 ** 32),
    octets: below(2 ** 32),
    first: below(HEADER.sysUptime),
    last: below(HEADER.sysUptime),
    sourcePort: below(65536),
    destinationPort: below(65536),
    tcpFlags: below(256),
    protocol: 6,
    tos: below(256),
  };
}

function decode(payload: Buffer) {
  const decoder = new Decoder();
  const batch = createBatch(1);
  const datagram = { payload, exporterAddress: '192.0.2.9', receivedMilliseconds: 1234 };
  const records = decoder.decode(datagram, batch);
  return { decoder, batch, columns: batch.columns, records };
}

function dotted(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.');
}

it('gives back what was encoded', () => {
  const random = seededRandom(5);
  for (let count = 1; count <= 30; count++) {
    const sent = Array.from({ length: count }, () => randomRecord(random));
    const { columns, records, decoder, batch } = decode(encodeNetflow5(HEADER, sent));
    expect(records).toBe(count);
    expect(decoder.drops).toEqual({});
    expect(batch.segments).toMatchObject([{ from: 0, to: count }]);
    const boot = HEADER.seconds * 1000 + 250 - HEADER.sysUptime;
    for (const [row, record] of sent.entries()) {
      expect(addressText(columns.sourceAddress, row * 16)).toBe(dotted(record.source));
      expect(addressText(columns.destinationAddress, row * 16)).toBe(dotted(record.destination));
      expect(addressText(columns.exporterAddress, row * 16)).toBe('192.0.2.9');
      expect(columns.ingressInterface[row]).toBe(record.input);
      expect(columns.egressInterface[row]).toBe(record.output);
      expect(columns.packets[row]).toBe(record.packets);
      expect(columns.octets[row]).toBe(record.octets);
      expect(columns.flowStartMilliseconds[row]).toBe(boot + record.first);
      expect(columns.flowEndMilliseconds[row]).toBe(boot + record.last);
      expect(columns.receivedMilliseconds[row]).toBe(1234);
      expect(columns.sourceTransportPort[row]).toBe(record.sourcePort);
      expect(columns.destinationTransportPort[row]).toBe(record.destinationPort);
      expect(columns.tcpControlBits[row]).toBe(record.tcpFlags);
      expect(columns.protocolIdentifier[row]).toBe(6);
      expect(columns.ipClassOfService[row]).toBe(record.tos);
      expect(columns.observationDomainId[row]).toBe(0x0102);
      expect(columns.exportVersion[row]).toBe(5);
    }
  }
});

it('survives the wrap of sysUptime between the flow and its export', () => {
  const record = { ...randomRecord(seededRandom(1)), first: 0xffff_ff00, last: 20 };
  const { columns } = decode(encodeNetflow5({ ...HEADER, sysUptime: 50 }, [record]));
  const exported = HEADER.seconds * 1000 + 250;
  expect(columns.flowStartMilliseconds[0]).toBe(exported - 50 - 256);
  expect(columns.flowEndMilliseconds[0]).toBe(exported - 30);
});

it('takes ICMP type and code out of the destination port', () => {
  const record = {
    ...randomRecord(seededRandom(1)),
    protocol: 1,
    destinationPort: 0x0301,
    sourcePort: 0,
  };
  const { columns } = decode(encodeNetflow5(HEADER, [record]));
  expect(columns.icmpTypeCode[0]).toBe(0x0301);
  expect(columns.destinationTransportPort[0]).toBe(0);
});

it('takes the sampling interval from the header, without the mode bits', () => {
  const record = randomRecord(seededRandom(1));
  const { columns } = decode(encodeNetflow5({ ...HEADER, sampling: 0x4000 | 100 }, [record]));
  expect(columns.samplingInterval[0]).toBe(100);
});

it('counts lost flows', () => {
  const random = seededRandom(2);
  const decoder = new Decoder();
  const batch = createBatch(64);
  const send = (sequence: number, count: number) => {
    const records = Array.from({ length: count }, () => randomRecord(random));
    const payload = encodeNetflow5({ ...HEADER, sequence }, records);
    decoder.decode({ payload, exporterAddress: '192.0.2.9', receivedMilliseconds: 0 }, batch);
  };
  send(1000, 10);
  send(1010, 10);
  send(1050, 10);
  const [stream] = decoder.exporters.streams();
  expect(stream).toMatchObject({ datagrams: 3, records: 30, sequence: { lostUnits: 30 } });
});

it('keeps whole records of a truncated datagram and counts it', () => {
  const random = seededRandom(3);
  const whole = encodeNetflow5(HEADER, [randomRecord(random), randomRecord(random)]);
  for (let length = 0; length < whole.length; length++) {
    const { records, decoder, columns } = decode(whole.subarray(0, length));
    expect(records).toBe(Math.max(0, Math.floor((length - 24) / 48)));
    expect(columns.length).toBe(records);
    expect(decoder.drops).toEqual({ [length < 24 ? 'truncatedHeader' : 'truncatedRecords']: 1 });
  }
});
