// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@weir/wire';
import type { GatewayConfig } from './config.js';
import { type DropCount, type KernelTable, NOTHING_DROPPED } from './enforce/kernel-table.js';
import { Nft, type NftCommand } from './enforce/nft.js';
import { type Clock, NftTable } from './enforce/nft-table.js';
import { skeletonOf } from './enforce/skeleton.js';
import { GatewayError } from './errors.js';
import { CollectorConnection } from './intake/collector-connection.js';
import { DecisionFeed } from './intake/decision-feed.js';
import type { ElementMap } from './plan/set-element.js';
import { adoptable, type Refusal, type RefusalReason, wantedOf } from './plan/wanted.js';
import { ProtectionSource, parseCollector, parseProtected } from './protect/protection-source.js';
import type { Protections } from './protect/protections.js';
import { type Desired, Reconciler, type ReconcilerCounters } from './reconcile/reconciler.js';
import { foreignChanges } from './reconcile/table-monitor.js';

export interface GatewayDependencies {
  readonly log: Logger;
  /** How to call nft; tests enter a network namespace with it. */
  readonly nftCommand?: NftCommand;
  readonly now?: Clock;
}

export interface GatewayStatus {
  /** Undefined before the first attempt has ended. */
  readonly connected: boolean | undefined;
  /** The collector's revision that is applied. */
  readonly revision: number;
  /** Decisions held, refused ones included. */
  readonly decisions: number;
  /** Elements that should stand in the kernel: two for a flow. */
  readonly elements: number;
  /** Decisions that are held and not applied. */
  readonly refusedByReason: Readonly<Partial<Record<RefusalReason | 'unknown-form', number>>>;
  /** As of the last comparison with the kernel. */
  readonly dropped: DropCount;
  readonly counters: Readonly<ReconcilerCounters>;
}

/** A comparison with the kernel may take at most this share of the time. */
const VERIFY_SHARE = 0.05;

/** The agent on a Linux gateway: takes decisions from the collector and holds them in the kernel. */
export class Gateway {
  readonly #config: GatewayConfig;
  readonly #log: Logger;
  readonly #now: Clock;
  readonly #nft: Nft;
  readonly #table: KernelTable;
  readonly #reconciler: Reconciler;
  #feed: DecisionFeed | undefined;
  #protectionSource: ProtectionSource | undefined;
  #protections: Protections | undefined;
  /** Found in the kernel at the start; counts until the collector has told its state. */
  #adopted: ElementMap | undefined;
  #refused: ReadonlyMap<string, Refusal> = new Map();
  #running: { readonly abort: AbortController; readonly loops: Promise<unknown> } | undefined;

  /** Does nothing yet: a configuration error shows in `start` and `check`. */
  constructor(config: GatewayConfig, dependencies: GatewayDependencies) {
    this.#config = config;
    this.#log = dependencies.log;
    this.#now = dependencies.now ?? Date.now;
    this.#nft = new Nft(dependencies.nftCommand ?? ['nft']);
    this.#table = new NftTable(this.#nft, config.table, this.#now);
    this.#reconciler = new Reconciler({ table: this.#table, log: this.#log, now: this.#now });
  }

  /**
   * Everything short of changing the kernel: throws a GatewayError that says what is missing and what
   * to do. An unreachable collector is only warned of: the gateway would wait for it.
   */
  async check(): Promise<void> {
    const { feed, protections } = await this.#prepare();
    await this.#refuseForeignTable();
    const skeleton = skeletonOf(protections);
    const elements = new Map();
    await this.#table.check({ kind: 'build', skeleton, elements, dropped: NOTHING_DROPPED });
    await feed.probe(AbortSignal.timeout(5000)).catch((error: GatewayError) => {
      this.#log('warn', error.message, { code: error.code });
    });
  }

