// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { dumpedPatterns, generatedPatterns, spreadOver } from './patterns.js';

describe('dumpedPatterns', () => {
  it('takes a regex once, however many sides and transports it has', () => {
    const pattern = (transport: string, side: string, hex: string) =>
      ['pattern', transport, side, '7', '0', '0', '0', 'exact', hex, 'x.yaml: X', '7', '0'].join(
        '\t',
      );
    const dump = [
      'application\t7\t0\tX',
      pattern('tcp', 'client', '5e61'),
      pattern('udp', 'server', '5e61'),
      pattern('tcp', 'client', '5e62'),
    ].join('\n');
    expect(dumpedPatterns(dump)).toEqual(['5e61 exact', '5e62 exact']);
  });
});

describe('spreadOver', () => {
  it('takes some at equal distances', () => {
    const all = Array.from({ length: 144 }, (_, i) => i);
    expect(spreadOver(all, 10)).toEqual([0, 14, 28, 43, 57, 72, 86, 100, 115, 129]);
  });

  it('takes all of fewer', () => {
    expect(spreadOver([1, 2], 10)).toEqual([1, 2]);
  });
});

describe('generatedPatterns', () => {
  const patterns = generatedPatterns(1000);

  it('gives different regexes, the same each time', () => {
    expect(new Set(patterns).size).toBe(1000);
    expect(generatedPatterns(1000)).toEqual(patterns);
  });

  it('gives regexes that compile', () => {
    for (const line of patterns) {
      const [hex = '', caseness] = line.split(' ');
      expect(['caseless', 'exact']).toContain(caseness);
      expect(() => new RegExp(Buffer.from(hex, 'hex').toString())).not.toThrow();
    }
  });
});
