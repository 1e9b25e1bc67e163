// SPDX-License-Identifier: Apache-2.0
// Typed facade of the data plane, and the only TypeScript that loads the addon. Packets never cross
// it: configuration goes in, counters come out; only who asks to have one flow of a capture explained
// gets its payload. Names are spelt as in C++.
import { createRequire } from 'node:module';
import type { InspectionAddon } from './inspection.js';

export type * from './inspection.js';

export interface EngineChoice {
  readonly engine: 'hyperscan' | 'emulator' | 'ncore' | 'none';
  /** of ncore; null: the first that its library lists */
  readonly device: number | null;
}

/** What matches patterns; see native/src/classify/engine.h. */
export interface EngineOptions {
  /** what stands first is used, the next when it is not to be had or fails; not empty */
  readonly order: readonly EngineChoice[];
  /** path of a vendor's ncore library; "" for none */
  readonly library: string;
  /** of the first device in the order, as its implementation takes them; "" for none */
  readonly settings: string;
  /** payloads wait no longer for others to be submitted with */
  readonly gatherMs: number;
  /** a device that completes nothing for so long has failed */
  readonly deadlineMs: number;
}

/** One engine of the order as it is now. */
export interface EngineState {
  readonly name: string;
  /** of lanes that use it */
  readonly matchers: number;
  /** the last, by name: "lost", "stuck" …; "" for none */
  readonly failure: string;
  /** of one that could not be had, in words; else "" */
  readonly reason: string;
}

export interface Engines {
  readonly order: readonly EngineState[];
  /** since the start, by name */
  readonly failures: Readonly<Record<string, number>>;
  /** given to the next engine from their start */
  readonly refedStreams: number;
  /** not so, since their start was not kept */
  readonly lostStreams: number;
  /** cut short by a device, matched again beside it */
  readonly redoneRequests: number;
  /** the same, where that is not possible */
  readonly cutRequests: number;
  /** no engine was left */
  readonly unmatchedRequests: number;
  /** at this moment: kept to be fed again */
  readonly journalBytes: number;
}

/** what is done with the folder that keeps compiled signatures */
export type CacheUse = 'read-and-write' | 'read-only';

/** The signature set as the classifier takes it; see native/src/classify/signature.h. */
export interface SignatureSet {
  readonly applications: readonly Application[];
  readonly patterns: readonly Pattern[];
  readonly serverNames: readonly ServerNameRule[];
  readonly ports: readonly PortHint[];
  readonly known: KnownApplications;
}

export interface Application {
  /** RFC 6759 selector under classification engine 6, 3 octets */
  readonly selector: number;
  /** at most 24 octets */
  readonly name: string;
  /** at most 55 octets */
  readonly description: string;
  readonly category: string;
  /** names every flow of this IP protocol; 0: none */
  readonly ipProtocol: number;
}

export type Transport = 'tcp' | 'udp';

/** `client` is the side that sent the flow's first packet. */
export type StreamSide = 'client' | 'server';

export interface Pattern {
  /** PCRE2 syntax on octets; the dot matches all of them */
  readonly regex: string;
  readonly caseless: boolean;
  readonly transport: Transport;
  readonly side: StreamSide;
  /** selector of the application that it names */
  readonly application: number;
  /** selector of the protocol in whose flows it is looked for; else `application` */
  readonly protocol: number;
  /** in its application's list of patterns */
  readonly ordinal: number;
  /** a weak shape: what it names is likely, not certain */
  readonly isBehaviour: boolean;
  /** the higher wins among patterns that match in one packet, then more evidence, then the smaller selector */
  readonly priority: number;
  /** bounds of a UDP payload, inclusive; 0: none */
  readonly minimumDatagramBytes: number;
  readonly maximumDatagramBytes: number;
  /** for messages: "signatures/ssh.yaml:9: SSH" */
  readonly source: string;
}

/** A server's name, and all names below it unless it is exact, belong to a service. */
export interface ServerNameRule {
  /** lower case, without a dot at either end */
  readonly suffix: string;
  readonly isExact: boolean;
  /** selector */
  readonly application: number;
  /** in its application's list of names */
  readonly ordinal: number;
  /** for messages */
  readonly source: string;
}

/** What a port is for as a rule. */
export interface PortHint {
  readonly port: number;
  readonly transport: Transport;
  /** selector */
  readonly application: number;
}

/** Selectors that the classifier itself must know; 0 if absent from the set. */
export interface KnownApplications {
  readonly ftp: number;
  readonly ftpData: number;
  readonly sip: number;
  readonly rtp: number;
  readonly rtcp: number;
  readonly tls: number;
  readonly dtls: number;
  readonly quic: number;
  readonly http: number;
  readonly dns: number;
  readonly stun: number;
  readonly ssh: number;
  readonly dhcp: number;
  readonly ethereum: number;
}

export type Source =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'replay'; readonly path: string; readonly end: 'finish' | 'loop' }
  | { readonly kind: 'interface'; readonly interfaceName: string };

