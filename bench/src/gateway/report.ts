// SPDX-License-Identifier: Apache-2.0
// Results -> Markdown. Pure.
import { markdownTable } from '../markdown.js';
import { spreadOf } from '../statistics.js';
import type { Changes } from './changes.js';
import type { Filling } from './filling.js';
import type { PacketCost } from './packets.js';
import type { RateResult, ShareResult } from './rates.js';

export function fillingTable(found: readonly Filling[]): string {
  const rows = found.map(({ way, addresses, seconds }) => {
    if (seconds.length === 0) return [way, String(addresses), 'not here', ''];
    const { median } = spreadOf(seconds);
    return [way, String(addresses), spreadText(seconds, 2), (addresses / median).toFixed(0)];
  });
  return markdownTable(['way', 'addresses', 'seconds', 'addresses/s'], rows);
}

export function changesTable(found: readonly Changes[]): string {
  const rows = found.map(({ standing, added, removed, byHand }) => [
    String(standing),
    ...[added, removed, byHand].map((values) => (values.length > 0 ? spreadText(values, 1) : '')),
  ]);
  return markdownTable(['standing', 'added, ms', 'taken back, ms', 'nft by hand, ms'], rows);
}

export function packetsTable(found: readonly PacketCost[]): string {
  const situations = [...new Set(found.map(({ situation }) => situation))];
  const flows = [...new Set(found.map((one) => one.flows))];
  const rows = situations.map((situation) => [
    situation,
    ...flows.map((count) => {
      const cost = found.find((one) => one.situation === situation && one.flows === count);
      return cost && cost.nanoseconds.length > 0 ? spreadText(cost.nanoseconds, 0) : '';
    }),
  ]);
  const titles = flows.map((count) =>
    count === 1 ? 'one flow, ns' : `${count.toLocaleString('en')} flows, ns`,
  );
  return markdownTable(['a packet of 60 octets', ...titles], rows);
}

export function ratesTable(found: readonly RateResult[]): string {
  const rows = found.map(({ wantedBitsPerSecond: wanted, bitsPerSecond }) => [
    mega(wanted),
    mega(bitsPerSecond),
    percent(bitsPerSecond / wanted - 1),
  ]);
  return markdownTable(['rate of the rule, Mbit/s', 'measured', 'error'], rows);
}

export function sharesTable(found: readonly ShareResult[]): string {
  const rows = found.map(({ situation, hosts, dueBitsPerSecond, bitsPerSecond }) => {
    const [least, most] = [Math.min(...bitsPerSecond), Math.max(...bitsPerSecond)];
    const errors = [least, most].map((rate) => percent(rate / dueBitsPerSecond - 1));
    return [situation, String(hosts), mega(dueBitsPerSecond), mega(least), mega(most), ...errors];
  });
  const titles = ['', 'hosts', 'due, Mbit/s', 'least', 'most', 'least, error', 'most, error'];
  return markdownTable(titles, rows);
}

function spreadText(values: readonly number[], digits: number): string {
  const { median, minimum, maximum } = spreadOf(values);
  const [middle, low, high] = [median, minimum, maximum].map((value) => value.toFixed(digits));
  return `${middle} (${low}–${high})`;
}

function mega(bitsPerSecond: number): string {
  return (bitsPerSecond / 1e6).toFixed(2);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
