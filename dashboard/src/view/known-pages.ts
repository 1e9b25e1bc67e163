// SPDX-License-Identifier: Apache-2.0
import { signal } from '@preact/signals';

/** Names of the pages that there are for who looks; set by the shell, so that links lead nowhere else. */
export const knownPages = signal<ReadonlySet<string>>(new Set());
