// SPDX-License-Identifier: Apache-2.0
// Why one flow of a capture has its name.
import { isIPv6 } from 'node:net';
import {
  type ExplainedMatch,
  type ExplainedStream,
  explainFlow,
  type FlowChoice,
  type FlowExplanation,
  type InspectedCapture,
  type NearMiss,
  type SignatureSet,
} from '@weir/native';
import type { ProbeConfig } from '../config.js';
import { ProbeError } from '../errors.js';
import { defaultCacheFolder, signaturesOf } from '../probe.js';
import { parseTunnels } from '../tunnels.js';
import { type CaptureFlow, captureFlows } from './capture-flows.js';

/** A pattern of the set, as messages call it. */
export interface NamedPattern {
  /** "TLS/match/1" */
  readonly rule: string;
  readonly application: string;
  readonly id: number;
  readonly regex: string;
  readonly priority: number;
  /** "signatures/tls.yaml:12: TLS" */
  readonly source: string;
}

export interface NamedMatch extends Omit<ExplainedMatch, 'pattern'> {
  readonly pattern: NamedPattern;
  /** why it decided, or why it did not */
  readonly why: string;
}

export interface NamedNearMiss extends Omit<NearMiss, 'pattern'> {
  readonly pattern: NamedPattern;
}

export interface NamedStream extends Omit<ExplainedStream, 'matches' | 'nearMisses'> {
  readonly matches: readonly NamedMatch[];
  readonly nearMisses: readonly NamedNearMiss[];
}

export interface NamedExplanation
  extends Omit<FlowExplanation, 'streams' | 'application' | 'protocol' | 'rule'> {
  readonly flow: CaptureFlow;
  readonly streams: readonly NamedStream[];
  /** "unknown" without a name */
  readonly application: string;
  /** undefined without a name */
  readonly protocol: string | undefined;
  /** "YouTube/serverNames/1"; "" without a name */
  readonly rule: string;
  /** the text of that rule, and where it stands; undefined where it is no line of a file */
  readonly ruleText: string | undefined;
  readonly ruleSource: string | undefined;
}

const ENDPOINTS = /^\[?([0-9a-fA-F:.]+?)\]?:(\d+)-\[?([0-9a-fA-F:.]+?)\]?:(\d+)\/(tcp|udp)$/;

/** One spelling of an IPv6 address, RFC 5952's; others as they are. */
function canonicalAddress(address: string): string {
  return isIPv6(address) ? new URL(`http://[${address}]/`).hostname.slice(1, -1) : address;
}

function isChosen(flow: CaptureFlow, chosen: Omit<FlowChoice, 'startMs'>): boolean {
  if (flow.protocol !== chosen.protocol) return false;
  const from = [canonicalAddress(flow.sourceAddress), flow.sourcePort].join(' ');
  const to = [canonicalAddress(flow.destinationAddress), flow.destinationPort].join(' ');
  const one = [chosen.sourceAddress, chosen.sourcePort].join(' ');
  const other = [chosen.destinationAddress, chosen.destinationPort].join(' ');
  return (from === one && to === other) || (from === other && to === one);
}

/**
 * @param wanted a number as the list of flows has it, or "10.0.0.1:1234-10.0.0.2:80/tcp"
 * @throws ProbeError WEIR_PROBE_BAD_FLOW, WEIR_PROBE_NO_SUCH_FLOW
 */
export function findFlow(flows: readonly CaptureFlow[], wanted: string, file: string): CaptureFlow {
  const ends = ENDPOINTS.exec(wanted);
  if (ends === null && !/^[1-9]\d*$/.test(wanted)) {
    throw new ProbeError(
      'WEIR_PROBE_BAD_FLOW',
      `--flow wants a number as "weir signatures test" prints it, or a 5-tuple like ` +
        `10.0.0.1:1234-10.0.0.2:80/tcp, not "${wanted}".`,
    );
  }
  const found =
    ends === null
      ? flows[Number(wanted) - 1]
      : flows.find((flow) =>
          isChosen(flow, {
            sourceAddress: canonicalAddress(ends[1] as string),
            sourcePort: Number(ends[2]),
            destinationAddress: canonicalAddress(ends[3] as string),
            destinationPort: Number(ends[4]),
            protocol: ends[5] === 'udp' ? 17 : 6,
          }),
        );
  if (found !== undefined) return found;
  throw new ProbeError(
    'WEIR_PROBE_NO_SUCH_FLOW',
    `${file} has ${flows.length} flows, and none of them is ${wanted}. ` +
      `"weir signatures test ${file}" lists them.`,
  );
}

/** Flows as the probe makes them of a file. */
export function inspectedCapture(config: ProbeConfig, file: string): InspectedCapture {
  return {
    path: file,
    tunnels: parseTunnels(config.tunnels),
    idleTimeoutMs: config.idleTimeoutSeconds * 1000,
    activeTimeoutMs: 86_400_000,
  };
}

