// SPDX-License-Identifier: Apache-2.0
// What somebody has here: how things are shown, the own password, views; and for administrators users and keys.
import { hasRole } from '../../api/session';
import { type Tab, Tabs, tabOf } from '../../control/tabs';
import { useView } from '../../view/view';
import { AccountPart } from './account-part';
import { KeysPart } from './keys-part';
import './settings.css';
import { UsersPart } from './users-part';
import { ViewsPart } from './views-part';

const OWN = [
  { id: 'account', title: 'Account' },
  { id: 'views', title: 'Saved views' },
] as const;
const ADMINISTERED = [
  { id: 'users', title: 'Users' },
  { id: 'keys', title: 'API keys' },
] as const;
type Id = (typeof OWN | typeof ADMINISTERED)[number]['id'];

export default function SettingsPage() {
  const view = useView();
  const tabs: readonly Tab<Id>[] = hasRole('administrator') ? [...OWN, ...ADMINISTERED] : OWN;
  const current = tabOf(view, tabs);
  return (
    <>
      <Tabs label="Settings" tabs={tabs} current={current} view={view} />
      {current === 'account' && <AccountPart />}
      {current === 'views' && <ViewsPart view={view} />}
      {current === 'users' && <UsersPart />}
      {current === 'keys' && <KeysPart />}
    </>
  );
}
