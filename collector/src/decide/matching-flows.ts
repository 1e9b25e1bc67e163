// SPDX-License-Identifier: Apache-2.0
import { addressText } from '@weir/wire';
import { ADDRESS_OCTETS, type ObservedChunk } from '../flow-chunk.js';
import type { DecisionBook, SeenFlow } from './decision-book.js';

/** Finds the rows that some rule names. Costs one look-up a row; objects only for the rows that match. */
export type MatchFlows = (chunk: ObservedChunk) => SeenFlow[];

export function createFlowMatcher(book: DecisionBook): MatchFlows {
  return (chunk) => {
    if (book.rules().length === 0) return [];
    const wanted = chunk.names.map((name) => book.rulesFor(name).length > 0);
    if (!wanted.includes(true)) return [];
    const flows: SeenFlow[] = [];
    const { applicationName } = chunk.columns;
    for (let row = 0; row < chunk.rows; row++) {
      if (wanted[applicationName[row] as number]) flows.push(seenFlow(chunk, row));
    }
    return flows;
  };
}

function seenFlow({ columns, names }: ObservedChunk, row: number): SeenFlow {
  const address = (column: Uint8Array) =>
    addressText(column.subarray(row * ADDRESS_OCTETS, (row + 1) * ADDRESS_OCTETS));
  return {
    protocolIdentifier: columns.protocolIdentifier[row] as number,
    sourceAddress: address(columns.sourceAddress),
    sourceTransportPort: columns.sourceTransportPort[row] as number,
    destinationAddress: address(columns.destinationAddress),
    destinationTransportPort: columns.destinationTransportPort[row] as number,
    applicationName: names[columns.applicationName[row] as number] ?? '',
    seenMilliseconds: Number(columns.receivedMilliseconds[row]),
  };
}
