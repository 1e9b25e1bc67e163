// SPDX-License-Identifier: Apache-2.0
// Who is on the network, and the story of one of them.
import { canonicalAddress } from '../../view/address';
import { useView } from '../../view/view';
import { HostList } from './host-list';
import { HostStory } from './host-story';
import './hosts.css';

export default function HostsPage() {
  const view = useView();
  const { host } = view.parameters;
  const address = host === undefined ? undefined : canonicalAddress(host);
  if (address !== undefined) return <HostStory key={address} view={view} host={address} />;
  return <HostList view={view} wrong={host} />;
}