  /** Resolves when the table stands; the collector may come later. Throws a GatewayError. */
  async start(): Promise<void> {
    if (this.#running) return;
    const { feed, source, protections } = await this.#prepare();
    this.#feed = feed;
    this.#protectionSource = source;
    this.#protections = protections;
    this.#adopted = adoptable(await this.#refuseForeignTable(), protections);
    await this.#reconciler.want(this.#desired(protections));
    const abort = new AbortController();
    const loops = Promise.all([
      this.#followDecisions(feed, abort.signal),
      this.#followKernel(abort.signal),
      this.#verifyPeriodically(abort.signal),
    ]);
    this.#running = { abort, loops };
    const { table, collector } = this.#config;
    this.#log('info', 'gateway stands', { table, collector, adopted: this.#adopted.size });
  }

  /** Ends everything under way; with `onStop: remove` the table goes too. Safe to call twice. */
  async stop(): Promise<void> {
    const running = this.#running;
    if (!running) return;
    this.#running = undefined;
    running.abort.abort();
    await running.loops;
    await this.#reconciler.idle();
    if (this.#config.onStop === 'remove') await this.#reconciler.remove();
    this.#log('info', 'gateway stopped', { onStop: this.#config.onStop });
  }

  status(): GatewayStatus {
    const held = this.#feed?.held;
    const refusedByReason: Partial<Record<RefusalReason | 'unknown-form', number>> = {};
    for (const { reason } of this.#refused.values())
      refusedByReason[reason] = (refusedByReason[reason] ?? 0) + 1;
    if (held && held.misunderstood > 0) refusedByReason['unknown-form'] = held.misunderstood;
    return {
      connected: this.#feed?.connected,
      revision: held?.revision ?? 0,
      decisions: held?.size ?? 0,
      elements: this.#reconciler.desired?.elements.size ?? 0,
      refusedByReason,
      dropped: this.#reconciler.dropped,
      counters: { ...this.#reconciler.counters },
    };
  }

  async #prepare(): Promise<{
    feed: DecisionFeed;
    source: ProtectionSource;
    protections: Protections;
  }> {
    const log = this.#log;
    const collector = parseCollector(this.#config.collector);
    this.#warnWhereNothingIsForwarded();
    const prefixes = parseProtected(this.#config.protect);
    const source = new ProtectionSource({ prefixes, collector, log });
    const connection = new CollectorConnection(this.#config);
    const { waitSeconds } = this.#config;
    const feed = new DecisionFeed({ collector, connection, waitSeconds, log });
    return { feed, source, protections: await source.gather() };
  }

  #warnWhereNothingIsForwarded(): void {
    const switches = ['ipv4/ip_forward', 'ipv6/conf/all/forwarding'];
    if (switches.some((name) => readSwitch(name) !== '0')) return;
    const happened = 'This machine forwards no packets, so there is nothing to block.';
    const error = new GatewayError('WEIR_GATEWAY_NOT_FORWARDING', happened);
    this.#log('warn', error.message, { code: error.code });
  }

  /** Elements that stand in our table; throws where a table of that name is not ours. */
  async #refuseForeignTable(): Promise<ElementMap> {
    const state = await this.#table.read();
    if (!state) return new Map();
    if (state.foreignObjects.length === 0) return state.elements;
    const objects = state.foreignObjects.join(', ');
    throw new GatewayError(
      'WEIR_GATEWAY_FOREIGN_TABLE',
      `The table inet ${this.#config.table} belongs to something else: it has ${objects}.`,
    );
  }

  #desired(protections: Protections): Desired {
    const skeleton = skeletonOf(protections);
    if (this.#adopted) return { skeleton, elements: this.#adopted };
    const held = this.#feed?.held;
    const { elements, refused } = wantedOf(held?.decisions ?? [], protections, this.#now());
    this.#tellRefused(refused);
    return { skeleton, elements };
  }

  #tellRefused(refused: readonly Refusal[]): void {
    for (const { decision, reason } of refused) {
      if (!this.#refused.has(decision.id))
        this.#log('warn', `decision refused: ${decision.reason}`, {
          decision: decision.id,
          reason,
        });
    }
    this.#refused = new Map(refused.map((refusal) => [refusal.decision.id, refusal]));
  }

  async #followDecisions(feed: DecisionFeed, signal: AbortSignal): Promise<void> {
    for await (const held of feed.follow(signal)) {
      this.#adopted = undefined;
      held.prune(this.#now());
      await this.#attempt(async () => {
        if (this.#protections) await this.#reconciler.want(this.#desired(this.#protections));
      });
    }
  }

  async #followKernel(signal: AbortSignal): Promise<void> {
    const { table } = this.#config;
    for await (const _ of foreignChanges({ nft: this.#nft, table, log: this.#log }, signal))
      await this.#attempt(() => this.#reconciler.verify());
  }

  async #verifyPeriodically(signal: AbortSignal): Promise<void> {
    let pauseMs = this.#config.reconcileSeconds * 1000;
    while (!signal.aborted) {
      await sleep(pauseMs, undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
      const started = performance.now();
      await this.#attempt(() => this.#refresh());
      const costMs = (performance.now() - started) / VERIFY_SHARE;
      pauseMs = Math.max(this.#config.reconcileSeconds * 1000, costMs);
    }
  }

  /** New protections, without what has expired; then a look at the kernel. */
  async #refresh(): Promise<void> {
    this.#protections = await this.#protectionSource?.gather();
    this.#feed?.held.prune(this.#now());
    if (this.#protections) await this.#reconciler.want(this.#desired(this.#protections));
    await this.#reconciler.verify();
  }

  /** A failure is logged and counted; the next pass tries again. */
  async #attempt(task: () => Promise<void>): Promise<void> {
    await task().catch((error: GatewayError) => {
      this.#log('error', error.message, { code: error.code });
    });
  }
}

function readSwitch(name: string): string {
  try {
    return readFileSync(`/proc/sys/net/${name}`, 'utf8').trim();
  } catch {
    // Without IPv6 in the kernel its switch is absent: that says nothing.
    return '0';
  }
}
