// SPDX-License-Identifier: Apache-2.0
// Rules, actions and selectors as people say them.
import type { ActionInput, RuleInput, Schedule, Selector, Threshold, Weekday } from '@weir/wire';
import { formatEndpoint, protocolName } from './flow';
import { formatOctets, formatScaled } from './quantity';
import { formatSpan } from './time';

export const ACTION_TITLES: Readonly<Record<ActionInput['kind'], string>> = {
  block: 'Block',
  shape: 'Shape',
  mark: 'Mark',
  watch: 'Watch',
  allow: 'Allow',
};

const bits = (rate: number): string => formatScaled(rate, 'bit/s');

/** "Block, drop", "Shape to 2.00 Mbit/s up, 8.00 Mbit/s down each host", "Mark EF". */
export function actionText(action: ActionInput): string {
  switch (action.kind) {
    case 'block':
      return action.answer === 'reject' ? 'Block, reject' : 'Block';
    case 'mark':
      return `Mark ${dscpTitle(action.dscp)}`;
    case 'shape': {
      const { upBitsPerSecond: up, downBitsPerSecond: down, per = 'rule' } = action;
      const rates = [up && `${bits(up)} up`, down && `${bits(down)} down`].filter(Boolean);
      return `Shape to ${rates.join(', ')}${per === 'rule' ? '' : `, each ${per}`}`;
    }
    default:
      return ACTION_TITLES[action.kind];
  }
}

/** Code points that have names (RFC 2474, RFC 2597, RFC 3246, RFC 8622). */
export const DSCP_NAMES: Readonly<Record<number, string>> = {
  0: 'CS0',
  1: 'LE',
  8: 'CS1',
  10: 'AF11',
  12: 'AF12',
  14: 'AF13',
  16: 'CS2',
  18: 'AF21',
  20: 'AF22',
  22: 'AF23',
  24: 'CS3',
  26: 'AF31',
  28: 'AF32',
  30: 'AF33',
  32: 'CS4',
  34: 'AF41',
  36: 'AF42',
  38: 'AF43',
  40: 'CS5',
  44: 'VA',
  46: 'EF',
  48: 'CS6',
  56: 'CS7',
};
export const dscpTitle = (dscp: number): string => DSCP_NAMES[dscp] ?? `DSCP ${dscp}`;

/** What a decision is about. */
export function selectorText(selector: Selector): string {
  switch (selector.kind) {
    case 'host':
      return selector.address;
    case 'network':
      return selector.prefix;
    case 'endpoint': {
      const { address, port, protocolIdentifier } = selector;
      const text = address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
      return protocolIdentifier === undefined
        ? text
        : `${protocolName(protocolIdentifier)} ${text}`;
    }
    case 'flow': {
      const { protocolIdentifier: protocol } = selector;
      const ends = [
        formatEndpoint(selector.sourceAddress, selector.sourceTransportPort, protocol),
        formatEndpoint(selector.destinationAddress, selector.destinationTransportPort, protocol),
      ];
      return `${protocolName(protocol)} ${ends.join(' – ')}`;
    }
  }
}

export const SELECTOR_TITLES: Readonly<Record<Selector['kind'], string>> = {
  flow: 'this flow',
  endpoint: 'this address and port',
  host: 'this host',
  network: 'this network',
};

/** "at least 5.00 GB of each host a day". */
export function thresholdText({ metric, of, atLeast, per }: Threshold): string {
  const amount =
    metric === 'octets' ? formatOctets(atLeast) : `${formatScaled(atLeast, '')} ${metric}`;
  const span = typeof per === 'number' ? `within ${formatSpan(per)}` : `in the ${per}`;
  return `at least ${amount} of each ${of} ${span}`;
}

export const WEEKDAY_TITLES: Readonly<Record<Weekday, string>> = {
  mon: 'Mon',
  tue: 'Tue',
  wed: 'Wed',
  thu: 'Thu',
  fri: 'Fri',
  sat: 'Sat',
  sun: 'Sun',
};

/** "Mon, Tue 08:00–18:00; Sat 10:00–12:00 (Europe/Berlin)". */
export function scheduleText({ windows, timeZone }: Schedule): string {
  const texts = windows.map(({ days, from, to }) => {
    const named = days.length === 7 ? 'daily' : days.map((day) => WEEKDAY_TITLES[day]).join(', ');
    return `${named} ${from}–${to}`;
  });
  return `${texts.join('; ')} (${timeZone})`;
}

/** Everything that a rule says, in one sentence. */
export function ruleText(rule: RuleInput): string {
  const { action, filter, thresholds = [], schedule } = rule;
  const parts = [
    `${actionText(action)} what fits ${filter}`,
    ...thresholds.map(thresholdText),
    ...(schedule === undefined ? [] : [scheduleText(schedule)]),
  ];
  return parts.join(', ');
}
