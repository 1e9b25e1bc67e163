// SPDX-License-Identifier: Apache-2.0
import { createRequire } from 'node:module';

const packageFile = createRequire(import.meta.url)('../package.json') as { version: string };

/** Of the collector, as its package says. */
export const VERSION: string = packageFile.version;
