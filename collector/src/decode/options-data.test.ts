// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { createBatch } from './batch.js';
import { Decoder } from './decoder.js';
import {
  encodeNetflow9,
  encodeOptionsTemplate,
  encodeSet,
  fixedText,
  unsigned,
} from './test-datagrams.js';

/** A decoder with one exporter. */
function session() {
  const decoder = new Decoder();
  const batch = createBatch(4);
  const send = (payload: Buffer) =>
    decoder.decode({ payload, exporterAddress: '2001:db8::1', receivedMilliseconds: 5 }, batch);
  return { decoder, batch, send };
}

describe('options data', () => {
  const scope = [{ element: 1, length: 4 }];
  const applicationFields = [
    { element: 95, length: 4 },
    { element: 96, length: 24 },
    { element: 94, length: 55 },
  ];
  const application = (id: string, name: string, description: string) =>
    Buffer.concat([
      unsigned(0, 4),
      Buffer.from(id, 'hex'),
      fixedText(name, 24),
      fixedText(description, 55),
    ]);

  it('names applications', () => {
    const { batch, decoder, send } = session();
    const rows = [
      application('06000016', 'BitTorrent', 'peer to peer'),
      application('06000017', 'Größe', ''),
    ];
    send(
      encodeNetflow9({}, [
        encodeOptionsTemplate(258, scope, applicationFields),
        encodeSet(258, Buffer.concat(rows)),
      ]),
    );
    expect(batch.options).toMatchObject([
      {
        kind: 'application',
        applicationName: 'BitTorrent',
        applicationDescription: 'peer to peer',
        stream: { exporterAddress: '2001:db8::1', version: 9, observationDomainId: 7 },
      },
      { kind: 'application', applicationName: 'Größe', applicationDescription: '' },
    ]);
    expect(decoder.drops).toEqual({});
    expect(decoder.records).toBe(0);
  });

  it.each([
    ['34', [{ element: 34, length: 4 }], [100], { samplerId: 0, interval: 100 }],
    [
      '48 and 50',
      [
        { element: 48, length: 1 },
        { element: 50, length: 2 },
      ],
      [3, 1000],
      { samplerId: 3, interval: 1000 },
    ],
    [
      '302, 305 and 306',
      [
        { element: 302, length: 4 },
        { element: 305, length: 4 },
        { element: 306, length: 4 },
      ],
      [9, 2, 198],
      { samplerId: 9, interval: 100 },
    ],
  ])('tells sampling by elements %s', (_name, fields, values, expected) => {
    const { batch, send } = session();
    const record = values.map((value, i) => unsigned(value, fields[i]?.length ?? 0));
    const data = encodeSet(300, Buffer.concat([unsigned(0, 4), ...record]));
    send(encodeNetflow9({}, [encodeOptionsTemplate(300, scope, fields), data]));
    expect(batch.options).toMatchObject([{ kind: 'sampling', ...expected }]);
  });

  it('of other kinds is passed over', () => {
    const { batch, decoder, send } = session();
    const fields = [{ element: 41, length: 8 }];
    const data = encodeSet(300, Buffer.alloc(12, 1));
    send(encodeNetflow9({}, [encodeOptionsTemplate(300, scope, fields), data]));
    expect(batch.options).toEqual([]);
    expect(decoder.drops).toEqual({});
  });
});
