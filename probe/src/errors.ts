// SPDX-License-Identifier: Apache-2.0

/** An error with a stable code; the message says what happened and what to do. */
export class ProbeError extends Error {
  override readonly name = 'ProbeError';

  constructor(
    readonly code: `WEIR_PROBE_${string}`,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
