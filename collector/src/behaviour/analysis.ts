// SPDX-License-Identifier: Apache-2.0
import type { FlowStore } from '../store/flow-store.js';
import type { HostEvidence, PortNetwork } from './evidence.js';
import { isPeerNetwork, shapeOf } from './port-network.js';
import { type HostRoles, rolesOf } from './roles.js';
import {
  type BehaviourQuestion,
  countStatement,
  hostsStatement,
  pairsStatement,
  portsStatement,
  type Window,
} from './statements.js';

export interface BehaviourHost {
  readonly evidence: HostEvidence;
  readonly roles: HostRoles;
}

export interface BehaviourReport {
  readonly window: Window;
  /** Of the window, before sampling. */
  readonly records: number;
  /** One of so many pairs of addresses was looked at. */
  readonly samplingInterval: number;
  /** The ones with the most conversations first. */
  readonly hosts: readonly BehaviourHost[];
}

export interface AnalysisOptions {
  readonly window: Window;
  /** Of each of the four questions. */
  readonly limitSeconds: number;
  /** Records that an analysis takes; of more of them it looks at a sample. */
  readonly mostRecords: number;
}

export type QueryStore = Pick<FlowStore, 'query'>;

/** The hosts of one run's peer networks. */
function peersIn(networks: readonly PortNetwork[]): Set<string> {
  return new Set(
    networks
      .map(shapeOf)
      .filter(isPeerNetwork)
      .flatMap(({ both }) => both),
  );
}

/**
 * Asks the store about one window and judges each host of it. The questions go one after another: an
 * analysis must not take the machine from people. @throws StoreError WEIR_STORE_TIME_LIMIT
 */
export async function analyseBehaviour(
  store: QueryStore,
  { window, limitSeconds, mostRecords }: AnalysisOptions,
  signal?: AbortSignal,
): Promise<BehaviourReport> {
  const [count] = await store.query<{ records: number }>(
    countStatement(window, limitSeconds),
    signal,
  );
  const records = count?.records ?? 0;
  const samplingInterval = Math.max(1, Math.ceil(records / mostRecords));
  const question: BehaviourQuestion = { ...window, samplingInterval, limitSeconds };
  const rows = await store.query<HostEvidence>(hostsStatement(question), signal);
  const pairs = await store.query<{ host: string; pairs: number }>(
    pairsStatement(question),
    signal,
  );
  const networks = await store.query<PortNetwork>(portsStatement(question), signal);
  const pairsOf = new Map(pairs.map((row) => [row.host, row.pairs]));
  const peers = peersIn(networks);
  const hosts = rows.map((row) => {
    const evidence = { ...row, peersOfBothProtocols: pairsOf.get(row.host) ?? 0 };
    return { evidence, roles: rolesOf(evidence, (host) => peers.has(host)) };
  });
  return { window, records, samplingInterval, hosts };
}
