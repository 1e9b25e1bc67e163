// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { type FlowRow, flowTest } from './evaluate.js';
import { parseFilter } from './parse.js';
import { seededRandom } from './test-filters.js';

const ROW: FlowRow = {
  flowStartMilliseconds: 1_000_000,
  flowEndMilliseconds: 1_002_000,
  sourceAddress: '10.1.2.3',
  destinationAddress: '2001:db8::5',
  sourceTransportPort: 51413,
  destinationTransportPort: 443,
  protocolIdentifier: 6,
  tcpControlBits: 0x1b,
  icmpTypeCode: 0x0803,
  ipClassOfService: 184,
  octets: 1_500_000,
  packets: 1000,
  applicationName: 'BitTorrent',
  exporterAddress: '192.0.2.1',
  exporterName: 'core1',
  bgpSourceAsNumber: 64500,
  sourceAsName: 'Example',
  ingressInterface: 3,
  ingressInterfaceName: 'eth0',
  flowEndReason: 1,
};

const HOLDS = [
  'any',
  'src in 10.0.0.0/8 and app = bittorrent and bytes > 1M',
  'ip in 2001:db8::/32 and ip = 10.1.2.3',
  'ip = ::/0',
  'ip = ::ffff:10.1.2.3',
  'ip != 10.1.2.4',
  'port = 443 and port > 50k and not port < 400',
  'port not in (80, 8080..8090)',
  'tcp and flags ~ SA and flags = FSPA and flags !~ R',
  'icmp-type = 8 and icmp-code = 3 and dscp = 46 and tos = 184',
  'duration = 2s and duration in 1s..3s and bps = 6M and pps = 500 and bpp = 1500',
  'app ~ torr and app ~ b*t and app ~ ??ttorrent and app !~ torr?',
  'exporter = CORE1 and exporter in 192.0.2.0/24 and exporter ~ core',
  'as = 64500 and srcas = example and not dstas = 64500',
  'input = 3 and interface = ETH0 and in if "eth0"',
  'end-reason = idle',
  'version = 4',
  'server = ""',
];
const DOES_NOT = [
  'not any',
  'ip != 10.1.2.3',
  'src = 2001:db8::5',
  'src in 0.0.0.0/0 and dst in 0.0.0.0/0',
  'port !=443',
  'flags = SA',
  'app = "bittorrent "',
  'app ~ "b.t"',
  'exporter = "192.0.2.1"',
  'udp',
];

it.each(HOLDS)('%s', (text) => expect(flowTest(parseFilter(text))(ROW)).toBe(true));
it.each(DOES_NOT)('not: %s', (text) => expect(flowTest(parseFilter(text))(ROW)).toBe(false));

/** A glob by its definition: which beginnings of the text each beginning of the pattern takes. */
function takes(pattern: string, found: string): boolean {
  const text = [...found];
  let ends = new Set([0]);
  for (const character of pattern) {
    const next = [...ends].flatMap((end) => {
      if (character === '*')
        return Array.from({ length: text.length - end + 1 }, (_, i) => end + i);
      const isOne = end < text.length && (character === '?' || character === text[end]);
      return isOne ? [end + 1] : [];
    });
    ends = new Set(next);
  }
  return ends.has(text.length);
}

it('patterns take what globs take, whatever stands in them', () => {
  const random = seededRandom(7);
  const word = (letters: readonly string[], most: number) =>
    Array.from(
      { length: Math.floor(random() * most) },
      () => letters[Math.floor(random() * letters.length)],
    ).join('');
  let held = 0;
  for (let i = 0; i < 4000; i++) {
    const pattern = `*${word(['a', 'b', '-', '.', '\\', '(', '\u{1f600}', '*', '*', '?'], 8)}`;
    const found = word(['a', 'b', '-', '.', '\\', '(', '\u{1f600}', '\n'], 8);
    const values = [{ kind: 'text', value: pattern }] as const;
    const holds = flowTest({ kind: 'comparison', field: 'app', operator: '~', values });
    expect([pattern, found, holds({ applicationName: found })]).toEqual([
      ...[pattern, found, takes(pattern, found)],
    ]);
    if (holds({ applicationName: found })) held++;
  }
  expect(held).toBeGreaterThan(400);
});

it('a pattern of many stars gives up on a long name at once', () => {
  const holds = flowTest(parseFilter(`app ~ "${'*a'.repeat(100)}*b"`));
  expect(holds({ applicationName: 'a'.repeat(4000) })).toBe(false);
});
