// SPDX-License-Identifier: Apache-2.0
// Whether a filter is about one exporter: then all of its records are meant, whoever else saw the flows.
import { type Comparison, type FlowCondition, isSingleAddress } from '@weir/wire';

/** Comparisons with one exporter's address or name that all records of the condition fulfil. */
export function exporterComparisons(condition: FlowCondition): Comparison[] {
  if (condition.kind === 'and') return condition.of.flatMap(exporterComparisons);
  if (condition.kind !== 'comparison' || condition.field !== 'exporter') return [];
  const { operator, values } = condition;
  const [value] = values;
  if ((operator !== '=' && operator !== 'in') || values.length !== 1) return [];
  // A network may have several exporters, even if it has one today.
  const isOne = value?.kind === 'text' || (value?.kind === 'network' && isSingleAddress(value));
  return isOne ? [condition] : [];
}

/** Whether an exporter is named by its address; names may be those of several. */
export function isByAddress({ values }: Comparison): boolean {
  return values[0]?.kind === 'network';
}
