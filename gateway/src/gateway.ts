// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from 'node:timers/promises';
import type { Decision, Logger } from '@weir/wire';
import type { GatewayConfig } from './config.js';
import { type Difference, differenceOf } from './difference.js';
import { ConnectionMarks } from './enforce/connection-marks.js';
import { type Count, NOTHING_COUNTED } from './enforce/kernel-table.js';
import { Nft } from './enforce/nft.js';
import { type Clock, NftTable, steadyClock } from './enforce/nft-table.js';
import type { Command } from './enforce/program.js';
import { Tc } from './enforce/tc.js';
import { GatewayError } from './errors.js';
import { warnWhereNothingIsForwarded } from './forwarding.js';
import { CollectorConnection } from './intake/collector-connection.js';
import { DecisionFeed } from './intake/decision-feed.js';
import { DecisionMemory } from './intake/decision-memory.js';
import type { DecisionSource } from './intake/decision-source.js';
import { LossWatch } from './intake/loss-watch.js';
import { parseRedis } from './intake/redis-connection.js';
import { RedisFeed } from './intake/redis-feed.js';
import { Intent } from './intent.js';
import { applicable } from './plan/applicable.js';
import type { RefusalReason } from './plan/wanted.js';
import { ProtectionSource, parseCollector, parseProtected } from './protect/protection-source.js';
import { HostWatch } from './reconcile/host-watch.js';
import { Reconciler, type ReconcilerCounters } from './reconcile/reconciler.js';
import { Shaper } from './reconcile/shaper.js';
import { foreignChanges } from './reconcile/table-monitor.js';
import { type Watch, watchesOf } from './reconcile/watches.js';
import { droppedBy, reportOf, sendReport } from './report.js';
import { gatewayName, markLayout, qdiscMajor, shapedInterfaces } from './settings.js';

export interface GatewayDependencies {
  readonly log: Logger;
  /** Of Weir, as the collector is told. */
  readonly version?: string;
  /** How to call programs; tests enter a network namespace with them. */
  readonly nftCommand?: Command;
  readonly tcCommand?: Command;
  readonly ipCommand?: Command;
  readonly conntrackCommand?: Command;
  readonly now?: Clock;
}

export interface GatewayStatus {
  /** Undefined before the first attempt has ended. */
  readonly connected: boolean | undefined;
  /** The collector's revision that is applied. */
  readonly revision: number;
  /** Decisions held, refused ones included. */
  readonly decisions: number;
  /** Elements that should stand in the kernel for decisions: two for a flow. */
  readonly elements: number;
  /** Decisions that are held and not applied. */
  readonly refusedByReason: Readonly<Partial<Record<RefusalReason | 'unknown-form', number>>>;
  /** What blocks have caught, as of the last look at the counters. */
  readonly dropped: Count;
  readonly counters: Readonly<ReconcilerCounters>;
}

/** A comparison with the kernel may take at most this share of the time. */
const VERIFY_SHARE = 0.05;
/** How often it is looked whether something has expired, or the collector is lost. */
const TICK_MS = 500;

/** What the options come to; made by `start` and `check`, since it can fail. */
interface Parts {
  readonly collector: URL;
  readonly connection: CollectorConnection;
  readonly source: DecisionSource;
  readonly protectionSource: ProtectionSource;
  readonly intent: Intent;
  readonly table: NftTable;
  readonly reconciler: Reconciler;
  readonly hosts: HostWatch;
}

/** The agent on a Linux gateway: takes decisions from the collector and holds them in the kernel. */
export class Gateway {
  readonly #config: GatewayConfig;
  readonly #log: Logger;
  readonly #now: Clock;
  readonly #version: string;
  readonly #nft: Nft;
  readonly #tc: Tc;
  readonly #ipCommand: Command;
  readonly #conntrackCommand: Command;
  readonly #shaper: Shaper;
  readonly #memory: DecisionMemory | undefined;
  readonly #losses: LossWatch;
  #parts: Parts | undefined;
  #startedMilliseconds = 0;
  #applied = { milliseconds: 0, revision: 0 };
  #running: { readonly abort: AbortController; readonly loops: Promise<unknown> } | undefined;