/** The patterns of a set with the names of their applications. */
export function namedPatterns({ applications, patterns }: SignatureSet): NamedPattern[] {
  const names = new Map(applications.map(({ selector, name }) => [selector, name]));
  return patterns.map(({ application, ordinal, regex, priority, source }) => {
    const name = names.get(application) ?? '';
    const rule = `${name}/match/${ordinal + 1}`;
    return { rule, application: name, id: application, regex, priority, source };
  });
}

interface Decision {
  readonly match: ExplainedMatch;
  readonly pattern: NamedPattern;
}

/** The rule of verdicts in words: first packet, priority, evidence, number, place in the file. */
function beatenBecause(loser: Decision, winner: Decision): string {
  const { match, pattern } = loser;
  if (match.packet !== winner.match.packet) {
    return `only in packet ${match.packet}; packet ${winner.match.packet} had decided`;
  }
  if (pattern.priority !== winner.pattern.priority) {
    return `lower priority, ${pattern.priority} below ${winner.pattern.priority}`;
  }
  if (match.evidenceBits !== winner.match.evidenceBits) {
    return `less evidence, ${match.evidenceBits} bits below ${winner.match.evidenceBits}`;
  }
  return pattern.id === winner.pattern.id
    ? 'stands later in the file'
    : `larger id, ${pattern.id} above ${winner.pattern.id}`;
}

function whyDecided({ match, pattern }: Decision, others: readonly Decision[]): string {
  const sameTime = others.filter((other) => other.match.packet === match.packet);
  if (others.length === 0) return 'decides: the only match';
  if (sameTime.length === 0) return `decides: matches first, in packet ${match.packet}`;
  const rival = sameTime.find((other) => other.pattern.application !== pattern.application);
  if (rival === undefined) return `decides: its own patterns alone match in packet ${match.packet}`;
  return `decides over ${rival.pattern.rule}, which has ${beatenBecause(rival, { match, pattern })}`;
}

function nameStreams(explanation: FlowExplanation, patterns: readonly NamedPattern[]) {
  const decisionOf = (match: ExplainedMatch): Decision => ({
    match,
    pattern: patterns[match.pattern] as NamedPattern,
  });
  const all = explanation.streams.flatMap(({ matches }) => matches.map(decisionOf));
  const winner = all.find(({ match }) => match.decides);
  const why = (match: ExplainedMatch): string => {
    if (winner === undefined) return 'was not asked: the flow is not named by a pattern';
    if (match === winner.match) {
      return whyDecided(
        winner,
        all.filter((other) => other !== winner),
      );
    }
    return beatenBecause(decisionOf(match), winner);
  };
  return explanation.streams.map(
    (stream): NamedStream => ({
      ...stream,
      matches: stream.matches.map((match) => ({
        ...match,
        pattern: patterns[match.pattern] as NamedPattern,
        why: why(match),
      })),
      nearMisses: stream.nearMisses.map((miss) => ({
        ...miss,
        pattern: patterns[miss.pattern] as NamedPattern,
      })),
    }),
  );
}

/** What the rule says and where it stands. */
function ruleOf(set: SignatureSet, application: number, rule: string) {
  const [, list, place = ''] = rule.split('/');
  const ordinal = Number(place) - 1;
  const isIt = (one: { application: number; ordinal: number }): boolean =>
    one.application === application && one.ordinal === ordinal;
  if (list === 'match') {
    const pattern = set.patterns.find(isIt);
    return { text: pattern?.regex, source: pattern?.source };
  }
  const name = list === 'serverNames' ? set.serverNames.find(isIt) : undefined;
  return { text: name?.suffix, source: name?.source };
}

/**
 * @param wanted a number as captureFlows gives it, or "10.0.0.1:1234-10.0.0.2:80/tcp"
 * @throws ProbeError WEIR_PROBE_BAD_FLOW, WEIR_PROBE_NO_SUCH_FLOW, and as captureFlows
 */
export async function explainCaptureFlow(
  config: ProbeConfig,
  file: string,
  wanted: string,
): Promise<NamedExplanation> {
  const flow = findFlow(await captureFlows(config, file), wanted, file);
  const signatures = signaturesOf(config).set;
  const explanation = explainFlow({
    capture: inspectedCapture(config, file),
    signatures,
    cacheFolder: config.cacheFolder ?? defaultCacheFolder(),
    flow,
  });
  if (explanation === null) {
    throw new ProbeError('WEIR_PROBE_NO_SUCH_FLOW', `${file} has changed while it was read.`);
  }
  const nameOf = (selector: number): string | undefined =>
    signatures.applications.find((one) => one.selector === selector)?.name;
  const application = nameOf(explanation.application) ?? 'unknown';
  const { text, source } = ruleOf(signatures, explanation.application, explanation.rule);
  return {
    ...explanation,
    flow,
    application,
    protocol: nameOf(explanation.protocol),
    rule: explanation.rule === '' ? '' : `${application}${explanation.rule}`,
    ruleText: text,
    ruleSource: source,
    streams: nameStreams(explanation, namedPatterns(signatures)),
  };
}
