// SPDX-License-Identifier: Apache-2.0
// What only one user could see goes when the user does.
import type { Logger } from '@weir/wire';
import { messageOf } from '../errors.js';
import type { ViewBook } from '../views/view-book.js';
import type { Accounts } from './accounts.js';
import type { Actor, AuditLog } from './audit-log.js';

const COLLECTOR: Actor = { kind: 'collector', name: 'collector', address: '' };

export interface FollowedUsers {
  readonly accounts: Pick<Accounts, 'users' | 'onChange'>;
  readonly audit: Pick<AuditLog, 'append'>;
  readonly log: Logger;
}

/**
 * From now on the private views of a name go when its user is removed, by whomever; and when it is given to somebody
 * new, who must not see what a user of before has left behind. Shared views stay: others use them.
 */
export function followUsers(views: ViewBook, { accounts, audit, log }: FollowedUsers): void {
  let before = namesOf(accounts);
  accounts.onChange(() => {
    const now = namesOf(accounts);
    const changed = [...before, ...now].filter((name) => !(before.has(name) && now.has(name)));
    before = now;
    if (changed.length === 0) return;
    removeViews(views, changed, audit).catch((error: unknown) =>
      log('error', 'private views of a user who is gone could not be deleted', {
        problem: messageOf(error),
      }),
    );
  });
}

/** Upper and lower case are the same name. */
function namesOf(accounts: Pick<Accounts, 'users'>): ReadonlySet<string> {
  return new Set(accounts.users().map(({ name }) => name.toLowerCase()));
}

async function removeViews(
  views: ViewBook,
  names: readonly string[],
  audit: Pick<AuditLog, 'append'>,
): Promise<void> {
  const removed = await views.removePrivate(({ owner }) => names.includes(owner.toLowerCase()));
  for (const before of removed) {
    await audit.append(COLLECTOR, { action: 'view.delete', subject: before.name, before });
  }
}
