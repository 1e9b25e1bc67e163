// SPDX-License-Identifier: Apache-2.0
// Rules that would hit a large share of the hosts take a second yes.
import type { DecisionInput, FileRuleInput, Logger, RuleInput } from '@weir/wire';
import { messageOf } from '../errors.js';
import { ControlRefusal } from './refusal.js';
import { isHarmless } from './rule-decision.js';
import type { RuleHistory } from './rule-history.js';
import { networkSelector } from './selector.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** Each is a question to the store. */
const MOST_ASKED = 100;

/** Who wants to know, and how large a share is too large. */
export interface ShareCheck {
  readonly history: Pick<RuleHistory, 'share'>;
  /** From 0 to 1. */
  readonly confirmShare: number;
}

/**
 * Why a rule needs a second yes, undefined where it needs none. Its schedule does not count: what is made at
 * night cuts people off in the morning. Rejects where the store cannot tell.
 */
export async function shareFault(
  { history, confirmShare }: ShareCheck,
  rule: RuleInput,
  now: number,
): Promise<string | undefined> {
  if (!isDangerous(rule)) return undefined;
  const { schedule: _, ...always } = rule;
  const isOfDays = rule.thresholds?.some(({ per }) => per === 'day' || per === 'month') === true;
  const spanMs = isOfDays ? DAY_MS : HOUR_MS;
  const share = await history.share(always, { from: now - spanMs, to: now });
  if (share <= confirmShare) return undefined;
  const percent = (part: number) => `${Math.round(part * 100)} %`;
  const span = isOfDays ? 'day' : 'hour';
  return `during the last ${span} this would have hit ${percent(share)} of the hosts, more than ${percent(confirmShare)}`;
}

/** The same of a decision by hand, which reaches many where it is about a network. Rejects as `shareFault`. */
export async function reachFault(
  check: ShareCheck,
  { selector, action }: Pick<DecisionInput, 'selector' | 'action'>,
  now: number,
): Promise<string | undefined> {
  const network = selector.kind === 'network' ? networkSelector(selector.prefix) : undefined;
  if (network?.kind !== 'network') return undefined;
  const filter = `ip in ${network.prefix}`;
  return shareFault(check, { name: 'by hand', filter, action, scope: 'host' }, now);
}

/**
 * Holds what a file says anew against the last hour, as if somebody had said it.
 * @throws ControlRefusal where a rule hits many hosts and does not say yes to that
 */
export async function checkFileRules(
  check: ShareCheck & { readonly log: Logger },
  news: readonly FileRuleInput[],
): Promise<void> {
  const asked = news.filter(({ confirm = false }) => !confirm);
  for (const { confirm: _, ...rule } of asked.slice(0, MOST_ASKED)) await checkOne(check, rule);
  const unasked = asked.length - MOST_ASKED;
  if (unasked > 0) check.log('warn', 'rules count that nobody has held against hosts', { unasked });
}

async function checkOne(
  { log, ...check }: ShareCheck & { readonly log: Logger },
  rule: RuleInput,
): Promise<void> {
  const { name } = rule;
  const fault = await shareFault(check, rule, Date.now()).catch((error) => {
    log('warn', 'nobody knows how many hosts a rule hits', { name, problem: messageOf(error) });
  });
  if (fault === undefined) return;
  const advice = 'look at "weir rules preview", then write "confirm: true" into it';
  throw new ControlRefusal('needs-confirmation', `rule "${name}": ${fault}; ${advice}`);
}

function isDangerous({ action, isSimulated, isEnabled }: RuleInput): boolean {
  return !isHarmless(action) && isSimulated !== true && isEnabled !== false;
}
