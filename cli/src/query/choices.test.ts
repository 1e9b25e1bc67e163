// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { type QueryFlags, readChoices } from './choices.js';

const NOW = Date.UTC(2026, 4, 5, 12);
const read = (words: readonly string[], flags: Partial<QueryFlags> = {}) =>
  readChoices(words, flags, NOW);

describe('readChoices', () => {
  it.each<[string[], Partial<QueryFlags>, object]>([
    [[], {}, { question: 'top', by: undefined, metric: 'octets', filter: undefined }],
    [['top'], { stat: 'ip/bytes' }, { question: 'top', by: ['host'], metric: 'octets' }],
    [
      ['proto tcp'],
      { stat: 'srcip/packets' },
      { question: 'top', by: ['sourceAddress'], metric: 'packets', filter: 'proto = tcp' },
    ],
    [
      ['proto tcp'],
      { by: 'srcip' },
      { question: 'top', by: ['sourceAddress'], metric: 'octets', filter: 'proto = tcp' },
    ],
    [
      ['proto tcp'],
      { metric: 'packets' },
      { question: 'top', by: undefined, metric: 'packets', filter: 'proto = tcp' },
    ],
    [['src', 'net', '10/8'], {}, { question: 'flows', filter: 'src = 10.0.0.0/8' }],
    [['flows', 'port', '53'], {}, { question: 'flows', filter: 'port = 53' }],
    [
      [],
      { aggregate: 'srcip,dstport' },
      { question: 'top', by: ['sourceAddress', 'destinationTransportPort'] },
    ],
    [
      ['top'],
      { by: 'applicationName', metric: 'flows' },
      { by: ['applicationName'], metric: 'flows' },
    ],
    [
      ['series'],
      { step: '5m', previous: 'day' },
      { question: 'series', stepSeconds: 300, previous: 'day' },
    ],
    [['top'], { output: 'csv' }, { format: 'csv' }],
    [['top'], { time: '6h' }, { window: { from: NOW - 6 * 3_600_000, to: NOW } }],
    [['tcp'], {}, { question: 'flows', filter: 'proto = tcp' }],
  ])('%j %j', (words, flags, expected) => expect(read(words, flags)).toMatchObject(expected));

  it.each<[string[], Partial<QueryFlags>, RegExp]>([
    [['sorc = 1'], {}, /did you mean "src"\?\n {2}sorc = 1\n {2}\^{4}/],
    [['tpo'], {}, /Did you mean "weir query top"/],
    [['top'], { stat: 'srcpi/bytes' }, /Did you mean "src"/],
    [['top'], { stat: 'srcip/bites' }, /bytes, packets or flows/],
    [['top'], { output: 'xml' }, /table, long, csv, json/],
    [['flows'], { by: 'app' }, /"weir query flows" has no --by: it is for top, series/],
    [['exporters'], { last: '15m' }, /"weir query exporters" has no --last: it is for top, series/],
    [['health', 'app', '=', 'ssh'], {}, /"weir query health" has no filter/],
    [['rules'], { limit: 5 }, /has no --limit/],
    [['top'], { step: '5m' }, /has no --step: it is for series/],
    [['top'], { last: 'soon' }, /no|time span/],
  ])('%j %j is refused with a hint', (words, flags, message) =>
    expect(() => read(words, flags)).toThrow(message),
  );
});
