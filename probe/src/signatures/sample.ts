// SPDX-License-Identifier: Apache-2.0
import type { StreamSide, Transport } from '@weir/native';

/** A payload from a signature file, with what must come of it. */
export interface Sample {
  readonly application: string;
  readonly transport: Transport;
  readonly side: StreamSide;
  readonly payload: Buffer;
  /** False for a near miss: the set may name it, but not `application`. */
  readonly matches: boolean;
  readonly source: string;
}
