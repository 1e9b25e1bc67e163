// SPDX-License-Identifier: Apache-2.0
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout's folder. */
export const ROOT: string = fileURLToPath(new URL('../..', import.meta.url));

/** Where setup/bench.mjs builds the tools. */
export const TOOLS_FOLDER: string = path.join(ROOT, '.cache', 'cmake', 'bench');

export type Tool =
  | 'maketrace'
  | 'tracecount'
  | 'pcaploop'
  | 'flowsink'
  | 'measure'
  | 'touchmemory'
  | 'pktsend'
  | 'flowsend'
  | 'flowintake'
  | 'ringloop'
  | 'coredistance'
  | 'classifyspeed'
  | 'payloadstreams'
  | 'devicespeed'
  | 'blockingloop';

export function toolPath(tool: Tool): string {
  return path.join(TOOLS_FOLDER, tool);
}

/** A path as the user means it: npm runs scripts in the checkout's folder, wherever it was called. */
export function fromCaller(file: string): string {
  return path.resolve(process.env.INIT_CWD ?? '.', file);
}
