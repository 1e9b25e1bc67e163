// SPDX-License-Identifier: Apache-2.0
// For tests: rules, decisions, and a store with nothing in it.
import type { Evidence, Rule } from '@weir/wire';
import type { NewDecision } from './decision-book.js';
import type { RuleStore } from './rule-history.js';
import { decisionId, networkSelector } from './selector.js';

export const EMPTY_STORE: RuleStore = {
  ask: async () => [],
  askForRule: async () => [],
  missingRecords: () => [],
  settled: async () => undefined,
};

/** Blocks flows of BitTorrent, unless it is changed. Its id is its name. */
export function testRule(changes: Partial<Rule> = {}): Rule {
  const { name = 'r', ...rest } = changes;
  return {
    id: name,
    name,
    filter: 'app = BitTorrent',
    action: { kind: 'block', answer: 'drop' },
    scope: 'flow',
    holdSeconds: 100,
    owner: 'test',
    origin: 'api',
    revision: 1,
    createdMilliseconds: 0,
    changedMilliseconds: 0,
    ...rest,
  };
}

/** A rule as somebody writes it in JSON. */
export const BLOCK_BITTORRENT = {
  name: 'No BitTorrent',
  filter: 'app = BitTorrent',
  action: { kind: 'block' },
  scope: 'flow',
} as const;

/** A flow. */
export const TEST_EVIDENCE: Evidence = {
  ...{ protocolIdentifier: 6, sourceAddress: '10.0.0.1', sourceTransportPort: 5000 },
  ...{ destinationAddress: '192.0.2.1', destinationTransportPort: 6881 },
  ...{ applicationName: 'BitTorrent', applicationConfidence: 'payload', serverName: '' },
  ...{ exporterAddress: '192.0.2.7', seenMilliseconds: 0, octets: 1000, packets: 1 },
};

/** Blocks an address or a prefix. */
export function testDecision(prefix: string, changes: Partial<NewDecision> = {}): NewDecision {
  const selector = networkSelector(prefix);
  if (selector === undefined) throw new Error(`"${prefix}" is no prefix`);
  return {
    id: decisionId('test', selector),
    action: { kind: 'block', answer: 'drop' },
    selector,
    createdMilliseconds: 0,
    expiresMilliseconds: 600_000,
    origin: 'rule',
    rule: { id: 'test', name: 'test' },
    reason: `test ${prefix}`,
    isSimulated: false,
    whenCollectorIsLost: 'keep',
    ...changes,
  };
}