  /** Does nothing yet: a configuration error shows in `start` and `check`. */
  constructor(config: GatewayConfig, dependencies: GatewayDependencies) {
    const { log, nftCommand = ['nft'], tcCommand = ['tc'], version = '', now } = dependencies;
    this.#ipCommand = dependencies.ipCommand ?? ['ip'];
    this.#conntrackCommand = dependencies.conntrackCommand ?? ['conntrack'];
    this.#config = config;
    this.#log = log;
    this.#now = now ?? steadyClock;
    this.#version = version;
    this.#nft = new Nft(nftCommand);
    const major = qdiscMajor(config);
    const interfaces = shapedInterfaces(config);
    this.#tc = new Tc(tcCommand, major);
    this.#shaper = new Shaper({ tc: this.#tc, interfaces, major, log });
    this.#memory = config.stateFile === 'none' ? undefined : new DecisionMemory(config.stateFile);
    this.#losses = new LossWatch({ lossMs: config.lossSeconds * 1000, log });
  }

  /**
   * Everything short of changing the kernel: throws a GatewayError that says what is missing and what
   * to do. An unreachable collector is only warned of: the gateway would wait for it.
   */
  async check(): Promise<void> {
    const { source, intent, table, reconciler } = await this.#prepare();
    await this.#refuseWhatIsForeign(table, intent);
    const { desired } = intent.form([]);
    const step = await reconciler.missing(desired);
    if (step) await table.check(step);
    await source.probe(AbortSignal.timeout(5000)).catch((error: GatewayError) => {
      this.#log('warn', error.message, { code: error.code });
    });
  }

