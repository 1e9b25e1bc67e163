// SPDX-License-Identifier: Apache-2.0
// The flows of a capture as the probe names them: its data plane reads the file and writes records.
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { ProbeConfig } from '../config.js';
import { foldersOf, Probe } from '../probe.js';

/** A record as --records writes it, as far as it is needed here. */
interface Biflow {
  readonly sourceIPv4Address?: string;
  readonly sourceIPv6Address?: string;
  readonly destinationIPv4Address?: string;
  readonly destinationIPv6Address?: string;
  readonly sourceTransportPort: number;
  readonly destinationTransportPort: number;
  readonly protocolIdentifier: number;
  readonly flowStartMilliseconds: number;
  readonly packetDeltaCount: number;
  readonly octetDeltaCount: number;
  readonly reversePacketDeltaCount: number;
  readonly reverseOctetDeltaCount: number;
  readonly applicationName: string;
  readonly applicationProtocol?: string;
  readonly applicationCategoryName?: string;
  readonly applicationConfidence: string;
  readonly applicationRule?: string;
  readonly applicationPackets?: number;
  readonly serverName?: string;
}

/** A flow of a capture and its name. */
export interface CaptureFlow {
  /** in its file, from 1, in the order of first packets; within a millisecond, of endpoints */
  readonly number: number;
  readonly sourceAddress: string;
  readonly sourcePort: number;
  readonly destinationAddress: string;
  readonly destinationPort: number;
  readonly protocol: number;
  readonly startMs: number;
  readonly packets: number;
  readonly octets: number;
  /** "unknown" without a name */
  readonly application: string;
  readonly applicationProtocol: string | undefined;
  readonly category: string | undefined;
  readonly confidence: string;
  /** "TLS/match/1" */
  readonly rule: string | undefined;
  /** with payload, until the verdict */
  readonly verdictPackets: number | undefined;
  readonly serverName: string | undefined;
}

/** So that a flow gives one record, unless it falls silent. */
const ACTIVE_TIMEOUT_SECONDS = 86_400;

/** How a capture is read for its flows alone: one lane, all packets, no exports. */
function readingOf(config: ProbeConfig, file: string, records: string): ProbeConfig {
  const {
    interface: _interface,
    replay: _replay,
    pin: _pin,
    stats: _stats,
    metrics: _metrics,
    control: _control,
    user: _user,
    exportRotateSeconds: _rotate,
    ...rest
  } = config;
  return {
    ...rest,
    read: file,
    records,
    loop: false,
    lanes: 1,
    export: [],
    activeTimeoutSeconds: ACTIVE_TIMEOUT_SECONDS,
    exportOnClassify: false,
    samplingInterval: 1,
    onOverload: 'drop',
  };
}

function flowOf(record: Biflow, number: number): CaptureFlow {
  return {
    number,
    sourceAddress: record.sourceIPv4Address ?? record.sourceIPv6Address ?? '',
    sourcePort: record.sourceTransportPort,
    destinationAddress: record.destinationIPv4Address ?? record.destinationIPv6Address ?? '',
    destinationPort: record.destinationTransportPort,
    protocol: record.protocolIdentifier,
    startMs: record.flowStartMilliseconds,
    packets: record.packetDeltaCount + record.reversePacketDeltaCount,
    octets: record.octetDeltaCount + record.reverseOctetDeltaCount,
    application: record.applicationName,
    applicationProtocol: record.applicationProtocol,
    category: record.applicationCategoryName,
    confidence: record.applicationConfidence,
    rule: record.applicationRule,
    verdictPackets: record.applicationPackets,
    serverName: record.serverName,
  };
}

function endpointsOf(record: Biflow): string {
  const { sourceAddress, sourcePort, destinationAddress, destinationPort, protocol } = flowOf(
    record,
    0,
  );
  return [sourceAddress, sourcePort, destinationAddress, destinationPort, protocol].join(' ');
}

async function readRecords(file: string): Promise<Biflow[]> {
  const records: Biflow[] = [];
  for await (const line of createInterface({ input: createReadStream(file) })) {
    if (line !== '') records.push(JSON.parse(line) as Biflow);
  }
  return records;
}

/** @throws what Probe throws: WEIR_CAPTURE_…, WEIR_SIGNATURE_… */
export async function captureFlows(config: ProbeConfig, file: string): Promise<CaptureFlow[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'weir-flows-'));
  try {
    const recordsFile = path.join(folder, 'records.jsonl');
    const probe = new Probe(readingOf(config, file, recordsFile));
    probe.build();
    probe.open();
    probe.start();
    await probe.finished();
    const records = await readRecords(recordsFile);
    // Records come as flows end, and say no more of a start than its millisecond.
    return records
      .map((record) => ({ record, endpoints: endpointsOf(record) }))
      .sort(
        (left, right) =>
          left.record.flowStartMilliseconds - right.record.flowStartMilliseconds ||
          left.endpoints.localeCompare(right.endpoints, 'en', { numeric: true }),
      )
      .map(({ record }, index) => flowOf(record, index + 1));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Reads and compiles the signatures as a probe would, and leaves nothing behind.
 * @returns their folders
 * @throws what Probe throws
 */
export function checkSignatures(config: ProbeConfig): string[] {
  new Probe(readingOf(config, '', '')).build('read-only');
  const { base, more } = foldersOf(config);
  return [base, ...more];
}
