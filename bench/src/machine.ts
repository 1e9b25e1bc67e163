// SPDX-License-Identifier: Apache-2.0
// What the numbers were measured on, and which cores do what.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { toolPath } from './paths.js';

export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryOctets: number;
  readonly kernel: string;
  /** load average of the minute before the bench began */
  readonly load: number;
  readonly date: string;
}

export function describeMachine(): Machine {
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown processor',
    cores: allowedCores().length,
    memoryOctets: totalmem(),
    kernel: release(),
    load: loadavg()[0] ?? 0,
    date: new Date().toISOString().slice(0, 10),
  };
}

export function machineLine(machine: Machine): string {
  const { processor, cores, memoryOctets, kernel, load, date } = machine;
  const gigabytes = Math.round(memoryOctets / 2 ** 30);
  return `${processor}, ${cores} cores, ${gigabytes} GiB, Linux ${kernel}, load ${load.toFixed(2)} before, ${date}`;
}

/** "0-2,5" is 0, 1, 2 and 5. */
export function parseCoreList(list: string): number[] {
  return list.split(',').flatMap((part) => {
    const [first = 0, last = first] = part.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}

function allowedCores(): number[] {
  const list = /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync('/proc/self/status', 'utf8'));
  return parseCoreList(list?.[1] ?? '0');
}

/** Who runs where: programs never share a core with what feeds or receives, if there are two. */
export interface Cores {
  /** for the measured program: the first alone, both for two lanes */
  readonly program: readonly [number, number];
  /** sink and clock */
  readonly service: number;
  /** sender of live packets */
  readonly sender: number;
}

/** With two cores the second does all that is not measured. */
export function assignCores(allowed: readonly number[] = allowedCores()): Cores {
  const [first = 0, second = first, third = second, fourth = third] = allowed;
  return { program: [first, second], service: third, sender: allowed.length > 3 ? fourth : second };
}

/** What a cache line takes from one to the other; see tools/coredistance.cc. */
export function coreDistanceNs(cores: Cores['program']): number {
  return Number(execFileSync(toolPath('coredistance'), cores.map(String), { encoding: 'utf8' }));
}
