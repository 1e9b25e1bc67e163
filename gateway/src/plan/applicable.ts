// SPDX-License-Identifier: Apache-2.0
// Which decisions are this gateway's to apply. Pure.
import type { Decision } from '@weir/wire';

export interface Situation {
  /** Undefined: the collector only tells what is for this one, whom it knows by another name, maybe. */
  readonly gatewayName: string | undefined;
  /** Lost: away for so long that decisions with the policy "open" let traffic pass. */
  readonly collector: 'there' | 'lost';
}

/** Without what is simulated, for others, or not to be held while the collector is lost. */
export function* applicable(
  decisions: Iterable<Decision>,
  { gatewayName, collector }: Situation,
): Generator<Decision, void> {
  for (const decision of decisions) {
    const { isSimulated, gateways, whenCollectorIsLost } = decision;
    if (isSimulated) continue;
    if (gatewayName !== undefined && gateways?.includes(gatewayName) === false) continue;
    if (collector === 'lost' && whenCollectorIsLost === 'open') continue;
    yield decision;
  }
}
