// SPDX-License-Identifier: Apache-2.0
// What signatures cost, and what to do about it.
import type { CostReport, NamedCost } from '@weir/probe';
import { fittingTable } from '../text-table.js';

interface CostView {
  readonly rows: number;
  readonly width: number;
}

/** Savings below it are the noise of the measurement. */
const SAVING_MIN = 0.05;
const SHARE_MIN = 0.1;

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`.padStart(7);

/** What its writer can do. */
function advice({ isAnchored, saving, share }: NamedCost): string {
  if (!isAnchored) return 'begin it with ^';
  if (saving !== null && saving >= SAVING_MIN) return 'begin it with literals';
  return share >= SHARE_MIN ? 'shorten it: fewer sets and repetitions' : '';
}

function costRow(cost: NamedCost): (string | number)[] {
  return [
    cost.pattern.rule,
    cost.looksAt,
    cost.isAnchored ? 'start' : 'anywhere',
    cost.nsPerOctet.toFixed(2).padStart(9),
    percent(cost.share),
    cost.saving === null ? '' : percent(cost.saving),
    advice(cost),
  ];
}

export function costText(report: CostReport, { rows, width }: CostView): string {
  const { heads, octets, nsPerOctet, patterns, file } = report;
  const unanchored = patterns.filter(({ isAnchored }) => !isAnchored).length;
  const table = fittingTable(
    ['pattern', 'looks at', 'matches', 'ns/octet', 'share', 'saves', 'what to do'],
    patterns.slice(0, rows).map(costRow),
    width,
  );
  const sums = [
    `${file}: ${heads.toLocaleString('en')} streams and datagrams, ${octets.toLocaleString('en')} octets`,
    `the whole set of ${patterns.length} patterns: ${nsPerOctet.toFixed(2)} ns/octet`,
    unanchored === 0
      ? 'no pattern may match anywhere'
      : `${unanchored} may match anywhere: each has every flow of its transport and direction scanned`,
    '',
    'ns/octet and share: the pattern alone. saves: what its transport and direction take less without it.',
  ];
  return `${table}\n${sums.join('\n')}\n`;
}
