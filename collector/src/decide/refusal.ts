// SPDX-License-Identifier: Apache-2.0

export type RefusalCode =
  | 'bad-rule'
  | 'exists'
  | 'unknown-rule'
  | 'unknown-list'
  | 'unknown-decision'
  | 'changed'
  | 'read-only'
  | 'needs-confirmation'
  | 'protected'
  | 'too-many';

/** A change of rules, lists or decisions that is not made. The message says why and what to do. */
export class ControlRefusal extends Error {
  override readonly name = 'ControlRefusal';
  readonly code: RefusalCode;

  constructor(code: RefusalCode, message: string) {
    super(message);
    this.code = code;
  }
}
