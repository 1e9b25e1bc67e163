// SPDX-License-Identifier: Apache-2.0
// What the operator says about the network, as the data plane takes it: all checked, nothing left out.
// See native/src/collect/enrich/enrichment_config.h.

export interface NetworkEntry {
  /** 192.0.2.0/24 */
  readonly prefix: string;
  readonly name: string;
  readonly role: string;
  readonly site: string;
  /** inside, when a flow's scope is told */
  readonly own: boolean;
}

export interface ExporterEntry {
  readonly address: string;
  /** '': only its interfaces have names */
  readonly name: string;
  /** by SNMP index */
  readonly interfaces: readonly { readonly index: number; readonly name: string }[];
}

/** A name for flows that have none. */
export interface ServiceEntry {
  /** IP's number */
  readonly protocol: number;
  /** 0: any flow of the protocol */
  readonly port: number;
  readonly name: string;
  readonly category: string;
}

/** Records that count, where there are such entries. */
export interface BoundaryEntry {
  /** '': any */
  readonly exporter: string;
  /** SNMP indexes; empty: any */
  readonly interfaces: readonly number[];
  /** which of the record's two interfaces has to be one of them */
  readonly side: 'ingress' | 'egress' | 'either';
}

export interface EnrichmentConfig {
  readonly networks: readonly NetworkEntry[];
  readonly exporters: readonly ExporterEntry[];
  readonly services: readonly ServiceEntry[];
  /** in the MaxMind DB format; '': none */
  readonly countryFile: string;
  readonly asnFile: string;
  readonly boundaries: readonly BoundaryEntry[];
  /** Of a flow that several exporters report one exporter's records count. 0: not looked at. */
  readonly deduplicationWindowMs: number;
  readonly deduplicationFlows: number;
}
