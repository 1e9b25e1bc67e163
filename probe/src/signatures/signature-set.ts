// SPDX-License-Identifier: Apache-2.0
// The signature set as the native classifier takes it: names as in native/src/classify/signature.h.

export type Transport = 'tcp' | 'udp';

/** `client` is the side that sent the flow's first packet. */
export type StreamSide = 'client' | 'server';

export interface Application {
  /** Selector under classification engine 6 (RFC 6759). */
  selector: number;
  name: string;
  description: string;
  category: string;
  /** Names every flow of this IP protocol; 0 means none. */
  ipProtocol: number;
}

export interface Pattern {
  /** PCRE2 syntax on octets; the dot matches all of them. */
  regex: string;
  caseless: boolean;
  transport: Transport;
  side: StreamSide;
  /** Selector of the application that it names. */
  application: number;
  /** The higher wins among patterns that match in one packet, then the smaller selector. */
  priority: number;
  /** Bounds of a UDP payload, inclusive; 0 means none. */
  minimumDatagramBytes: number;
  maximumDatagramBytes: number;
  /** For messages: "signatures/ssh.yaml:9: SSH". */
  source: string;
}

/** Selectors that the classifier itself must know; 0 if absent from the set. */
export interface ExpectedApplications {
  ftp: number;
  ftpData: number;
  sip: number;
  rtp: number;
  rtcp: number;
}

export interface SignatureSet {
  applications: Application[];
  patterns: Pattern[];
  expected: ExpectedApplications;
}

/** A payload from a signature file, with what must come of it. */
export interface Sample {
  application: string;
  transport: Transport;
  side: StreamSide;
  payload: Buffer;
  /** False for a near miss: the set may name it, but not `application`. */
  matches: boolean;
  source: string;
}
