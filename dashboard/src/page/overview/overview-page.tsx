// SPDX-License-Identifier: Apache-2.0
// The page that is left open: rates, who and what makes them, who tells of them, and what is not as it was.
import { useView } from '../../view/view';
import { Changes } from './changes';
import { ExporterHealth } from './exporter-health';
import { LiveTiles } from './live-tiles';
import './overview.css';
import { TopList } from './top-list';
import { Traffic } from './traffic';

export default function OverviewPage() {
  const view = useView();
  return (
    <div class="overview">
      <LiveTiles />
      <Traffic view={view} />
      <TopList
        view={view}
        dimension="applicationName"
        title="Applications"
        testId="top-applications"
      />
      <TopList view={view} dimension="host" title="Hosts" testId="top-talkers" />
      <Changes view={view} />
      <ExporterHealth view={view} />
    </div>
  );
}
