// SPDX-License-Identifier: Apache-2.0
import { markdownTable } from '../markdown.js';
import { spreadOf } from '../statistics.js';
import type { RateRow } from './rates.js';
import type { WholeWay } from './whole-way.js';

const millions = (rate: number) => (rate / 1e6).toFixed(2);

function spreadText(values: readonly number[]): string {
  const { median, minimum, maximum } = spreadOf(values);
  return `${millions(median)} (${millions(minimum)}–${millions(maximum)})`;
}

/** Of Weir's rate, round by round, since what disturbs a round disturbs both. */
function ratioText(row: RateRow, weir: RateRow | undefined): string {
  if (weir === undefined || weir === row) return '';
  const ratios = weir.rates.map((rate, round) => rate / Math.max(1, row.rates[round] ?? 0));
  return spreadOf(ratios).median.toFixed(2);
}

export function ratesTable(rows: readonly RateRow[]): string {
  const cells = rows.map((row) => {
    const weir = rows.find(
      ({ receiver, protocol }) => receiver.key.startsWith('weir') && protocol === row.protocol,
    );
    const limit = row.senderLimited.some(Boolean) ? 'sender' : 'receiver';
    return [
      `${row.protocol}: ${row.receiver.name}`,
      spreadText(row.rates),
      limit,
      ratioText(row, weir),
    ];
  });
  const header = ['collector', 'M flows/s without loss', 'limited by', 'Weir is … × as fast'];
  return markdownTable(header, cells);
}

export function wholeWayText(whole: WholeWay): string {
  const { sent, storedRecords, drops, memory, memoryRise, octetsPerFlow, cpu } = whole;
  const number = (value: number) => Math.round(value).toLocaleString('en');
  const dropped = Object.entries(drops).map(([reason, count]) => `${reason} ${number(count)}`);
  const resident = (octets: number | undefined) => `${((octets ?? 0) / 1e6).toFixed(0)} MB`;
  return [
    `- sent: ${number(sent.flows)} flows of NetFlow v9 in ${number(sent.seconds)} s, ${number(sent.flows / sent.seconds)} flows/s`,
    `- stored: ${number(storedRecords)} (${number(sent.flows - storedRecords)} less than sent), all of them ${whole.secondsToSettle.toFixed(1)} s after the last datagram`,
    `- dropped by reason: ${dropped.join(', ') || 'nothing'}`,
    `- memory: ${resident(memory[0]?.residentOctets)} at first, ${resident(memory.at(-1)?.residentOctets)} at the end, trend ${(memoryRise * 100).toFixed(1)} % after the first 30 % of the time`,
    `- disk: ${octetsPerFlow.toFixed(1)} octets a raw flow`,
    `- processor time: ${(cpu * 100).toFixed(0)} % of one core`,
  ].join('\n');
}
