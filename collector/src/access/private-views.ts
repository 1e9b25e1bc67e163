// SPDX-License-Identifier: Apache-2.0
// What only one user could see goes when the user does.
import type { Logger } from '@weir/wire';
import { messageOf } from '../errors.js';
import type { ViewBook } from '../views/view-book.js';
import { LOCAL_NAME } from './access.js';
import type { Accounts } from './accounts.js';
import type { Actor, AuditLog } from './audit-log.js';

const COLLECTOR: Actor = { kind: 'collector', name: 'collector', address: '' };

export interface FollowedUsers {
  readonly accounts: Pick<Accounts, 'users' | 'keys' | 'onChange'>;
  readonly audit: Pick<AuditLog, 'append'>;
  readonly log: Logger;
}

/**
 * From now on the private views of a name go when its user is removed, by whomever; and when it is given to somebody
 * new, who must not see what a user of before has left behind. Those of users who went while nobody followed go at
 * once. Shared views stay: others use them.
 */
export async function followUsers(views: ViewBook, followed: FollowedUsers): Promise<void> {
  const { accounts } = followed;
  let before = namesOf(accounts);
  accounts.onChange(() => {
    const now = namesOf(accounts);
    const changed = [...before, ...now].filter((name) => !(before.has(name) && now.has(name)));
    before = now;
    if (changed.length === 0) return;
    void removeViews(views, ({ owner }) => changed.includes(owner.toLowerCase()), followed);
  });
  // Without users nobody signs in here, or their file was lost: neither says whose views are nobody's.
  if (before.size > 0) await removeViews(views, leftBehind(accounts), followed);
}

/** Upper and lower case are the same name. */
function namesOf(accounts: Pick<Accounts, 'users'>): ReadonlySet<string> {
  return new Set(accounts.users().map(({ name }) => name.toLowerCase()));
}

/** Whether a view is of somebody who is gone, also where somebody else has the name by now. */
function leftBehind(accounts: Pick<Accounts, 'users' | 'keys'>): IsMeant {
  const since = new Map(
    accounts
      .users()
      .map(({ name, createdMilliseconds }) => [name.toLowerCase(), createdMilliseconds]),
  );
  const others = new Set([LOCAL_NAME, ...accounts.keys().map(({ name }) => name)]);
  return ({ owner, createdMilliseconds }) =>
    !others.has(owner) &&
    createdMilliseconds < (since.get(owner.toLowerCase()) ?? Number.POSITIVE_INFINITY);
}

type IsMeant = Parameters<ViewBook['removePrivate']>[0];

async function removeViews(
  views: ViewBook,
  isMeant: IsMeant,
  { audit, log }: FollowedUsers,
): Promise<void> {
  try {
    for (const before of await views.removePrivate(isMeant)) {
      await audit.append(COLLECTOR, { action: 'view.delete', subject: before.name, before });
    }
  } catch (error) {
    log('error', 'private views of a user who is gone could not be deleted', {
      problem: messageOf(error),
    });
  }
}
