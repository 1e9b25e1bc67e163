// SPDX-License-Identifier: Apache-2.0
import type { LiveTotals, Metric } from '@weir/wire';
import { liveStream } from '../../api/live-stream';
import { Sparkline } from '../../chart/sparkline';
import { NO_VALUE } from '../../format/quantity';
import { rateText } from '../../view/shown';

const TILES = [
  { metric: 'octets', title: 'Traffic', rate: 'octetsPerSecond' },
  { metric: 'packets', title: 'Packets', rate: 'packetsPerSecond' },
  { metric: 'flows', title: 'Flow records', rate: 'flowsPerSecond' },
] as const satisfies readonly { metric: Metric; title: string; rate: keyof LiveTotals }[];

/** Exporters send in bursts, and a number that jumps cannot be read: the mean of so many seconds. */
const MEAN_SECONDS = 10;

export function meanOf(rates: readonly number[]): number | undefined {
  const latest = rates.slice(-MEAN_SECONDS);
  if (latest.length === 0) return undefined;
  return latest.reduce((sum, rate) => sum + rate, 0) / latest.length;
}

/** Present rates with the last two minutes behind them, each second anew. */
export function LiveTiles() {
  const totals = liveStream.totals.value;
  return (
    <dl class="tiles" aria-label="Present rates" data-testid="live-rates">
      {TILES.map(({ metric, title, rate }) => {
        const rates = totals.map((one) => one[rate]);
        const mean = meanOf(rates);
        return (
          <div key={metric} class="tile">
            <dt class="tile-title">
              {title} <span class="muted">now</span>
            </dt>
            <dd class="tile-value">{mean === undefined ? NO_VALUE : rateText(mean, metric)}</dd>
            <Sparkline values={rates} />
          </div>
        );
      })}
    </dl>
  );
}
