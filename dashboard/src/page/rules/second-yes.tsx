// SPDX-License-Identifier: Apache-2.0
import { ApiError } from '../../api/client';
import type { Confirmation } from '../../api/rules';
import { Dialog } from '../../control/dialog';
import { openDialog } from '../../control/dialog-host';

type Change<Result> = (given: Confirmation) => Promise<Result>;

/**
 * Makes a change to a rule; where it would hit a large share of the hosts, only after somebody has said yes to that.
 * Undefined: nobody has. @throws ApiError, UnreachableError
 */
export async function withSecondYes<Result>(
  name: string,
  change: Change<Result>,
): Promise<Result | undefined> {
  try {
    return await change('asked');
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'WEIR_API_NEEDS_CONFIRMATION') throw error;
    return askAgain({ name, change, why: error.message });
  }
}

interface Asking<Result> {
  readonly name: string;
  readonly change: Change<Result>;
  readonly why: string;
}

function askAgain<Result>({ name, change, why }: Asking<Result>): Promise<Result | undefined> {
  return new Promise((resolve) => {
    openDialog((close) => (
      <Dialog
        title={`Put “${name}” into force?`}
        confirm="Yes, for all of these hosts"
        tone="danger"
        testId="second-yes"
        onConfirm={async () => resolve(await change('given'))}
        onClose={() => {
          close();
          // Nothing where the change has been made already.
          resolve(undefined);
        }}
      >
        <p class="advice">{reasonOf(why)}</p>
        <p class="dialog-text">
          A rule that is simulated first, or narrower, is safer: its decisions are shown, and nobody
          is cut off.
        </p>
      </Dialog>
    ));
  });
}

/** Without the part that is for programs. */
function reasonOf(message: string): string {
  const [reason = ''] = message.split('; look at');
  return `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`;
}
