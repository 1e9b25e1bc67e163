// SPDX-License-Identifier: Apache-2.0
// Who tells of the traffic, whether all of it arrives, and how the collector itself is.
import { type Tab, Tabs, tabOf } from '../../control/tabs';
import { useView, type View } from '../../view/view';
import { CollectorHealth } from './collector-health';
import { ConnectGuide } from './connect-guide';
import { ExporterList } from './exporter-list';
import './exporters.css';
import { InterfaceList } from './interface-list';

const TABS = [
  { id: 'exporters', title: 'Exporters' },
  { id: 'interfaces', title: 'Interfaces' },
  { id: 'health', title: "Collector's health" },
  { id: 'connect', title: 'Connect an exporter' },
] as const satisfies readonly Tab<string>[];

export default function ExportersPage() {
  const view = useView();
  const current = tabOf(view, TABS);
  return (
    <>
      <Tabs label="Exporters and health" tabs={TABS} current={current} view={view} />
      <Part view={view} id={current} />
    </>
  );
}

function Part({ view, id }: { readonly view: View; readonly id: (typeof TABS)[number]['id'] }) {
  if (id === 'interfaces') return <InterfaceList view={view} />;
  if (id === 'health') return <CollectorHealth />;
  if (id === 'connect') return <ConnectGuide view={view} />;
  return <ExporterList view={view} />;
}
