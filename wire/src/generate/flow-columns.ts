// SPDX-License-Identifier: Apache-2.0
// The columns of a flow record for both languages, out of wire/flow-columns.yaml.
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { COLUMN_KINDS, type FlowColumn } from '../flow-column-types.js';

/** @throws Error when a name stands twice, a kind is not known, or a column that is only live is not among the last */
export function readFlowColumns(folder: URL): readonly FlowColumn[] {
  const columns = parse(readFileSync(new URL('flow-columns.yaml', folder), 'utf8')) as FlowColumn[];
  const names = new Set(columns.map(({ name }) => name));
  if (names.size !== columns.length) throw new Error('flow-columns.yaml: a name stands twice');
  for (const { name, kind } of columns) {
    if (!(kind in COLUMN_KINDS)) throw new Error(`flow-columns.yaml: ${name}: no kind "${kind}"`);
  }
  const firstLive = columns.findIndex(isLive);
  const lastStored = columns.findLastIndex((column) => !isLive(column));
  if (firstLive >= 0 && firstLive < lastStored) {
    throw new Error(`flow-columns.yaml: ${columns[firstLive]?.name}: live columns come last`);
  }
  return columns;
}

const isLive = ({ live = false }: FlowColumn) => live;
const isStored = (column: FlowColumn) => !isLive(column);

/** The whole of wire/src/generated/flow-columns.ts. */
export function flowColumnsModule(columns: readonly FlowColumn[], notice: string): string {
  const rows = (list: readonly FlowColumn[]) =>
    list.map(({ live: _, ...column }) => `  ${JSON.stringify(column)},`).join('\n');
  return `// SPDX-License-Identifier: Apache-2.0
// ${notice}

/** Columns of a flow record, in the order of a block. */
export const FLOW_COLUMNS = [
${rows(columns.filter(isStored))}
] as const;

/** What chunks of new records have behind those; it is in no block. */
export const LIVE_COLUMNS = [
${rows(columns.filter(isLive))}
] as const;
`;
}

/** The whole of native/src/collect/columns/generated/flow_column_list.h. */
export function flowColumnsHeader(columns: readonly FlowColumn[], notice: string): string {
  const lines = (list: readonly FlowColumn[]) =>
    list.map(({ name, kind }) => `  X(${COLUMN_KINDS[kind].cppType}, ${name})`).join(' \\\n');
  const types = Object.values(COLUMN_KINDS).map(
    ({ cppType, clickhouseType }) =>
      `#define WEIR_CLICKHOUSE_TYPE_${cppType} ${JSON.stringify(clickhouseType)}`,
  );
  return `// SPDX-License-Identifier: Apache-2.0
// ${notice}
#pragma once

/// X(type, name) for each column of a flow record, in the order of a block.
#define WEIR_STORED_COLUMNS(X) \\
${lines(columns.filter(isStored))}

/// Those that are in no block.
#define WEIR_LIVE_COLUMNS(X) \\
${lines(columns.filter(isLive))}

#define WEIR_FLOW_COLUMNS(X) WEIR_STORED_COLUMNS(X) WEIR_LIVE_COLUMNS(X)

// The same types in ClickHouse, by the name of the C++ type as it stands in the list.
${types.join('\n')}
`;
}
