// SPDX-License-Identifier: Apache-2.0
// "Why am I blocked?": what the probe says named a flow is in the evidence of each decision, by either protocol.
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { API, type Decision, type DecisionsResponse } from '@weir/wire';
import { afterAll, afterEach, expect, it, vi } from 'vitest';
import { endCollector, type RunningCollector, startCollector } from './running-collector.js';
import { type BiflowRecord, runProbe, SAMPLE, scratchFolder } from './weir.js';

const RULE = '- {name: named, filter: app != unknown, action: {kind: watch}, scope: flow}\n';
let collector: RunningCollector | undefined;
const folder = scratchFolder();
afterEach(async () => {
  if (collector) await endCollector(collector, 'SIGTERM');
  collector = undefined;
});
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }));

function keyOf(protocol: number, ends: readonly string[]): string {
  return [protocol, ...[...ends].sort()].join(' ');
}

/** What named each flow, as the probe's own records have it: the rule and the confidence. */
function namings(records: readonly BiflowRecord[]): Map<string, Set<string>> {
  const all = new Map<string, Set<string>>();
  for (const record of records.filter(({ applicationName }) => applicationName !== 'unknown')) {
    const source = record.sourceIPv4Address ?? record.sourceIPv6Address;
    const destination = record.destinationIPv4Address ?? record.destinationIPv6Address;
    const key = keyOf(record.protocolIdentifier, [
      `${source} ${record.sourceTransportPort}`,
      `${destination} ${record.destinationTransportPort}`,
    ]);
    const told = `${record.applicationRule}, ${record.applicationConfidence}`;
    all.set(key, (all.get(key) ?? new Set()).add(told));
  }
  return all;
}

function evidenceOf({ evidence }: Decision): readonly [key: string, told: string] {
  const { sourceAddress, destinationAddress, protocolIdentifier = 0 } = evidence ?? {};
  const key = keyOf(protocolIdentifier, [
    `${sourceAddress} ${evidence?.sourceTransportPort}`,
    `${destinationAddress} ${evidence?.destinationTransportPort}`,
  ]);
  return [key, `${evidence?.signature}, ${evidence?.applicationConfidence}`];
}

it.each(['netflow9', 'ipfix'])('by %s', async (protocol) => {
  const rules = path.join(folder, 'rules.yaml');
  writeFileSync(rules, RULE);
  const data = path.join(folder, protocol);
  collector = await startCollector(data, '--disk-reserve', '0', '--rules-file', rules);
  const { port, url } = collector;
  const { records } = await runProbe(
    ...['--read', SAMPLE, '--export', `${protocol}://127.0.0.1:${port}`],
  );
  const expected = namings(records);
  const decided = await vi.waitFor(
    async () => {
      const answer = (await (await fetch(`${url}${API.decisions}`)).json()) as DecisionsResponse;
      const ofRules = answer.decisions.filter(({ origin }) => origin === 'rule');
      expect(ofRules).toHaveLength(expected.size);
      return ofRules;
    },
    { timeout: 20_000, interval: 200 },
  );
  expect(expected.size).toBeGreaterThan(20);
  for (const [key, told] of decided.map(evidenceOf)) {
    expect([...(expected.get(key) ?? [])]).toContain(told);
  }
});
