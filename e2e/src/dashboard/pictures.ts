// SPDX-License-Identifier: Apache-2.0
// Pictures of the pages for the documentation, out of the same run that tests them.
import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';

/** Drawn in dark, too. */
const DARK = ['overview', 'explore'];
/** Grey text on white needs few; with more a picture is larger, and looks the same. */
const COLOURS = '128';

/** Where pictures go; undefined: nobody wants any. */
const FOLDER = process.env.WEIR_SCREENSHOTS;

/** Keeps the picture `name` of a page as it is, where somebody wants it. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  if (FOLDER === undefined) return;
  mkdirSync(FOLDER, { recursive: true });
  const file = path.join(FOLDER, `${name}.png`);
  // The pointer shows nothing, and nothing has the focus.
  await page.mouse.move(0, 0);
  await page.screenshot({ path: file });
  await promisify(execFile)('pngquant', ['--force', '--strip', '--output', file, COLOURS, file]);
}

/** Name of the picture of a page, where the documentation has one. */
export function pictureOf(page: string, theme: 'light' | 'dark'): string | undefined {
  if (theme === 'light') return page;
  return DARK.includes(page) ? `${page}-dark` : undefined;
}