  /**
   * What the kernel lacks of what the collector decides now, and has too much; changes nothing.
   * @throws GatewayError also where the collector does not answer
   */
  async difference(): Promise<Difference> {
    const { source, intent, table, reconciler } = await this.#prepare();
    await this.#refuseWhatIsForeign(table, intent);
    await source.probe(AbortSignal.timeout(10_000));
    const { desired, classes } = intent.form(this.#applicable(source));
    const step = await reconciler.missing(desired);
    return differenceOf({
      step,
      script: step ? table.show(step) : '',
      tcLines: await this.#shaper.missing(classes),
      wanted: intent.wanted,
    });
  }

  /** Resolves when the table stands; the collector may come later. Throws a GatewayError. */
  async start(): Promise<void> {
    if (this.#running) return;
    const parts = await this.#prepare();
    await this.#refuseWhatIsForeign(parts.table, parts.intent);
    parts.source.restore((await this.#memory?.read()) ?? []);
    this.#parts = parts;
    this.#startedMilliseconds = this.#now();
    await this.#shaper.verify();
    await this.#apply();
    const abort = new AbortController();
    const loops = Promise.all([
      this.#followDecisions(parts, abort.signal),
      ...watchesOf({
        ...{ config: this.#config, nft: this.#nft, tc: this.#tc, ipCommand: this.#ipCommand },
        ...{ reconciler: parts.reconciler, shaper: this.#shaper },
      }).map((watch) => this.#follow(watch, abort.signal)),
      this.#every(TICK_MS, () => this.#tick(), abort.signal),
      this.#every(TICK_MS, () => this.#lookForHosts(), abort.signal),
      this.#every(this.#config.reportSeconds * 1000, () => this.#report(), abort.signal),
      this.#verifyPeriodically(abort.signal),
    ]);
    this.#running = { abort, loops };
    const { table, collector } = this.#config;
    this.#log('info', 'gateway stands', { table, collector, held: parts.source.size });
  }

  /** Ends everything under way; with `onStop: remove` table and classes go too. Safe to call twice. */
  async stop(): Promise<void> {
    const [running, parts] = [this.#running, this.#parts];
    if (!running || !parts) return;
    this.#running = undefined;
    running.abort.abort();
    await running.loops;
    await parts.reconciler.idle();
    if (this.#config.onStop === 'remove') {
      await parts.reconciler.remove();
      await this.#shaper.remove();
    }
    await this.#memory?.close(() => parts.source.decisions);
    this.#nft.end();
    this.#log('info', 'gateway stopped', { onStop: this.#config.onStop });
  }

  status(): GatewayStatus {
    const { source, intent, reconciler } = this.#parts ?? {};
    const wanted = intent?.wanted;
    const refusedByReason: Partial<Record<RefusalReason | 'unknown-form', number>> = {};
    for (const { reason } of wanted?.refused ?? [])
      refusedByReason[reason] = (refusedByReason[reason] ?? 0) + 1;
    if (source && source.misunderstood > 0) refusedByReason['unknown-form'] = source.misunderstood;
    return {
      connected: source?.connected,
      revision: this.#applied.revision,
      decisions: source?.size ?? 0,
      elements: intent?.wanted.decided ?? 0,
      refusedByReason,
      dropped: intent ? droppedBy(intent.wanted, reconciler?.counts) : NOTHING_COUNTED,
      counters: { ...(reconciler?.counters ?? NO_COUNTERS) },
    };
  }

  async #prepare(): Promise<Parts> {
    const [config, log, now] = [this.#config, this.#log, this.#now];
    const collector = parseCollector(config.collector);
    const layout = markLayout(config);
    const prefixes = parseProtected(config.protect);
    warnWhereNothingIsForwarded(log);
    const protectionSource = new ProtectionSource({ prefixes, collector, log });
    const connection = new CollectorConnection(config);
    const { waitSeconds } = config;
    const name = gatewayName(config);
    const source =
      config.redis === undefined
        ? new DecisionFeed({ collector, connection, waitSeconds, gatewayName: name, log, now })
        : new RedisFeed({ url: parseRedis(config.redis), siteName: config.site, log, now });
    const table = new NftTable({ nft: this.#nft, name: config.table, layout, now });
    const marks = new ConnectionMarks(this.#conntrackCommand, layout);
    const reconciler = new Reconciler({ table, marks, layout, log, now });
    const shapes = shapedInterfaces(config).length > 0 ? 'yes' : 'no';
    const intent = new Intent({ layout, qdiscMajor: qdiscMajor(config), shapes, log, now });
    intent.protect(await protectionSource.gather());
    const hosts = new HostWatch(table, log);
    return { collector, connection, source, protectionSource, intent, table, reconciler, hosts };
  }

  /** Throws where table or qdiscs of our names are not ours; takes over the numbers of what is. */
  async #refuseWhatIsForeign(table: NftTable, intent: Intent): Promise<void> {
    await this.#shaper.check();
    const state = await table.read();
    if (!state) return;
    // Of two chains of one effect that counts which elements lead to.
    const used = [...state.elements.values()].map(({ chain }) => chain);
    intent.adopt([...used, ...state.chains.keys()]);
    intent.see(await table.readHosts());
    const foreign = state.foreignObjects.filter((object) => !EARLIER_OBJECTS.has(object));
    if (foreign.length === 0) return;
    throw new GatewayError(
      'WEIR_GATEWAY_FOREIGN_TABLE',
      `The table inet ${this.#config.table} belongs to something else: it has ${foreign.join(', ')}.`,
    );
  }

  *#applicable({ told }: DecisionSource): Generator<Decision, void> {
    // A collector tells each gateway what is for it; a Redis tells all of everything.
    const name = this.#config.redis === undefined ? undefined : gatewayName(this.#config);
    for (const { collector, decisions } of told) {
      const situation = this.#losses.isLost(collector) ? 'lost' : 'there';
      yield* applicable(decisions, { gatewayName: name, collector: situation });
    }
  }

  async #apply(): Promise<void> {
    const parts = this.#parts;
    if (!parts) return;
    const { revision } = parts.source;
    const { desired, classes } = parts.intent.form(this.#applicable(parts.source));
    await this.#shaper.want(classes);
    await parts.reconciler.want(desired);
    if (revision > 0) this.#applied = { milliseconds: this.#now(), revision };
  }

  async #followDecisions({ source }: Parts, signal: AbortSignal): Promise<void> {
    for await (const _ of source.follow(signal)) {
      source.prune(this.#now());
      this.#memory?.keep(() => source.decisions);
      await this.#attempt(() => this.#apply());
    }
  }

  async #follow({ mend, ...monitor }: Watch, signal: AbortSignal): Promise<void> {
    for await (const _ of foreignChanges({ ...monitor, log: this.#log }, signal))
      await this.#attempt(mend);
  }

  /** What has expired ends in the kernel by itself; here others may take its place. */
  async #tick(): Promise<void> {
    const source = this.#parts?.source;
    if (!source) return;
    const now = this.#now();
    const isLostOrFound = this.#losses.look(source.told, now);
    const hasExpired = source.prune(now);
    if (isLostOrFound || hasExpired) await this.#apply();
  }

  async #lookForHosts(): Promise<void> {
    if (!this.#parts?.intent.notesHosts) return;
    const { intent, hosts } = this.#parts;
    if (intent.see(await hosts.look())) await this.#apply();
  }

  async #verifyPeriodically(signal: AbortSignal): Promise<void> {
    let pauseMs = this.#config.reconcileSeconds * 1000;
    while (!signal.aborted) {
      await pause(pauseMs, signal);
      if (signal.aborted) return;
      const started = performance.now();
      await this.#attempt(() => this.#refresh());
      const costMs = (performance.now() - started) / VERIFY_SHARE;
      pauseMs = Math.max(this.#config.reconcileSeconds * 1000, costMs);
    }
  }

  /** New protections, without what has expired; then a look at the kernel. */
  async #refresh(): Promise<void> {
    if (!this.#parts) return;
    const { intent, protectionSource, source, reconciler } = this.#parts;
    intent.protect(await protectionSource.gather());
    source.prune(this.#now());
    await this.#apply();
    await this.#shaper.verify();
    await reconciler.verify();
  }

  /** Reads the counters and tells the collector; one that does not take it is asked again next time. */
  async #report(): Promise<void> {
    if (!this.#parts) return;
    const { collector, connection, intent, source, reconciler } = this.#parts;
    await reconciler.count();
    if (source.connected !== true) return;
    const state = reportOf({
      version: this.#version,
      startedMilliseconds: this.#startedMilliseconds,
      revision: this.#applied.revision,
      appliedMilliseconds: this.#applied.milliseconds,
      elements: intent.wanted.decided,
      refused: intent.wanted.refused,
      counts: reconciler.counts,
      owners: intent.owners,
      effects: intent.wanted.effects.values(),
      problems: this.#problems(),
    });
    const name = gatewayName(this.#config);
    await sendReport(connection, collector, { name, state }).catch((error: Error) => {
      this.#log('debug', 'the collector does not take the report', { reason: error.message });
    });
  }

  #problems(): string[] {
    const { hosts, reconciler } = this.#parts ?? {};
    const others = [this.#memory?.problem, hosts?.problem, reconciler?.problem];
    const problems = [...this.#shaper.problems.values(), ...others];
    return problems.flatMap((problem) => problem?.message ?? []);
  }

  async #every(periodMs: number, task: () => Promise<void>, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await pause(periodMs, signal);
      if (!signal.aborted) await this.#attempt(task);
    }
  }

  /** A failure is logged and counted; the next pass tries again. */
  async #attempt(task: () => Promise<void>): Promise<void> {
    await task().catch((error: GatewayError) => {
      this.#log('error', error.message, { code: error.code });
    });
  }
}

/** What the first version made: a table of it is ours, and built anew. */
const EARLIER_OBJECTS: ReadonlySet<string> = new Set(['set blocked4', 'set blocked6']);
const NO_COUNTERS: ReconcilerCounters = {
  transactions: 0,
  elementChanges: 0,
  builds: 0,
  mends: 0,
  failures: 0,
};

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => {});
}
