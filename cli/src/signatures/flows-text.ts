// SPDX-License-Identifier: Apache-2.0
// The flows of captures and their names, as tables.
import type { CaptureFlow } from '@weir/probe';
import { fittingTable } from '../text-table.js';

export interface TestedFile {
  readonly file: string;
  readonly flows: readonly CaptureFlow[];
}

export interface ApplicationSummary {
  readonly application: string;
  readonly flows: number;
  readonly packets: number;
  readonly octets: number;
  /** flows by confidence */
  readonly confidences: Readonly<Record<string, number>>;
}

/** Below it the client has no column, and the server's name stands for its address. */
const WIDE = 110;

const PROTOCOLS: Readonly<Record<number, string>> = {
  1: 'icmp',
  2: 'igmp',
  6: 'tcp',
  17: 'udp',
  47: 'gre',
  50: 'esp',
  51: 'ah',
  58: 'icmpv6',
  132: 'sctp',
};

export const protocolName = (protocol: number): string => PROTOCOLS[protocol] ?? `ip${protocol}`;

export function endpointText(address: string, port: number): string {
  if (port === 0) return address;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** The part of a rule that its application does not say: "match/1". */
const ruleTail = ({ rule = '' }: CaptureFlow): string => rule.slice(rule.indexOf('/') + 1);

function nameText({ application, applicationProtocol }: CaptureFlow): string {
  const isInside = applicationProtocol !== undefined && applicationProtocol !== application;
  return isInside ? `${application} in ${applicationProtocol}` : application;
}

function flowRow(flow: CaptureFlow, isWide: boolean): (string | number)[] {
  const { number, confidence, verdictPackets, serverName = '' } = flow;
  const server = isWide || serverName === '' ? flow.destinationAddress : serverName;
  const endpoint = `${endpointText(server, flow.destinationPort)}/${protocolName(flow.protocol)}`;
  return [
    number,
    nameText(flow),
    confidence,
    ruleTail(flow),
    verdictPackets === undefined || verdictPackets === 0 ? '' : String(verdictPackets).padStart(4),
    ...(isWide
      ? [endpointText(flow.sourceAddress, flow.sourcePort), endpoint, serverName]
      : [endpoint]),
  ];
}

export function flowsText({ file, flows }: TestedFile, width: number): string {
  const isWide = width >= WIDE;
  const heading = [
    'flow',
    'application',
    'confidence',
    'rule',
    'after',
    ...(isWide ? ['client', 'server', 'server name'] : ['server']),
  ];
  const rows = flows.map((flow) => flowRow(flow, isWide));
  return `${file}\n${rows.length === 0 ? 'no such flow\n' : fittingTable(heading, rows, width)}`;
}

/** Those with the most flows first. */
export function summarize(flows: readonly CaptureFlow[]): ApplicationSummary[] {
  const sums = new Map<string, ApplicationSummary>();
  for (const { application, packets, octets, confidence } of flows) {
    const sum = sums.get(application);
    const { [confidence]: before = 0, ...others } = sum?.confidences ?? {};
    sums.set(application, {
      application,
      flows: (sum?.flows ?? 0) + 1,
      packets: (sum?.packets ?? 0) + packets,
      octets: (sum?.octets ?? 0) + octets,
      confidences: { ...others, [confidence]: before + 1 },
    });
  }
  return [...sums.values()].sort(
    (left, right) =>
      right.flows - left.flows || left.application.localeCompare(right.application, 'en'),
  );
}

export function summariesText(summaries: readonly ApplicationSummary[], width: number): string {
  const flows = summaries.reduce((sum, one) => sum + one.flows, 0);
  if (flows === 0) return 'no flows\n';
  const unknown = summaries.find(({ application }) => application === 'unknown')?.flows ?? 0;
  const table = fittingTable(
    ['application', 'flows', 'packets', 'octets', 'confidence'],
    summaries.map(({ application, flows: count, packets, octets, confidences }) => [
      application,
      count,
      packets,
      octets,
      Object.entries(confidences)
        .map(([confidence, number]) => `${confidence} ${number}`)
        .join(', '),
    ]),
    width,
  );
  const share = ((100 * (flows - unknown)) / flows).toFixed(1);
  const sum = `${flows.toLocaleString('en')} flows, ${share} % with a name`;
  return `${table}\n${sum}\n`;
}
