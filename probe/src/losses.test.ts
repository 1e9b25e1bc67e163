// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { closingWarnings, flowsLost } from './losses.js';
import type { ProbeStats } from './stats.js';

const UDP = 'netflow9://192.0.2.1:2055';
const TCP = 'ipfix+tcp://192.0.2.1:4739';
const FILE = 'file:///flows.ipfix';

const LIVE = { read: undefined };
const READ = { read: 'capture.pcap' };

function statsOf(failed: Readonly<Record<string, number>>, unreachableMessages = 0): ProbeStats {
  const targets = Object.entries(failed).map(([target, failedRecords]) => [
    target,
    { messages: 9, unreachableMessages, failedRecords, lastFailure: 'Connection refused' },
  ]);
  return { targets: Object.fromEntries(targets) } as unknown as ProbeStats;
}

describe('flowsLost', () => {
  it.each([UDP, TCP, FILE])('fails who reads a file and whose flows %s has not got', (target) => {
    expect(flowsLost(statsOf({ [target]: 0 }), READ)).toBeUndefined();
    const error = flowsLost(statsOf({ [target]: 1202 }), READ);
    expect(error?.code).toBe('WEIR_PROBE_FLOWS_LOST');
    expect(error?.message).toMatch(/^1,202 flow records could not be .*: Connection refused\. /);
    expect(error?.message).toContain(target);
  });

  it('names all targets that lack flows', () => {
    const error = flowsLost(statsOf({ [UDP]: 1, [TCP]: 0, [FILE]: 3 }), READ);
    expect(error?.message).toContain(`1 flow records could not be sent to ${UDP}`);
    expect(error?.message).toContain(`3 flow records could not be written to ${FILE}`);
    expect(error?.message).not.toContain(TCP);
  });

  it('lets a collector miss flows of a live capture, not a file', () => {
    expect(flowsLost(statsOf({ [UDP]: 1, [TCP]: 1 }), LIVE)).toBeUndefined();
    expect(flowsLost(statsOf({ [FILE]: 1 }), LIVE)).toBeDefined();
  });
});

describe('closingWarnings', () => {
  it('tells what a live capture could not send, and not what fails the run', () => {
    expect(closingWarnings(statsOf({ [TCP]: 7501 }), LIVE)).toEqual([
      `7,501 flow records could not be sent to ${TCP}: Connection refused; in all, since the start`,
    ]);
    expect(closingWarnings(statsOf({ [FILE]: 1 }), LIVE)).toEqual([]);
    expect(closingWarnings(statsOf({ [TCP]: 1 }), READ)).toEqual([]);
  });

  it.each([LIVE, READ])('tells of messages that nobody took', (reading) => {
    expect(closingWarnings(statsOf({ [UDP]: 0 }, 4), reading)).toEqual([
      expect.stringMatching(/4 of 9 messages were answered "unreachable"/),
    ]);
    expect(closingWarnings(statsOf({ [UDP]: 0 }), reading)).toEqual([]);
  });
});
