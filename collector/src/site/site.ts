// SPDX-License-Identifier: Apache-2.0
// A site is the collectors that see one network. What they tell each other, with a Redis between them
// or, for a single one, without.
import type { Decision, DecisionsResponse } from '@weir/wire';
import type { ObservedChunk } from '../flow-chunk.js';
import type { Amounts } from '../series/sums.js';

/** A template as collectors share it: @weir/native/collect has it. */
export interface SharedTemplate {
  /** In text form. */
  readonly exporterAddress: string;
  /** "netflow9" or "ipfix". */
  readonly exportProtocol: string;
  readonly observationDomainId: number;
  readonly templateId: number;
  /** When its exporter told it last, by the clock of the collector that heard it. */
  readonly toldMilliseconds: number;
  /** Opaque, and the same for the same fields. */
  readonly definition: Uint8Array;
}

/** The decoders, as far as templates go; @weir/native/collect's FlowCollection is one. */
export interface TemplateSource {
  /** Templates that were learnt after these changes; [] gives all. Ask with `changes` the next time. */
  templatesSince(changes: readonly number[]): Promise<{
    readonly templates: readonly SharedTemplate[];
    readonly changes: readonly number[];
  }>;
  /** Takes what other collectors learnt, unless it knows something newer or uses the exporter's own. */
  importTemplates(templates: readonly SharedTemplate[]): Promise<unknown>;
}

/** The decision book, as far as gateways go. */
export interface DecisionSource {
  since(revision: number): DecisionsResponse;
}

/** Another collector's decisions: all of them, or what changed. */
export interface DecisionChange {
  readonly collectorName: string;
  /** Of that collector. */
  readonly revision: number;
  readonly complete: boolean;
  readonly decisions: readonly Decision[];
  /** Ids that hold no longer. */
  readonly removed: readonly string[];
}

/** The largest of something, by octets. */
export interface LiveSum extends Amounts {
  readonly key: string;
}

/** What all collectors of the site saw in the last `spanMs`. */
export interface SiteLive {
  readonly spanMs: number;
  /** Who contributed. */
  readonly collectors: readonly string[];
  readonly totals: Amounts;
  readonly applications: readonly LiveSum[];
  /** Addresses by the flows that they took part in. */
  readonly talkers: readonly LiveSum[];
}

/** For `GET /api/v1/health`. */
export interface SiteState {
  readonly kind: 'local' | 'redis';
  readonly isConnected: boolean;
  readonly publishedTemplates: number;
  readonly importedTemplates: number;
  /** Templates that were not shared or not taken: too many, too large, or not readable. */
  readonly passedOverTemplates: number;
  /** Windows of live sums that did not reach the others. */
  readonly missedWindows: number;
}

export interface Site {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Takes new records into account; copies what it needs. */
  observe(chunk: ObservedChunk): void;
  live(): Promise<SiteLive>;
  /** Calls back with the other collectors' decisions until the returned function is called. */
  followDecisions(listener: (change: DecisionChange) => void): () => void;
  /** There may be new decisions: do not wait for the next turn. */
  wake(): void;
  readonly state: SiteState;
  /** What is wrong now, a sentence each. */
  problems(): string[];
}
