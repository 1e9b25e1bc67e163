// SPDX-License-Identifier: Apache-2.0
// Why a flow has its name, for a person and for programs.
import path from 'node:path';
import type { NamedExplanation, NamedMatch, NamedNearMiss, NamedStream } from '@weir/probe';
import { wrap } from '../terminal.js';
import { endpointText, protocolName } from './flows-text.js';
import { type Mark, octetDump, octetSetText, ROW_OCTETS } from './octet-dump.js';

export interface ExplanationView {
  readonly width: number;
  readonly marks: 'colour' | 'carets';
  /** all octets, or those up to a little behind the last match */
  readonly extent: 'all' | 'matches';
}

const ROWS_MIN = 8;
const ROWS_BEHIND_MATCH = 2;
/** Datagrams shown although nothing matches in them. */
const DATAGRAMS_SHOWN = 4;
const PAGE_WIDTH = 100;

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** TLS versions as people write them (RFC 8446 4.1.2, RFC 9147 5.3). */
const VERSIONS: Readonly<Record<number, string>> = {
  768: 'SSL 3.0',
  769: 'TLS 1.0',
  770: 'TLS 1.1',
  771: 'TLS 1.2',
  772: 'TLS 1.3',
  65279: 'DTLS 1.0',
  65277: 'DTLS 1.2',
  65276: 'DTLS 1.3',
};

/** From where the user is: "signatures/ssh.yaml:9". */
function sourceText(source: string): string {
  const place = source.slice(0, source.lastIndexOf(': '));
  const relative = path.relative(process.cwd(), place);
  return relative.length < place.length ? relative : place;
}

function headText({ flow, packets }: NamedExplanation): string {
  const from = endpointText(flow.sourceAddress, flow.sourcePort);
  const to = endpointText(flow.destinationAddress, flow.destinationPort);
  const time = new Date(flow.startMs).toISOString().replace('T', ' ').replace('Z', ' UTC');
  return (
    `Flow ${flow.number}: ${from} → ${to}/${protocolName(flow.protocol)}\n` +
    `  ${plural(packets, 'packet')} from ${time} on\n`
  );
}

