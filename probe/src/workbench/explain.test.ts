// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { CaptureFlow } from './capture-flows.js';
import { findFlow } from './explain.js';

function flow(number: number, ends: readonly [string, number, string, number]): CaptureFlow {
  const [sourceAddress, sourcePort, destinationAddress, destinationPort] = ends;
  return {
    ...{ number, sourceAddress, sourcePort, destinationAddress, destinationPort },
    ...{ protocol: 6, startMs: 0, packets: 1, octets: 40, application: 'unknown' },
    ...{ confidence: 'none', applicationProtocol: undefined, category: undefined },
    ...{ rule: undefined, verdictPackets: undefined, serverName: undefined },
  };
}

const flows = [
  flow(1, ['192.0.2.1', 1024, '192.0.2.2', 80]),
  flow(2, ['2001:db8::1', 1024, '2001:db8::a0:2', 443]),
  flow(3, ['::ffff:192.0.2.1', 1024, '2001:db8::1', 443]),
];

describe('a flow', () => {
  it.each([
    ['2', 2],
    ['192.0.2.1:1024-192.0.2.2:80/tcp', 1],
    ['192.0.2.2:80-192.0.2.1:1024/tcp', 1],
    ['[2001:db8::1]:1024-[2001:db8::a0:2]:443/tcp', 2],
    ['[2001:DB8:0:0::1]:1024-[2001:0db8:0:0:0:0:00A0:0002]:443/tcp', 2],
    ['[2001:db8:0::1]:443-[::ffff:c000:201]:1024/tcp', 3],
  ])('is found by %s', (wanted, number) => {
    expect(findFlow(flows, wanted, 'a.pcap').number).toBe(number);
  });

  it.each([
    ['4', 'WEIR_PROBE_NO_SUCH_FLOW'],
    ['192.0.2.1:1024-192.0.2.2:80/udp', 'WEIR_PROBE_NO_SUCH_FLOW'],
    ['[2001:db8::g]:1-[::1]:2/tcp', 'WEIR_PROBE_BAD_FLOW'],
    ['[:::::]:1-[::1]:2/tcp', 'WEIR_PROBE_NO_SUCH_FLOW'],
    ['the first', 'WEIR_PROBE_BAD_FLOW'],
  ])('is not found by %s', (wanted, code) => {
    expect(() => findFlow(flows, wanted, 'a.pcap')).toThrow(expect.objectContaining({ code }));
  });
});
