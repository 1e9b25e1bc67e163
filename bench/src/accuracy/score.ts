// SPDX-License-Identifier: Apache-2.0
// Labels against what Weir says.
import type { Label } from './labels.js';
import type { Names } from './names.js';
import type { FlowNames, NamesOfFlows } from './records.js';

export type Verdict = 'right' | 'wrong' | 'unknown';

export interface Finding {
  readonly label: string;
  /** What Weir says; undefined is unknown. */
  readonly name: string | undefined;
  readonly verdict: Verdict;
  /** The capture and the flow in it. */
  readonly flow: string;
}

export interface Findings {
  readonly protocols: readonly Finding[];
  /** Of the flows whose service is known. */
  readonly services: readonly Finding[];
}

export interface Share {
  readonly flows: number;
  readonly right: number;
  readonly wrong: number;
  readonly unknown: number;
}

export interface Confusion {
  readonly label: string;
  readonly name: string;
  readonly count: number;
  readonly example: string;
}

/** Below this many flows a protocol's own share says little. */
export const FLOWS_OF_A_COMMON_PROTOCOL = 5;

function judge(label: string, names: readonly (string | undefined)[], same: Names['same']) {
  const said = names.filter((name) => name !== undefined);
  if (said.length === 0) return { name: undefined, verdict: 'unknown' as const };
  const right = said.find((name) => same(name, label));
  if (right !== undefined) return { name: right, verdict: 'right' as const };
  return { name: said[0], verdict: 'wrong' as const };
}

/** A service is the application where that is more than the protocol. */
function serviceOf({ application, protocol }: FlowNames): string | undefined {
  return application === protocol ? undefined : application;
}

/**
 * Where others call the protocol what Weir knows as a service inside one (they say WhatsApp, Weir says
 * WhatsApp in TLS), Weir's application counts.
 */
export function compareNames(
  labels: readonly Label[],
  flowsOf: (file: string) => NamesOfFlows,
  names: Names,
): Findings {
  const same = names.same.bind(names);
  const findings = { protocols: [] as Finding[], services: [] as Finding[] };
  for (const { file, key, protocol, service } of labels) {
    const found = flowsOf(file).get(key) ?? { protocol: undefined, application: undefined };
    const flow = `${file}: ${key}`;
    const own = [found.protocol, found.application];
    findings.protocols.push({ label: protocol, flow, ...judge(protocol, own, same) });
    if (service === '') continue;
    findings.services.push({ label: service, flow, ...judge(service, [serviceOf(found)], same) });
  }
  return findings;
}

export function countByLabel(findings: readonly Finding[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { label } of findings) counts.set(label, (counts.get(label) ?? 0) + 1);
  return counts;
}

/** The flows whose label at least so many flows bear. */
export function commonOnly(findings: readonly Finding[]): Finding[] {
  const counts = countByLabel(findings);
  return findings.filter(({ label }) => (counts.get(label) ?? 0) >= FLOWS_OF_A_COMMON_PROTOCOL);
}

export function shareOf(findings: readonly Finding[]): Share {
  const count = (wanted: Verdict) => findings.filter(({ verdict }) => verdict === wanted).length;
  return {
    flows: findings.length,
    right: count('right'),
    wrong: count('wrong'),
    unknown: count('unknown'),
  };
}

/** The most frequent first. */
export function confusionsOf(findings: readonly Finding[]): Confusion[] {
  const confusions = new Map<string, Confusion>();
  for (const { label, name, verdict, flow } of findings) {
    if (verdict !== 'wrong' || name === undefined) continue;
    const pair = `${label}\t${name}`;
    const { count, example } = confusions.get(pair) ?? { count: 0, example: flow };
    confusions.set(pair, { label, name, count: count + 1, example });
  }
  return [...confusions.values()].sort((a, b) => b.count - a.count);
}
