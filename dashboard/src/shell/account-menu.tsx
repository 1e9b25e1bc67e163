// SPDX-License-Identifier: Apache-2.0
import { api } from '../api/client';
import { session, signedOut } from '../api/session';
import { Icon } from '../control/icons';
import { Popover } from '../control/popover';
import { SettingLines } from '../control/setting-lines';

/** How somebody wants to see things, who has signed in, and the way out. */
export function AccountMenu() {
  const { value } = session;
  const who = value.status === 'in' ? value.session : undefined;
  return (
    <Popover
      label={<Icon name="user" />}
      title="Preferences and account"
      buttonClass="button button-square"
      testId="account"
      align="right"
    >
      {() => (
        <div class="account">
          <SettingLines />
          {who?.kind === 'user' && (
            <div class="account-who">
              <span>
                {who.name} <span class="muted">{who.role}</span>
              </span>
              <button type="button" class="button" data-testid="sign-out" onClick={leave}>
                Sign out
              </button>
            </div>
          )}
        </div>
      )}
    </Popover>
  );
}

/** A collector that does not answer leaves the session as it is; the page says so elsewhere. */
function leave(): void {
  api.DELETE('/api/v1/session').then(signedOut, () => undefined);
}
