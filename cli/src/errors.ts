// SPDX-License-Identifier: Apache-2.0

/** A mistake in what the user gave, or a failure of the outside world: shown without a stack. */
export class CommandError extends Error {
  override readonly name = 'CommandError';

  constructor(
    readonly code: `WEIR_CLI_${string}`,
    message: string,
  ) {
    super(message);
  }
}

/** Errors with a stable WEIR_ code were written for people; anything else is a defect of Weir. */
export function isExpected(error: unknown): error is Error & { code: string } {
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    error.code.startsWith('WEIR_')
  );
}

/** What went wrong, and the code to look up; a stack where nobody foresaw it. */
export function describeError(error: unknown): string {
  if (isExpected(error)) return `weir: ${error.message}\n  (${error.code})`;
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `weir: this is a defect of Weir, please report it:\n${stack}`;
}