function verdictText(explanation: NamedExplanation): string {
  const { application, protocol, confidence, verdictPackets, rule } = explanation;
  const { ruleText, ruleSource } = explanation;
  if (rule === '') return '\nVerdict: unknown: no rule named it\n';
  const inside = protocol !== undefined && protocol !== application ? ` in ${protocol}` : '';
  const after =
    verdictPackets === 0 ? '' : `, after ${plural(verdictPackets, 'packet')} with payload`;
  const lines = [
    `\nVerdict: ${application}${inside}, confidence ${confidence}${after}`,
    `  rule ${rule}${ruleSource === undefined ? '' : ` (${sourceText(ruleSource)})`}`,
    ...(ruleText === undefined ? [] : [`  ${ruleText.trim()}`]),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function factsText({ facts }: NamedExplanation): string {
  const { serverName, alpn, ja4, software, clientName, tlsVersion } = facts;
  const version = VERSIONS[tlsVersion] ?? `0x${tlsVersion.toString(16)}`;
  const lines = [
    ['server name', serverName],
    ['ALPN', alpn],
    ['version', tlsVersion === 0 ? '' : version],
    ['JA4', ja4],
    ['client name', clientName],
    ['software', software],
  ].filter(([, value]) => value !== '');
  if (lines.length === 0) return '';
  const text = lines.map(([key = '', value = '']) => `  ${key.padEnd(12)} ${value}\n`).join('');
  return `\nThe flow says of itself\n${text}`;
}

function streamTitle({ transport, side, pieces, octets, startWasSeen }: NamedStream): string {
  const way = side === 'client' ? 'client → server' : 'server → client';
  const numbers = [...new Set(pieces.map(({ packet }) => packet))];
  const [first = 0] = numbers;
  if (transport === 'udp') return `${way}, packet ${first}: ${plural(octets.length, 'octet')}`;
  const packets =
    numbers.length === 1 ? `packet ${first}` : `packets ${first} to ${numbers.at(-1)}`;
  const begin = startWasSeen ? '' : ', picked up in the middle: its SYN is not there';
  return `${way}, ${packets}: the first ${plural(octets.length, 'octet')}${begin}`;
}

/** What an engine cannot tell the start of is marked at its last octet. */
function markOf({ startOffset, endOffset }: NamedMatch, index: number): Mark {
  return { number: index + 1, start: startOffset ?? endOffset - 1, end: endOffset };
}

function rowsOf({ matches, octets }: NamedStream, extent: ExplanationView['extent']): number {
  if (extent === 'all') return octets.length;
  const last = Math.max(0, ...matches.map(({ endOffset }) => endOffset));
  return Math.max(ROWS_MIN, Math.ceil(last / ROW_OCTETS) + ROWS_BEHIND_MATCH);
}

function regexText({ pattern }: { pattern: NamedMatch['pattern'] }, width: number): string {
  const regex = pattern.regex.trim();
  const room = Math.min(width, PAGE_WIDTH) - 5;
  return `     ${regex.length > room ? `${regex.slice(0, room - 1)}…` : regex}\n`;
}

function matchText(match: NamedMatch, index: number, width: number): string {
  const { pattern, startOffset, endOffset, packet, why } = match;
  const where =
    startOffset === null
      ? `ends at octet ${endOffset}`
      : `octets ${startOffset} to ${endOffset - 1}`;
  const head = `  ${index + 1}. ${pattern.rule}: ${where}, packet ${packet} (${sourceText(pattern.source)})`;
  return `${head}\n${regexText(match, width)}${wrap(why, Math.min(width, PAGE_WIDTH), '     ')}\n`;
}

function nearMissText(miss: NamedNearMiss, octets: Buffer, width: number): string {
  const { pattern, fittingBytes, expected, endsEarly, hasOtherSize } = miss;
  const head = `  ${pattern.rule} (${sourceText(pattern.source)})\n${regexText(miss, width)}`;
  const fits = `${plural(fittingBytes, 'octet')} ${fittingBytes === 1 ? 'fits' : 'fit'}`;
  const then = (): string => {
    if (endsEarly) return 'but no more came';
    if (expected.length > 0) {
      const found = octetSetText(octets.subarray(fittingBytes, fittingBytes + 1));
      return `then it wants ${octetSetText(expected)}, and octet ${fittingBytes} is ${found}`;
    }
    return hasOtherSize ? 'but the size does not' : 'but not what follows';
  };
  return `${head}     ${fits}, ${then()}\n`;
}

function streamText(stream: NamedStream, { width, marks, extent }: ExplanationView): string {
  const { octets, matches, nearMisses } = stream;
  const dump = octetDump(octets, {
    marks: matches.map(markOf),
    style: marks,
    rows: rowsOf(stream, extent),
  });
  // Who knows what matches seldom asks what does not.
  const close = extent === 'all' || matches.length === 0 ? nearMisses : [];
  const near = close.map((miss) => nearMissText(miss, octets, width)).join('');
  return [
    `\n${streamTitle(stream)}\n`,
    dump,
    matches.length === 0 ? '  no pattern matches\n' : '',
    ...matches.map((match, index) => matchText(match, index, width)),
    near === '' ? '' : `Came close\n${near}`,
  ].join('');
}

/** Of many datagrams the first ones and those in which something matches. */
function shownStreams(streams: readonly NamedStream[], { extent }: ExplanationView): NamedStream[] {
  const filled = streams.filter(({ octets }) => octets.length > 0);
  if (extent === 'all') return filled;
  return filled.filter(({ matches }, index) => matches.length > 0 || index < DATAGRAMS_SHOWN);
}

export function explanationText(explanation: NamedExplanation, view: ExplanationView): string {
  const shown = shownStreams(explanation.streams, view);
  const filled = explanation.streams.filter(({ octets }) => octets.length > 0);
  const left = filled.length - shown.length;
  return [
    headText(explanation),
    verdictText(explanation),
    factsText(explanation),
    ...shown.map((stream) => streamText(stream, view)),
    filled.length === 0 ? '\nNo payload of it is looked at.\n' : '',
    left === 0 ? '' : `\n… ${plural(left, 'more datagram')} (--all)\n`,
  ].join('');
}

/** Octets as hexadecimal text. */
export function explanationJson({ streams, ...rest }: NamedExplanation): unknown {
  return {
    ...rest,
    streams: streams.map(({ octets, nearMisses, ...stream }) => ({
      ...stream,
      octets: octets.toString('hex'),
      nearMisses: nearMisses.map(({ expected, ...miss }) => ({
        ...miss,
        expected: expected.toString('hex'),
      })),
    })),
  };
}
