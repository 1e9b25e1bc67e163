// SPDX-License-Identifier: Apache-2.0
import { parseAddress } from '../decode/address.js';
import type { Parameter } from '../store/flow-store.js';

/** Records whose flowEndMilliseconds is in [from, to), ms since the epoch. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

/** Conditions on flows; several values of one key are alternatives, several keys must all hold. */
export interface Filter extends Window {
  readonly applicationName?: readonly string[];
  readonly host?: readonly string[];
  readonly sourceAddress?: readonly string[];
  readonly destinationAddress?: readonly string[];
  readonly port?: readonly number[];
  readonly protocolIdentifier?: readonly number[];
  readonly exporterAddress?: readonly string[];
}
export type FilterKey = Exclude<keyof Filter, 'from' | 'to'>;

/** SQL for one key; the values are bound to the placeholder `filter_<key>`. */
const CONDITIONS: Readonly<Record<FilterKey, string>> = {
  applicationName: 'applicationName IN {filter_applicationName:Array(String)}',
  host: '(sourceAddress IN {filter_host:Array(IPv6)} OR destinationAddress IN {filter_host:Array(IPv6)})',
  sourceAddress: 'sourceAddress IN {filter_sourceAddress:Array(IPv6)}',
  destinationAddress: 'destinationAddress IN {filter_destinationAddress:Array(IPv6)}',
  port: '(sourceTransportPort IN {filter_port:Array(UInt16)} OR destinationTransportPort IN {filter_port:Array(UInt16)})',
  protocolIdentifier: 'protocolIdentifier IN {filter_protocolIdentifier:Array(UInt8)}',
  exporterAddress: 'exporterAddress IN {filter_exporterAddress:Array(IPv6)}',
};
const ADDRESS_KEYS: readonly FilterKey[] = [
  'host',
  'sourceAddress',
  'destinationAddress',
  'exporterAddress',
];

export interface Conditions {
  /** "1", or conditions joined by AND. */
  readonly sql: string;
  readonly parameters: Readonly<Record<string, Parameter>>;
  readonly keys: readonly FilterKey[];
}

/** Conditions for everything but the window. Addresses must be valid: see `isAddress`. */
export function filterConditions(filter: Filter): Conditions {
  const keys = (Object.keys(CONDITIONS) as FilterKey[]).filter((key) => filter[key] !== undefined);
  const values = (key: FilterKey) =>
    ADDRESS_KEYS.includes(key) ? filter[key]?.map((text) => mappedText(String(text))) : filter[key];
  return {
    sql: keys.length === 0 ? '1' : keys.map((key) => CONDITIONS[key]).join(' AND '),
    parameters: Object.fromEntries(
      keys.map((key) => [`filter_${key}`, values(key) as readonly string[] | readonly number[]]),
    ),
    keys,
  };
}

/** Whether the text is an IPv4 or IPv6 address. */
export function isAddress(text: string): boolean {
  return parseAddress(text) !== undefined;
}

/** The store keeps IPv4 addresses mapped into IPv6. */
function mappedText(address: string): string {
  return address.includes(':') ? address : `::ffff:${address}`;
}

/** What the store gives for an address, in the form that people write. */
export function plainText(address: string): string {
  const mapped = address.startsWith('::ffff:') && address.includes('.');
  return mapped ? address.slice(7) : address;
}
