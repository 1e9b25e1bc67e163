// SPDX-License-Identifier: Apache-2.0
import { ApiError } from '../api/client';
import type { Confirmation } from '../api/rules';
import { Dialog } from './dialog';
import { openDialog } from './dialog-host';

type Change<Result> = (given: Confirmation) => Promise<Result>;

/** What is asked before many are hit. */
export interface SecondQuestion {
  readonly title: string;
  /** What would be safer. */
  readonly advice: string;
}

export const aboutRule = (name: string): SecondQuestion => ({
  title: `Put “${name}” into force?`,
  advice:
    'A rule that is simulated first, or narrower, is safer: its decisions are shown, and nobody is cut off.',
});

export const aboutDecision = (target: string): SecondQuestion => ({
  title: `All of ${target}?`,
  advice: 'A narrower prefix, or a rule about some of its traffic, is safer.',
});

/**
 * Makes a change; where it would hit a large share of the hosts, only after somebody has said yes to that.
 * Undefined: nobody has. @throws ApiError, UnreachableError
 */
export async function withSecondYes<Result>(
  question: SecondQuestion,
  change: Change<Result>,
): Promise<Result | undefined> {
  try {
    return await change('asked');
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'WEIR_API_NEEDS_CONFIRMATION') throw error;
    return askAgain({ ...question, change, why: error.message });
  }
}

interface Asking<Result> extends SecondQuestion {
  readonly change: Change<Result>;
  readonly why: string;
}

function askAgain<Result>(asking: Asking<Result>): Promise<Result | undefined> {
  const { title, advice, change, why } = asking;
  return new Promise((resolve) => {
    openDialog((close) => (
      <Dialog
        title={title}
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
        <p class="dialog-text">{advice}</p>
      </Dialog>
    ));
  });
}

/** Without the part that is for programs. */
function reasonOf(message: string): string {
  const [reason = ''] = message.split(/; (?:look at|choose)/);
  return `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`;
}
