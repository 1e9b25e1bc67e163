// SPDX-License-Identifier: Apache-2.0
import type { ActionInput, RuleInput } from '@weir/wire';
import { isTimeZone } from './clock.js';

/** What a schema cannot say of a rule; undefined when all is well. The filter is read elsewhere. */
export function ruleFault(rule: RuleInput): string | undefined {
  return (
    scheduleFault(rule) ??
    thresholdFault(rule) ??
    actionFault(rule.action) ??
    (rule.backOff !== undefined && rule.backOff.mostSeconds < (rule.holdSeconds ?? 600)
      ? 'backOff.mostSeconds must not be less than holdSeconds'
      : undefined)
  );
}

function scheduleFault({ schedule }: RuleInput): string | undefined {
  if (schedule === undefined || isTimeZone(schedule.timeZone)) return undefined;
  return `"${schedule.timeZone}" is no time zone; write e.g. Europe/Berlin`;
}

/** Peers are held one by one. */
const MOST_PEERS = 10_000;

function thresholdFault({ thresholds = [] }: RuleInput): string | undefined {
  const peers = thresholds.filter(({ metric }) => metric === 'peers');
  if (peers.some(({ of }) => of === 'flow'))
    return 'a flow has one peer; count those of a host or network';
  const isMore = peers.some(({ atLeast }) => atLeast > MOST_PEERS);
  return isMore ? `peers are counted up to ${MOST_PEERS}` : undefined;
}

/** @returns what is wrong with it, e.g. a shape without a rate */
export function actionFault(action: ActionInput): string | undefined {
  if (action.kind !== 'shape') return undefined;
  const { upBitsPerSecond: up, downBitsPerSecond: down } = action;
  if (up === undefined && down === undefined)
    return 'a shape needs upBitsPerSecond or downBitsPerSecond';
  const { upCeilingBitsPerSecond: upMost, downCeilingBitsPerSecond: downMost } = action;
  const isUpright = (rate: number | undefined, most: number | undefined) =>
    most === undefined || (rate !== undefined && most >= rate);
  if (isUpright(up, upMost) && isUpright(down, downMost)) return undefined;
  return 'a ceiling must not be below its rate, nor stand without one';
}
