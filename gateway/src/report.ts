// SPDX-License-Identifier: Apache-2.0
// What the collector is told of this gateway.
import { API, type GatewayState } from '@weir/wire';
import { type Count, type Counts, NOTHING_COUNTED } from './enforce/kernel-table.js';
import type { CollectorConnection } from './intake/collector-connection.js';
import type { Owner } from './plan/effect.js';
import { ratesOf } from './plan/shaping.js';
import type { PlacedEffect, Refusal, Wanted } from './plan/wanted.js';

const MOST_REFUSED = 1000;
const MOST_COUNTERS = 10_000;
const MOST_SHAPED = 1000;
const MOST_PROBLEMS = 50;
const MOST_PROBLEM_CHARACTERS = 500;
const ANSWER_LIMIT_MS = 10_000;

export interface ReportedState {
  readonly version: string;
  readonly startedMilliseconds: number;
  readonly revision: number;
  readonly appliedMilliseconds: number;
  readonly elements: number;
  readonly refused: readonly Refusal[];
  readonly counts: Counts;
  /** By the name of their counter: all that the gateway has had. */
  readonly owners: ReadonlyMap<string, Owner>;
  readonly effects: Iterable<PlacedEffect>;
  readonly problems: readonly string[];
}

/** The state as the API has it; long lists are cut. */
export function reportOf(state: ReportedState): GatewayState {
  const { version, startedMilliseconds, revision, appliedMilliseconds, elements } = state;
  return {
    ...{ version, startedMilliseconds, revision, appliedMilliseconds, elements },
    refused: state.refused
      .slice(0, MOST_REFUSED)
      .map(({ decision, reason }) => ({ decision: decision.id, reason })),
    refusedCount: state.refused.length,
    counters: countersOf(state).slice(0, MOST_COUNTERS),
    shaped: shapedOf(state.effects).slice(0, MOST_SHAPED),
    problems: state.problems
      .slice(0, MOST_PROBLEMS)
      .map((problem) => problem.slice(0, MOST_PROBLEM_CHARACTERS)),
  };
}

/** Tells the collector. @throws the connection's error, and where the collector does not take it */
export async function sendReport(
  connection: CollectorConnection,
  collector: URL,
  { name, state }: { readonly name: string; readonly state: GatewayState },
): Promise<void> {
  const url = new URL(`${API.gateways}/${encodeURIComponent(name)}/state`, collector);
  const response = await connection.fetch(url, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(state),
    signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
  });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`${url.pathname}: status ${response.status}`);
}

/** What blocks have caught. */
export function droppedBy({ effects }: Wanted, counts: Counts = new Map()): Count {
  const blocking = [...effects.values()].filter(({ action }) => action.kind === 'block');
  const names = new Set(blocking.map(({ counter }) => counter));
  return [...names].reduce((sum, name) => {
    const { packets, octets } = counts.get(name) ?? NOTHING_COUNTED;
    return { packets: sum.packets + packets, octets: sum.octets + octets };
  }, NOTHING_COUNTED);
}

function countersOf({ counts, owners }: ReportedState): GatewayState['counters'] {
  return [...owners].flatMap(([counter, owner]) => {
    const count = counts.get(counter);
    return count ? [{ [owner.kind]: owner.id, ...count }] : [];
  });
}

function shapedOf(effects: Iterable<PlacedEffect>): GatewayState['shaped'] {
  return [...effects].flatMap(({ owner, action, subject }) => {
    if (action.kind !== 'shape') return [];
    const [up, down] = [ratesOf(action, 'up'), ratesOf(action, 'down')].map(
      ([promised, ceiling]) => promised ?? ceiling,
    );
    return [
      {
        [owner.kind]: owner.id.slice(0, 100),
        key: subject === '' ? owner.id.slice(0, 100) : subject,
        ...(up !== undefined && { upBitsPerSecond: up }),
        ...(down !== undefined && { downBitsPerSecond: down }),
      },
    ];
  });
}
