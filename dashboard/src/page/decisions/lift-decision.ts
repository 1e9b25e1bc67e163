// SPDX-License-Identifier: Apache-2.0
import type { Decision } from '@weir/wire';
import { createDecision, deleteDecision } from '../../api/rules';
import { tellDone, tellFailed } from '../../control/toast';
import { selectorText } from '../../format/rule-texts';

/** Takes a decision by hand back; undoing that decides the same again. */
export async function lift(decision: Decision, refresh: () => void): Promise<void> {
  const { id, selector, action, reason, gateways, expiresMilliseconds: end } = decision;
  const { whenCollectorIsLost } = decision;
  const again = () => {
    const seconds = end === undefined ? undefined : Math.ceil((end - Date.now()) / 1000);
    const input = {
      ...{ selector, action, reason, whenCollectorIsLost },
      ...(seconds !== undefined && { seconds: Math.max(1, seconds) }),
      ...(gateways !== undefined && { gateways }),
    };
    void createDecision(input, 'given').catch(tellFailed).finally(refresh);
  };
  await deleteDecision(id)
    .then(() => tellDone(`Lifted: ${selectorText(selector)}`, again), tellFailed)
    .finally(refresh);
}
