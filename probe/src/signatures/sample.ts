// SPDX-License-Identifier: Apache-2.0
import type { StreamSide, Transport } from '@weir/native';
import type { Problem } from './signature-file-error.js';

/** A payload from a signature file, with what must come of it. */
export interface Sample {
  readonly application: string;
  readonly transport: Transport;
  readonly side: StreamSide;
  readonly payload: Buffer;
  /** False for a near miss: the set may name it, but not `application`. */
  readonly matches: boolean;
  /** "FILE:LINE:COLUMN" */
  readonly source: string;
  /** One at its place in the file. */
  problem(code: string, message: string): Problem;
}
