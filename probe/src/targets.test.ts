// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { parseTarget } from './targets.js';

describe('parseTarget', () => {
  it('reads names, IPv4 and bracketed IPv6', () => {
    expect(parseTarget('netflow9://collector.example:2055')).toEqual({
      protocol: 'netflow9',
      host: 'collector.example',
      port: 2055,
    });
    expect(parseTarget('netflow5://127.0.0.1:9995').protocol).toBe('netflow5');
    expect(parseTarget('netflow9://[::1]:2055').host).toBe('::1');
  });

  it.each([
    'netflow7://a:1',
    'netflow9://a',
    'netflow9://a:0',
    'netflow9://a:65536',
    'netflow9://::1:2055',
    'a:2055',
    '',
  ])('refuses %j with a stable code', (url) => {
    expect(() => parseTarget(url)).toThrow(
      expect.objectContaining({ code: 'WEIR_PROBE_BAD_EXPORT_TARGET' }),
    );
  });
});
