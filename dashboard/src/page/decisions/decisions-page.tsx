// SPDX-License-Identifier: Apache-2.0
// What is done to which traffic now, why, where they contradict each other, and which gateways carry it out.
import { type Tab, Tabs, tabOf } from '../../control/tabs';
import { useView } from '../../view/view';
import { ConflictsPart } from './conflicts-part';
import { DecisionList } from './decision-list';
import './decisions.css';
import { GatewaysPart } from './gateways-part';
import { WhyPart } from './why-part';

const TABS = [
  { id: 'decisions', title: 'Decisions' },
  { id: 'why', title: 'Why?' },
  { id: 'conflicts', title: 'Conflicts' },
  { id: 'gateways', title: 'Gateways' },
] as const satisfies readonly Tab<string>[];

export default function DecisionsPage() {
  const view = useView();
  const current = tabOf(view, TABS);
  return (
    <>
      <Tabs label="Decisions" tabs={TABS} current={current} view={view} />
      {current === 'decisions' && <DecisionList view={view} />}
      {current === 'why' && <WhyPart view={view} />}
      {current === 'conflicts' && <ConflictsPart view={view} />}
      {current === 'gateways' && <GatewaysPart />}
    </>
  );
}
