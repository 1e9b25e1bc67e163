// SPDX-License-Identifier: Apache-2.0
import { signal } from '@preact/signals';
import type { Answer } from './client';

export type Health = Answer<'/api/v1/health'>;

/** The collector's last word about itself; the shell asks for it, pages read it. Undefined before the first. */
export const collectorHealth = signal<Health | undefined>(undefined);
