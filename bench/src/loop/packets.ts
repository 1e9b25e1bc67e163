// SPDX-License-Identifier: Apache-2.0
// tcpdump's text -> packets, and packets -> how long each flow went on. Pure.

export interface Packet {
  /** Seconds since the epoch, by the kernel's timestamp. */
  readonly seconds: number;
  /** "10.77.1.2.40001" */
  readonly source: string;
  readonly destination: string;
  /** First octet's number in its TCP connection; undefined without payload. */
  readonly sequence: number | undefined;
}

const LINE = /^(\d+\.\d+) IP6? (\S+) > (\S+): (.*)$/;
const SEQUENCE = /\bseq (\d+):\d+/;

/** Reads `tcpdump -tt -nn -S`. */
export function packetsIn(text: string): Packet[] {
  return text.split('\n').flatMap((line) => {
    const [, seconds, source = '', destination = '', rest = ''] = LINE.exec(line) ?? [];
    if (seconds === undefined) return [];
    const sequence = SEQUENCE.exec(rest)?.[1];
    return [
      {
        seconds: Number(seconds),
        source,
        destination,
        sequence: sequence === undefined ? undefined : Number(sequence),
      },
    ];
  });
}

/** What was captured where, in order of time. */
export interface Captures {
  /** What the probe sees. */
  readonly mirror: readonly Packet[];
  /** Before and behind the gateway. */
  readonly before: readonly Packet[];
  readonly behind: readonly Packet[];
  /** From probe to collector, and from collector to gateway. */
  readonly exports: readonly Packet[];
  readonly answers: readonly Packet[];
}

/** How a block came about, in milliseconds after the packet that completes the evidence. */
export interface Delay {
  readonly exported: number;
  readonly delivered: number;
  readonly dropped: number;
}

/** Of one client's connection. Undefined: it was never named, or never stopped. */
export function delayOf(client: string, captures: Captures): Delay | undefined {
  const evidence = withPayload(captures.mirror, client)[0];
  if (!evidence) return undefined;
  const passed = new Set(withPayload(captures.behind, client).map(({ sequence }) => sequence));
  const dropped = withPayload(captures.before, client).find(
    ({ seconds, sequence }) => seconds >= evidence.seconds && !passed.has(sequence),
  );
  if (!dropped) return undefined;
  const after = (packets: readonly Packet[], start: number) =>
    packets.find(({ seconds }) => seconds >= start)?.seconds ?? Number.NaN;
  const exported = after(captures.exports, evidence.seconds);
  const milliseconds = (seconds: number) => (seconds - evidence.seconds) * 1000;
  return {
    exported: milliseconds(exported),
    delivered: milliseconds(after(captures.answers, exported)),
    dropped: milliseconds(dropped.seconds),
  };
}

function withPayload(packets: readonly Packet[], client: string): Packet[] {
  return packets.filter(({ source, sequence }) => source === client && sequence !== undefined);
}

/** Value below which `share` of the values lie. @throws RangeError without any value */
export function quantileOf(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)];
  if (value === undefined) throw new RangeError('no values');
  return value;
}
