// SPDX-License-Identifier: Apache-2.0
import { addressText } from '../decode/address.js';
import { ADDRESS_OCTETS, type FlowColumns } from '../decode/columns.js';
import type { NameTable } from '../enrich/name-table.js';
import type { DecisionBook, SeenFlow } from './decision-book.js';

/** Finds the rows that some rule names. Costs one look-up a row; objects only for the rows that match. */
export type MatchFlows = (columns: FlowColumns, from: number, to: number) => SeenFlow[];

export function createFlowMatcher(book: DecisionBook, names: NameTable): MatchFlows {
  let ruleChanges = -1;
  let wanted: boolean[] = [];
  return (columns, from, to) => {
    if (book.ruleChanges !== ruleChanges) {
      wanted = [];
      ruleChanges = book.ruleChanges;
    }
    if (book.rules().length === 0) return [];
    const flows: SeenFlow[] = [];
    for (let row = from; row < to; row++) {
      const name = columns.applicationName[row] as number;
      wanted[name] ??= book.rulesFor(names.nameOf(name)).length > 0;
      if (wanted[name]) flows.push(seenFlow(columns, row, names));
    }
    return flows;
  };
}

function seenFlow(columns: FlowColumns, row: number, names: NameTable): SeenFlow {
  const slot = row * ADDRESS_OCTETS;
  return {
    protocolIdentifier: columns.protocolIdentifier[row] as number,
    sourceAddress: addressText(columns.sourceAddress, slot),
    sourceTransportPort: columns.sourceTransportPort[row] as number,
    destinationAddress: addressText(columns.destinationAddress, slot),
    destinationTransportPort: columns.destinationTransportPort[row] as number,
    applicationName: names.nameOf(columns.applicationName[row] as number),
    seenMilliseconds: columns.receivedMilliseconds[row] as number,
  };
}
