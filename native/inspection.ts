// SPDX-License-Identifier: Apache-2.0
// What tools for writers of signatures ask of the addon; see native/src/inspect. Types only.
import type { SignatureSet, StreamSide, Transport, TunnelKind } from './index.js';

/** A capture file, and how flows are made of it. */
export interface InspectedCapture {
  readonly path: string;
  readonly tunnels: readonly TunnelKind[];
  readonly idleTimeoutMs: number;
  readonly activeTimeoutMs: number;
}

/** Either endpoint may have begun the flow. */
export interface FlowChoice {
  readonly sourceAddress: string;
  readonly destinationAddress: string;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly protocol: number;
  /** of one of its records; null: the first such flow is meant */
  readonly startMs: number | null;
}

/** Octets that came together. */
export interface StreamPiece {
  /** number in the flow, from 1 */
  readonly packet: number;
  readonly offset: number;
  readonly length: number;
}

export interface ExplainedMatch {
  /** index in SignatureSet.patterns */
  readonly pattern: number;
  readonly packet: number;
  /** as the verdict rule takes it: of the first octets */
  readonly evidenceBits: number;
  /** null where the engine cannot tell */
  readonly startOffset: number | null;
  readonly endOffset: number;
  /** the protocol is named by it */
  readonly decides: boolean;
}

/** A pattern whose first octets are there, but no match. */
export interface NearMiss {
  readonly pattern: number;
  readonly fittingBytes: number;
  /** octets that it takes next */
  readonly expected: Buffer;
  /** the stream ends there */
  readonly endsEarly: boolean;
  readonly hasOtherSize: boolean;
}

/** A TCP direction in order, or a datagram, as far as it is looked at. */
export interface ExplainedStream {
  readonly transport: Transport;
  readonly side: StreamSide;
  readonly startWasSeen: boolean;
  /** all of its payload; 0 for TCP */
  readonly datagramBytes: number;
  readonly octets: Buffer;
  readonly pieces: readonly StreamPiece[];
  /** by packet, then by the verdict rule */
  readonly matches: readonly ExplainedMatch[];
  readonly nearMisses: readonly NearMiss[];
}

export interface FlowExplanation {
  readonly packets: number;
  /** selectors; 0: none */
  readonly application: number;
  readonly protocol: number;
  /** "/match/1", "/serverNames/3"; "" without a name */
  readonly rule: string;
  readonly confidence: string;
  /** with payload, until the verdict */
  readonly verdictPackets: number;
  readonly facts: {
    readonly serverName: string;
    readonly alpn: string;
    readonly ja4: string;
    readonly software: string;
    readonly clientName: string;
    readonly tlsVersion: number;
  };
  readonly streams: readonly ExplainedStream[];
}

export interface EngineRefusal {
  readonly code: string;
  readonly message: string;
  /** in the regex, octets; null where the engine does not say */
  readonly offset: number | null;
}

export interface PatternReview {
  readonly hyperscan: EngineRefusal | null;
  readonly emulator: EngineRefusal | null;
  readonly isAnchored: boolean;
  /** of the match that says least; null where it is not known */
  readonly evidenceBits: number | null;
}

export interface ReviewedSample {
  readonly transport: Transport;
  readonly side: StreamSide;
  readonly payload: Buffer;
}

export interface SignatureReview {
  /** as in the set */
  readonly patterns: readonly PatternReview[];
  /** by sample: patterns that match; the first names the flow */
  readonly samples: readonly (readonly number[])[];
}

export interface PatternCost {
  readonly pattern: number;
  readonly isAnchored: boolean;
  /** alone, over the heads of its transport and direction */
  readonly nsPerOctet: number;
  /** of the time of all patterns alone, 0 to 1 */
  readonly share: number;
  /** how much less its transport and direction take without it, 0 to 1; null: not measured */
  readonly saving: number | null;
}

export interface SignatureCosts {
  readonly heads: number;
  readonly octets: number;
  /** of the whole set as a lane scans */
  readonly nsPerOctet: number;
  readonly patterns: readonly PatternCost[];
}

export interface InspectionAddon {
  /** Null when the capture has no such flow. @throws WEIR_CAPTURE_…, WEIR_SIGNATURE_… */
  explainFlow(request: {
    readonly capture: InspectedCapture;
    readonly signatures: SignatureSet;
    readonly cacheFolder: string;
    readonly flow: FlowChoice;
  }): FlowExplanation | null;
  reviewSignatures(
    signatures: SignatureSet,
    samples: readonly ReviewedSample[],
    cacheFolder: string,
  ): SignatureReview;
  measureCosts(request: {
    readonly capture: InspectedCapture;
    readonly signatures: SignatureSet;
    /** so many of the dearest are left out in turn */
    readonly compared: number;
  }): SignatureCosts;
  /** Index in SignatureSet.serverNames, or null. `name` in lower case. */
  findServerName(signatures: SignatureSet, name: string): number | null;
}