export interface ExportTarget {
  readonly protocol: 'netflow5' | 'netflow9' | 'ipfix';
  readonly transport: 'udp' | 'tcp' | 'tls' | 'file';
  /** "" and 0 for a file */
  readonly host: string;
  readonly port: number;
  /** of a file, else "" */
  readonly path: string;
}

/** How messages travel, the same for all targets. Empty strings: none given. */
export interface TransportOptions {
  readonly sourceAddress: string;
  /** a datagram fits this, headers included, and the path's own MTU */
  readonly maximumMtuBytes: number;
  /** of messages that wait for a TCP or TLS collector, by lane and target */
  readonly bufferBytes: number;
  /** PEM: who may vouch for a TLS collector; "" is the system's */
  readonly authorityFile: string;
  readonly certificateFile: string;
  readonly keyFile: string;
  /** a new file after this time of the packets, 0: one file */
  readonly rotateMs: number;
}

/** Tunnels whose inner packets can be taken as the flows' own; see native/src/decode/tunnel.h. */
export type TunnelKind = 'gre' | 'ipip' | 'vxlan' | 'geneve' | 'gtpu';

export interface DataPlaneConfig {
  readonly source: Source;
  readonly lanes: number;
  /** lane n runs on the n-th of these processor cores only; empty: anywhere */
  readonly cores: readonly number[];
  readonly tunnels: readonly TunnelKind[];
  readonly idleTimeoutMs: number;
  readonly activeTimeoutMs: number;
  /** by lane */
  readonly maximumFlows: number;
  readonly engines: EngineOptions;
  readonly signatures: SignatureSet;
  /** records of flows without a name say what the port is for */
  readonly portHints: boolean;
  /** for compiled signatures; "" keeps none */
  readonly cacheFolder: string;
  readonly cacheUse: CacheUse;
  readonly targets: readonly ExportTarget[];
  /** every target gets every record, or each flow has one target */
  readonly exportMode: 'fan-out' | 'share';
  readonly transport: TransportOptions;
  /** of ipfix targets: one record for both directions (RFC 5103), or one for each */
  readonly ipfixFlows: 'biflow' | 'uniflow';
  /** templates and options data go out again after this */
  readonly templateRefreshMs: number;
  /** of Weir's private elements; 0: they are not exported */
  readonly enterpriseNumber: number;
  /** "-" standard output, "" none */
  readonly recordsPath: string;
  readonly exportOnClassify: boolean;
  /** one packet of so many is looked at */
  readonly samplingInterval: number;
  readonly samplingAlgorithm: 'systematic' | 'random';
  /** degrade: new flows stay unnamed, then packets are sampled; drop: the kernel drops */
  readonly onOverload: 'degrade' | 'drop';
  /** of lane 0; lane n has this + n */
  readonly observationDomain: number;
}

/** What a running data plane can take over. */
export interface ReloadConfig {
  readonly idleTimeoutMs: number;
  readonly activeTimeoutMs: number;
  readonly exportOnClassify: boolean;
  /** null: as they are */
  readonly signatures: SignatureSet | null;
}

export interface PacketSum {
  readonly packets: number;
  readonly octets: number;
}

export interface ExporterCounters {
  readonly records: number;
  readonly packets: number;
  readonly octets: number;
  readonly messages: number;
  readonly messageOctets: number;
  readonly failedMessages: number;
  readonly failedRecords: number;
  readonly failedPackets: number;
  readonly failedOctets: number;
  readonly unreachableMessages: number;
  readonly sessions: number;
  /** 1 while there is a session with the collector, else 0; added up: lanes that have one */
  readonly connected: number;
  readonly failedMessagesByReason: Readonly<Record<string, number>>;
  /** in words; "" while nothing has failed */
  readonly lastFailure: string;
  /** of `unreachableMessages` */
  readonly lastUnreachable: string;
  readonly unsupportedRecords: number;
  readonly unsupportedPackets: number;
  readonly unsupportedOctets: number;
  /** without a value that the protocol has no room for */
  readonly incompleteRecords: number;
  /** age of the oldest record that is not yet sent or written, by the lane's clock; 0: none waits */
  readonly lagNs: number;
}

/** A lane's books; native/src/lane/lane_counters.h says what adds up to what. */
export interface LaneCounters {
  readonly captured: PacketSum;
  readonly frameOctets: number;
  /** that other lanes count, and this one learned from */
  readonly overheardPackets: number;
  readonly exceptions: Readonly<Record<string, PacketSum>>;
  readonly notSampled: PacketSum;
  readonly estimated: PacketSum;
  readonly recorded: PacketSum;
  /** index: flowEndReason */
  readonly recordsByEndReason: readonly number[];
  readonly flows: number;
  readonly evictedFlows: number;
  readonly liveFlows: number;
  readonly samplingInterval: number;
  /** by which the interval is longer under overload, and for how many a packet looked at counts */
  readonly samplingFactor: number;
  /** 0: nothing is given up; 1: names of new flows; above: sampling, see samplingFactor */
  readonly overloadLevel: number;
  readonly overloadChanges: number;
  readonly classifyNs: number;
  readonly capture: Readonly<Record<string, number>>;
  /** packets in tunnels: entered, and by the reason why not */
  readonly tunnels: Readonly<Record<string, number>>;
  readonly classifier: Readonly<Record<string, number>>;
  readonly cpuNs: number;
  readonly wallNs: number;
  /** in the order of `targets`, then the records file */
  readonly exporters: readonly ExporterCounters[];
}

