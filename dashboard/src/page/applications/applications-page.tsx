// SPDX-License-Identifier: Apache-2.0
// What runs on the network, how sure that is, and what nobody could name.
import { useView } from '../../view/view';
import { ApplicationList } from './application-list';
import { ApplicationStory } from './application-story';
import './applications.css';

export default function ApplicationsPage() {
  const view = useView();
  const { app } = view.parameters;
  if (app !== undefined) return <ApplicationStory key={app} view={view} application={app} />;
  return <ApplicationList view={view} />;
}
