// SPDX-License-Identifier: Apache-2.0
import { DIMENSIONS, flowTest, parseFilter } from '@weir/wire';
import { describe, expect, it } from 'vitest';
import { conditionOf, narrowed, reversedDimension, reversedFilter } from './filter-edit';

describe('a key becomes a condition', () => {
  it.each([
    ['applicationName', 'TLS', 'app = TLS'],
    ['applicationName', 'a "b" \\ <c> und', 'app = "a \\"b\\" \\\\ <c> und"'],
    ['host', '2001:db8::1', 'ip = 2001:db8::1'],
    ['destinationTransportPort', '443', 'dstport = 443'],
    ['exporterName', '10.0.0.1', 'exporter = "10.0.0.1"'],
    ['serverName', '', 'server = ""'],
  ] as const)('%s %s', (dimension, key, text) => {
    expect(narrowed('', [{ dimension, key }], 'in')).toBe(text);
  });

  it('of every dimension that the filter language knows a condition can be read', () => {
    const keys: Record<string, string> = { address: '10.0.0.1', number: '17', text: 'x y' };
    for (const dimension of DIMENSIONS) {
      const texts = Object.values(keys).map((key) => conditionOf({ dimension, key }));
      const readable = texts.filter((text) => {
        try {
          return text !== undefined && parseFilter(text);
        } catch {
          return false;
        }
      });
      expect(texts[0] === undefined || readable.length > 0, dimension).toBe(true);
    }
  });
});

describe('narrowing', () => {
  const key = { dimension: 'applicationName', key: 'TLS' } as const;

  it('keeps what the filter was about', () => {
    expect(narrowed('udp or port = 53', [key], 'in')).toBe(
      '(proto = udp or port = 53) and app = TLS',
    );
    expect(narrowed('src = 10.0.0.1', [key], 'out')).toBe('src = 10.0.0.1 and not app = TLS');
  });

  it('says nothing twice', () => {
    const once = narrowed('udp', [key], 'out') as string;
    expect(narrowed(once, [key], 'out')).toBe(once);
  });

  it('leaves a filter alone that cannot be read', () => {
    expect(narrowed('src = (', [key], 'in')).toBeUndefined();
  });
});

describe('the reverse direction', () => {
  it('of a filter holds for a flow exactly when the filter holds for the answer to it', () => {
    const filter = 'src in 10.0.0.0/8 and not dstport = 443 or dstcountry = DE';
    const flow = {
      sourceAddress: '10.0.0.1',
      destinationAddress: '192.0.2.1',
      sourceTransportPort: 50_000,
      destinationTransportPort: 80,
      sourceCountry: '',
      destinationCountry: '',
    };
    const answer = {
      ...flow,
      sourceAddress: flow.destinationAddress,
      destinationAddress: flow.sourceAddress,
      sourceTransportPort: flow.destinationTransportPort,
      destinationTransportPort: flow.sourceTransportPort,
    };
    const holds = (text: string, of: object) => flowTest(parseFilter(text))(of as never);
    const reversed = reversedFilter(filter) as string;
    expect([holds(filter, flow), holds(reversed, answer)]).toEqual([true, true]);
    expect([holds(filter, answer), holds(reversed, flow)]).toEqual([false, false]);
  });

  it('taken twice is where it began', () => {
    for (const dimension of DIMENSIONS) {
      expect(reversedDimension(reversedDimension(dimension))).toBe(dimension);
    }
    expect(reversedDimension('bgpSourceAsNumber')).toBe('bgpDestinationAsNumber');
    expect(reversedFilter(reversedFilter('input = 3 and srcport = 1') as string)).toBe(
      'input = 3 and srcport = 1',
    );
  });
});
