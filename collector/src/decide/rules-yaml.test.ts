// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { readRulesYaml } from './rules-yaml.js';

const WHOLE = `
- name: No BitTorrent in the dormitory
  filter: app = BitTorrent and ip in 10.20.0.0/16
  action: { kind: block }
  scope: endpoint
  subject: outside
- name: Streaming by day
  filter: category = streaming
  thresholds:
    - { metric: octets, of: host, atLeast: 5e9, per: day }
  schedule:
    timeZone: Europe/Berlin
    windows:
      - { days: [mon, tue, wed, thu, fri], from: "08:00", to: "18:00" }
  action: { kind: shape, downBitsPerSecond: 2000000 }
  scope: host
  backOff: { factor: 2, mostSeconds: 86400 }
`;

it('a file of rules gives them', () => {
  const rules = readRulesYaml(WHOLE, 'rules.yaml');
  expect(rules).toMatchObject([
    { name: 'No BitTorrent in the dormitory', action: { kind: 'block' } },
    { thresholds: [{ atLeast: 5e9 }], action: { kind: 'shape', downBitsPerSecond: 2_000_000 } },
  ]);
  expect(readRulesYaml('', 'rules.yaml')).toEqual([]);
});

const ONE = '- name: a\n  filter: app = x\n  action: { kind: block }\n  scope: flow\n';

it.each([
  ['a: [', /^r:\d+:\d+: /],
  ['name: a\n', /^r:1:1: a list of rules is expected/],
  [`${ONE}  colour: red\n`, /^r:5:11: colour/],
  [ONE.replace('flow', 'planet'), /^r:4:10: scope/],
  [ONE.replace('app = x', 'app ='), /^r:2:11: the filter cannot be read/],
  [ONE.replace('block', 'shape'), /^r:1:3: a shape needs/],
  [ONE + ONE.replace('name: a', 'name: A'), /^r:5:9: there are two rules "A"/],
])('%j is refused with its place', (text, message) => {
  expect(() => readRulesYaml(text, 'r')).toThrow(message);
});
