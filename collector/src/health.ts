// SPDX-License-Identifier: Apache-2.0
// What the collector says of itself: counters of every stage, and in words what somebody has to look at.
import { DROP_REASONS, type DropReason, type HealthResponse } from '@weir/wire';
import type { Access } from './access/access.js';
import type { CollectorConfig } from './config.js';
import type { Decisions } from './decide/decisions.js';
import type { DropCounters } from './drops.js';
import type { Outputs } from './outputs.js';
import type { FlowIntake } from './receive/flow-intake.js';
import { createRecentGrowth } from './receive/recent-growth.js';
import { whereToSend } from './receive/where-to-send.js';
import type { Spool } from './spool/spool.js';
import type { FlowStore } from './store/flow-store.js';
import { VERSION } from './version.js';

/** The stages, and what was dropped between them. */
export interface HealthSources {
  readonly config: CollectorConfig;
  readonly intake: FlowIntake;
  readonly spool: Spool;
  readonly store: FlowStore;
  readonly decisions: Decisions;
  readonly access: Access;
  readonly outputs: Outputs;
  readonly drops: Readonly<DropCounters>;
}

/** A loss is a problem for so long after it happened. */
const LOSS_REPORT_MS = 600_000;

/** Asks the stages each time; keeps only what was lost lately. */
export class Health {
  readonly #sources: HealthSources;
  readonly #kernelLosing = createRecentGrowth(LOSS_REPORT_MS);
  readonly #storeLosing = createRecentGrowth(LOSS_REPORT_MS);
  readonly #passingOver = createRecentGrowth(LOSS_REPORT_MS);
  #startedMilliseconds = Date.now();

  constructor(sources: HealthSources) {
    this.#sources = sources;
  }

  /** The collector runs from now on. */
  started(): void {
    this.#startedMilliseconds = Date.now();
  }

  state(): HealthResponse {
    const problems = this.#problems();
    return {
      status: problems.length === 0 ? 'ok' : 'degraded',
      version: VERSION,
      uptimeSeconds: (Date.now() - this.#startedMilliseconds) / 1000,
      problems,
      receive: this.#receive(),
      store: this.#store(),
      decide: this.#decide(),
      ...this.#sources.outputs.health,
    };
  }

  #problems(): string[] {
    const { intake, drops, spool, store, access, decisions, outputs } = this.#sources;
    const now = Date.now();
    const lost = intake.counters.drops.receiveBufferFull ?? 0;
    const { storeOverflow = 0 } = drops;
    const { problem, writeProblem, pendingRecords } = spool.state;
    const { passedOver } = decisions.book;
    const problems = [
      this.#kernelLosing(lost, now) &&
        `the kernel dropped ${lost} datagrams: ${intake.bufferHint ?? 'this machine is too slow for the exporters'}`,
      problem !== undefined && `the store refuses records, ${pendingRecords} wait: ${problem}`,
      writeProblem !== undefined &&
        `records are lost, they cannot be written: ${writeProblem}; make room on the disk`,
      store.state.problem,
      this.#storeLosing(storeOverflow, now) &&
        `${storeOverflow} records were lost because the spool is full: the store did not take them in time; see that the disk is fast enough, or raise --spool-size`,
      this.#countsNothing(),
      ...access.problems,
      this.#passingOver(passedOver, now) &&
        `${passedOver} decisions were not made: there are too many at once; make rules narrower`,
      ...decisions.problems(),
      ...outputs.problems(),
    ];
    return problems.filter((text) => typeof text === 'string');
  }

  /** All charts are empty then, while records are there to be looked at. */
  #countsNothing(): string | undefined {
    const { rows = 0, outsideBoundaryRows = 0 } = this.#sources.intake.counters.all;
    if (rows === 0 || outsideBoundaryRows < rows) return undefined;
    return `none of ${rows} records counts in sums: none crosses a boundary; see count.boundaries in the network file`;
  }

  #receive(): HealthResponse['receive'] {
    const { config, intake, drops } = this.#sources;
    const { datagrams, octets, records, drops: intakeDrops, all: counters } = intake.counters;
    return {
      ...whereToSend(config, intake.endpoints),
      datagrams,
      octets,
      records,
      dropsByReason: { ...allReasons(drops), ...intakeDrops },
      counters,
    };
  }

  #store(): HealthResponse['store'] {
    const { config, intake, spool, store } = this.#sources;
    const { octets, droppedForSize, migration, tables } = store.state;
    const { takenRecords, pendingRecords, failedAttempts, ...waiting } = spool.state;
    return {
      engine: store.engine,
      storedRecords: takenRecords,
      pendingRecords: pendingRecords + intake.heldRecords,
      failedInserts: failedAttempts,
      octets,
      mostOctets: config.storeBytes,
      droppedForSize,
      ...(migration !== undefined && { migration }),
      tables: tables.map((table) => ({ ...table })),
      spool: {
        files: waiting.files,
        octets: waiting.octets,
        mostOctets: config.spoolBytes,
        filesSetAside: waiting.filesSetAside,
      },
    };
  }

  #decide(): HealthResponse['decide'] {
    const { control, book, decider, feed } = this.#sources.decisions;
    return {
      rules: control.rules.length,
      decisions: book.decisionCount,
      revision: book.revision,
      trackedKeys: decider.room.used,
      mostTrackedKeys: decider.room.most,
      givenUpKeys: decider.room.givenUp,
      waiting: feed.places.taken,
      refusedWaiting: feed.places.refused,
    };
  }
}

/** Every reason, also those that did not happen: a zero is an answer. */
function allReasons(drops: Readonly<DropCounters>): Record<string, number> {
  const reasons = Object.keys(DROP_REASONS) as DropReason[];
  return Object.fromEntries(reasons.map((reason) => [reason, drops[reason] ?? 0]));
}
