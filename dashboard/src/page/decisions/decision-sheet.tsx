// SPDX-License-Identifier: Apache-2.0
import type { Decision, Evidence } from '@weir/wire';
import { hasRole } from '../../api/session';
import { type FactProps, Facts } from '../../control/facts';
import { Sheet, SheetPart } from '../../control/sheet';
import { isByHand, ORIGIN_TITLES, originText } from '../../format/decision-origin';
import { formatEndpoint, protocolName } from '../../format/flow';
import { formatCount } from '../../format/quantity';
import { actionText, selectorText } from '../../format/rule-texts';
import { knownPages } from '../../view/known-pages';
import { amountText, momentText } from '../../view/shown';
import type { View } from '../../view/view';
import { countedFor, endText } from './decision-texts';
import type { LiveDecisions } from './use-decisions';

export interface DecisionSheetProps {
  readonly view: View;
  readonly decision: Decision;
  readonly data: LiveDecisions;
  readonly onLift: () => void;
  readonly onClose: () => void;
}

/** Why a decision was made, and what it has met. */
export function DecisionSheet({ view, decision, data, onLift, onClose }: DecisionSheetProps) {
  const { selector, evidence } = decision;
  const { packets, octets, isShared } = countedFor(decision, data.counters);
  return (
    <Sheet
      title={selectorText(selector)}
      testId="decision-sheet"
      actions={<DecisionActions view={view} decision={decision} onLift={onLift} />}
      onClose={onClose}
    >
      <Facts facts={decisionFacts(decision, data.now)} />
      <SheetPart
        title={isShared ? 'What gateways have met, for all of its rule' : 'What gateways have met'}
      >
        <Facts
          facts={[
            { term: 'Packets', value: formatCount(packets) },
            { term: 'Octets', value: amountText(octets, 'octets') },
          ]}
        />
      </SheetPart>
      {evidence && <EvidencePart evidence={evidence} />}
    </Sheet>
  );
}

/** What can be done about a decision, or read beside it. */
export function DecisionActions({
  view,
  decision,
  onLift,
}: Omit<DecisionSheetProps, 'data' | 'onClose'>) {
  const { selector, origin, rule } = decision;
  const address = 'address' in selector ? selector.address : undefined;
  return (
    <>
      {isByHand(decision) && hasRole('operator') && (
        <button type="button" class="button" onClick={onLift}>
          Lift it
        </button>
      )}
      {origin === 'rule' && rule !== undefined && knownPages.value.has('rules') && (
        <a class="button" href={view.link('rules', { edit: rule.id })}>
          The rule
        </a>
      )}
      {address !== undefined && address !== view.parameters.address && (
        <a class="button" href={view.link('decisions', { tab: 'why', address })}>
          All about {address}
        </a>
      )}
    </>
  );
}

/** What a rule or a list of a name is to a decision. */
const SENDERS = { ...ORIGIN_TITLES, allow: 'exception of' };

export function decisionFacts(decision: Decision, now: number): FactProps[] {
  const { action, origin, rule, reason, createdMilliseconds, gateways, isSimulated } = decision;
  return [
    {
      term: 'Action',
      value: isSimulated ? `${actionText(action)}, simulated` : actionText(action),
    },
    {
      term: 'By',
      value: rule === undefined ? originText(decision) : `${SENDERS[origin]} ${rule.name}`,
    },
    { term: 'Reason', value: reason },
    { term: 'Since', value: momentText(createdMilliseconds) },
    { term: 'Ends', value: endText(decision, now) },
    { term: 'Gateways', value: gateways?.join(', ') ?? 'all' },
    { term: 'Id', value: <code>{decision.id}</code> },
  ];
}

const CONFIDENCES: Readonly<Record<string, string>> = {
  payload: 'by what was said',
  name: 'by the name of its server',
  expected: 'announced by another flow',
  exporter: 'as the exporter says',
  port: 'by its port only',
  behaviour: 'by behaviour',
};

/** The flow that completed what a rule asks for. */
export function EvidencePart({ evidence }: { readonly evidence: Evidence }) {
  const { protocolIdentifier: protocol, applicationName, applicationConfidence } = evidence;
  const confidence = CONFIDENCES[applicationConfidence];
  const facts: FactProps[] = [
    { term: 'Protocol', value: protocolName(protocol) },
    {
      term: 'From',
      value: formatEndpoint(evidence.sourceAddress, evidence.sourceTransportPort, protocol),
    },
    {
      term: 'To',
      value: formatEndpoint(
        evidence.destinationAddress,
        evidence.destinationTransportPort,
        protocol,
      ),
    },
    {
      term: 'Application',
      value: confidence === undefined ? applicationName : `${applicationName}, ${confidence}`,
    },
    ...(evidence.signature
      ? [{ term: 'Signature', value: <code>{evidence.signature}</code> }]
      : []),
    ...(evidence.serverName ? [{ term: 'Server name', value: evidence.serverName }] : []),
    { term: 'Told by', value: evidence.exporterAddress },
    { term: 'Seen', value: momentText(evidence.seenMilliseconds) },
    {
      term: 'Record',
      value: `${formatCount(evidence.packets)} packets, ${amountText(evidence.octets, 'octets')}`,
    },
  ];
  return (
    <SheetPart title="The flow that caused it">
      <Facts facts={facts} />
    </SheetPart>
  );
}