/** The names that `LANE_WATCH` holds: LaneCounters' own, and those of its parts. */
export type LaneWatch =
  | 'packets'
  | 'frameOctets'
  | 'evictedFlows'
  | 'liveFlows'
  | 'samplingFactor'
  | 'overloadLevel'
  | 'kernelDroppedPackets'
  | 'interfaceLosses'
  | 'interfaceReturns'
  | 'slotShortageFlows'
  | 'shedFlows'
  | 'matcherBusyRequests'
  | 'cpuNs'
  | 'wallNs';

/** The names that `TARGET_WATCH` holds: some of ExporterCounters'. */
export type TargetWatch = 'failedRecords' | 'unreachableMessages' | 'sessions' | 'connected';

/** Errors thrown by `build` and `start` carry a stable `code` (WEIR_…). */
export interface DataPlane {
  /** Compiles the signatures and builds all lanes; opens nothing. */
  build(): void;
  /** Opens sources, sockets and files: what may need a right that is dropped afterwards. */
  open(): void;
  /** Starts the lanes' threads, after `open`. */
  start(): void;
  /**
   * Compiles the new signatures off the event loop; resolves when all lanes have taken them over,
   * between two batches of packets. Rejects as `build` throws, and all is as before. One at a time,
   * while the lanes run.
   */
  reload(config: ReloadConfig): Promise<void>;
  /**
   * Opens engines again that were not to be had or have failed, off the event loop; lanes come back
   * to them by themselves. One at a time.
   */
  reviveEngines(): Promise<void>;
  /** Closes off the event loop what lanes do not need any more: a failed device may take long. */
  freeReturned(): Promise<void>;
  /** Asks the lanes to end their flows and leave. */
  stop(): void;
  /** Resolves when all lanes have left: after `stop`, or at the end of a file. Rejects when one has failed. */
  wait(): Promise<void>;
  counters(): LaneCounters[];
  /**
   * Writes a few of the counters without making an object: for each lane those of LANE_WATCH, then for
   * each of its exporters those of TARGET_WATCH. The length of `into` must be just that, after `build`.
   */
  watch(into: Float64Array): void;
  /** What became of the engines; after `build`. */
  engines(): Engines;
  /** What makes the capture less than exact, and what to do about it: sentences, known after `open`. */
  warnings(): string[];
  /** What went wrong with the records file (full disk, closed pipe), or null. */
  recordsFailure(): string | null;
}

export interface UserIdentity {
  readonly uid: number;
  readonly gid: number;
}

interface Addon extends InspectionAddon {
  findUser(name: string): UserIdentity | null;
  dropPrivileges(keptCapabilities: readonly number[], user: string | null): void;
  notifyServiceManager(message: string): boolean;
  readonly laneWatch: readonly LaneWatch[];
  readonly targetWatch: readonly TargetWatch[];
  readonly DataPlane: new (config: DataPlaneConfig) => DataPlane;
}

const addon = createRequire(import.meta.url)('../build/Release/weir.node') as Addon;

export const DataPlane: new (config: DataPlaneConfig) => DataPlane = addon.DataPlane;

/** What `watch` writes of each lane, in this order. */
export const LANE_WATCH: readonly LaneWatch[] = addon.laneWatch;

/** What `watch` writes of each exporter of a lane, in this order. */
export const TARGET_WATCH: readonly TargetWatch[] = addon.targetWatch;

/** The system's user of this name, or null. */
export const findUser: Addon['findUser'] = addon.findUser;

/**
 * Takes from all threads, for good, every capability but those kept (numbers of linux/capability.h)
 * and becomes `user` unless that is null. Throws WEIR_PROBE_CANNOT_DROP_PRIVILEGES.
 */
export const dropPrivileges: Addon['dropPrivileges'] = addon.dropPrivileges;

/** Tells systemd, when it started this process as Type=notify (sd_notify(3)); whether it took it. */
export const notifyServiceManager: Addon['notifyServiceManager'] = addon.notifyServiceManager;

/** What a capture has of one flow, and why it has its name. */
export const explainFlow: Addon['explainFlow'] = addon.explainFlow;

/** What can be said of signatures without traffic. */
export const reviewSignatures: Addon['reviewSignatures'] = addon.reviewSignatures;

/** What patterns cost on a capture's payloads; takes seconds. */
export const measureCosts: Addon['measureCosts'] = addon.measureCosts;

/** The rule that a server's name belongs to. */
export const findServerName: Addon['findServerName'] = addon.findServerName;
