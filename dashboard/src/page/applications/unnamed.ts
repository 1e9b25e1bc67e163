// SPDX-License-Identifier: Apache-2.0
// Why flows have no name: what their exporter tells, and what it cannot see. Pure.
import type { Exporter, TopRow } from '@weir/wire';
import { confidenceOf } from '../../format/confidence';
import { formatCount } from '../../format/quantity';
import { grouped } from './ranking';

export interface UnnamedExporter {
  readonly address: string;
  readonly name: string;
  readonly unnamedOctets: number;
  readonly octets: number;
  readonly why: string;
}

/** Named by more than a port. */
const TOLD = 2;

/** Exporters whose flows have no name, those with the most of it first; of rows by [address, name, confidence]. */
export function unnamedBy(
  rows: readonly Pick<TopRow, 'keys' | 'octets'>[],
  exporters: readonly Pick<Exporter, 'exporterAddress' | 'samplingInterval'>[],
): UnnamedExporter[] {
  const groups = grouped(rows, 0);
  const found = [...groups].map(([address, parts]): UnnamedExporter => {
    const octetsOf = (least: number, most: number) =>
      parts
        .filter(({ keys }) => {
          const { strength } = confidenceOf(keys[2] ?? '');
          return strength >= least && strength <= most;
        })
        .reduce((sum, { octets }) => sum + octets, 0);
    const sampling = exporters
      .filter(({ exporterAddress }) => exporterAddress === address)
      .map(({ samplingInterval }) => samplingInterval);
    return {
      address,
      name: parts[0]?.keys[1] ?? '',
      unnamedOctets: octetsOf(0, 0),
      octets: octetsOf(0, 3),
      why: whyOf(octetsOf(TOLD, 3) > 0, Math.max(1, ...sampling)),
    };
  });
  return found
    .filter(({ unnamedOctets }) => unnamedOctets > 0)
    .sort((a, b) => b.unnamedOctets - a.unnamedOctets);
}

function whyOf(tellsNames: boolean, sampling: number): string {
  if (!tellsNames) {
    return 'It tells no applications, and these ports belong to none. A probe reads payloads.';
  }
  if (sampling > 1) {
    return `It looks at 1 of ${formatCount(sampling)} packets: too little of a flow to know it.`;
  }
  return 'It names others: these matched nothing that it knows.';
}
