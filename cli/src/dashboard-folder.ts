// SPDX-License-Identifier: Apache-2.0
import { createRequire } from 'node:module';
import path from 'node:path';

const manifest = createRequire(import.meta.url).resolve('@weir/dashboard/package.json');

/** Where the built dashboard lies. */
export const DASHBOARD_FOLDER: string = path.join(path.dirname(manifest), 'dist');
