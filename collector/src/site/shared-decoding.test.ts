// SPDX-License-Identifier: Apache-2.0
// Two collectors' real decoders, and the templates between them.
import { createSocket } from 'node:dgram';
import { setTimeout as sleep } from 'node:timers/promises';
import { FlowCollection } from '@weir/native/collect';
import { afterEach, expect, it } from 'vitest';
import { until } from '../test-server.js';
import type { TemplateSource } from './site.js';

const collections: FlowCollection[] = [];
afterEach(async () => {
  for (const collection of collections.splice(0)) await collection.stop();
});

function collection(lanes: number): FlowCollection {
  const made = new FlowCollection(
    {
      endpoints: [{ host: '127.0.0.1', port: 0, transport: 'udp' }],
      ...{ lanes, receiveBufferBytes: 1 << 20, chunkBytes: 1 << 26, allowedExporters: [] },
      ...{ recordsPerSecond: 0, mostConnections: 8, biflows: 'split' },
      ...{ certificateFile: '', keyFile: '', clientAuthorityFile: '' },
    },
    () => undefined,
  );
  made.open();
  made.start();
  collections.push(made);
  return made;
}

/** NetFlow v9 (RFC 3954): one FlowSet of an exporter with source id 7. */
function netflow9(sequence: number, flowSet: number, content: string): Buffer {
  const body = Buffer.from(content, 'hex');
  const datagram = Buffer.alloc(24 + body.length);
  datagram.writeUInt16BE(9, 0);
  datagram.writeUInt16BE(1, 2);
  datagram.writeUInt32BE(Math.floor(Date.now() / 1000), 8);
  datagram.writeUInt32BE(sequence, 12);
  datagram.writeUInt32BE(7, 16);
  datagram.writeUInt16BE(flowSet, 20);
  datagram.writeUInt16BE(4 + body.length, 22);
  body.copy(datagram, 24);
  return datagram;
}

/** Template 300: source address, octets, packets, four octets each. */
const TEMPLATE = '012c0003000800040001000400020004';
/** 192.0.2.1, 1000 octets, 10 packets. */
const RECORD = 'c0000201000003e80000000a';

async function send(to: FlowCollection, datagram: Buffer): Promise<void> {
  const socket = createSocket('udp4');
  const port = to.state.endpoints[0]?.port ?? 0;
  await new Promise((resolve) => socket.send(datagram, port, '127.0.0.1', resolve));
  socket.close();
}

it('decodes records by the template that another collector learnt', async () => {
  const [one, two] = [collection(1), collection(3)];
  const source: TemplateSource = one;
  await send(one, netflow9(1, 0, TEMPLATE));
  const { templates, changes } = await until(async () => {
    const learnt = await source.templatesSince([]);
    return learnt.templates.length > 0 ? learnt : undefined;
  });
  expect(templates).toMatchObject([
    { exporterAddress: '127.0.0.1', exportProtocol: 'netflow9', observationDomainId: 7 },
  ]);
  expect(templates[0]?.templateId).toBe(300);
  expect((await one.templatesSince(changes)).templates).toEqual([]);

  const damaged = {
    ...(templates[0] as (typeof templates)[0]),
    definition: Buffer.from('01', 'hex'),
  };
  expect(await two.importTemplates([damaged])).toBe(0);
  expect(await two.importTemplates(templates)).toBe(1);
  // The same again: that is how others know that it need not be told.
  expect((await two.templatesSince([])).templates).toEqual(templates);
  await send(two, netflow9(1, 300, RECORD));
  const chunk = await until(() => two.takeChunks()[0]);
  expect(chunk.rows).toBe(1);
  expect(chunk.columns.octets[0]).toBe(1000n);
  expect([...chunk.columns.sourceAddress.subarray(12, 16)]).toEqual([192, 0, 2, 1]);
  chunk.release();
});

it('of two templates with one id decodes by the one told last, whichever is heard first', async () => {
  const [one, two] = [collection(2), collection(3)];
  const learnt = async (source: TemplateSource) =>
    until(async () => {
      const { templates } = await source.templatesSince([]);
      return templates.length > 0 ? templates : undefined;
    });
  await send(one, netflow9(1, 0, TEMPLATE));
  const older = await learnt(one);
  await sleep(5);
  // The exporter goes over to the other collector and puts the octets first.
  await send(two, netflow9(1, 0, '012c0003000100040008000400020004'));
  const newer = await learnt(two);
  expect(newer[0]?.toldMilliseconds).toBeGreaterThan(older[0]?.toldMilliseconds ?? 0);
  const third = collection(1);
  for (const known of [newer, older, older]) await third.importTemplates(known);
  await two.importTemplates(older);
  await one.importTemplates(newer);
  for (const each of [one, two, third]) {
    expect((await learnt(each))[0]?.definition).toEqual(newer[0]?.definition);
    await send(each, netflow9(2, 300, '000003e8c00002010000000a'));
    const chunk = await until(() => each.takeChunks()[0]);
    expect(chunk.columns.octets[0]).toBe(1000n);
    chunk.release();
  }
});
