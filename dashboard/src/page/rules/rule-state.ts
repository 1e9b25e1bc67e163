// SPDX-License-Identifier: Apache-2.0
import type { ShownRule } from '@weir/wire';

export interface RuleState {
  readonly kind: 'ok' | 'warning' | 'plain';
  readonly text: string;
  readonly about: string;
}

/** Whether a rule acts now, and if not, why. */
export function ruleState({ isEnabled, isSimulated, activity }: ShownRule): RuleState {
  if (isEnabled === false) return { kind: 'plain', text: 'off', about: 'nobody asks it' };
  if (!activity.isActive) {
    return { kind: 'plain', text: 'waits', about: 'now is outside of its schedule' };
  }
  if (isSimulated === true) {
    return { kind: 'warning', text: 'simulated', about: 'it decides; gateways do nothing' };
  }
  const when = activity.decides === 'at-once' ? 'before there is a flow' : 'by its flows';
  return { kind: 'ok', text: 'active', about: `it decides ${when}, and gateways act` };
}
