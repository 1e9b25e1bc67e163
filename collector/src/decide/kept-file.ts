// SPDX-License-Identifier: Apache-2.0
// A file that is replaced in one step: a crash leaves what was or what is, never half of it.
import { open, readFile, rename, writeFile } from 'node:fs/promises';
import { CollectorError, messageOf, reasonOf } from '../errors.js';

/** Parsed JSON, undefined where there is no file, null where it is no JSON. @throws CollectorError WEIR_COLLECTOR_RULES */
export async function readKept(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new CollectorError('WEIR_COLLECTOR_RULES', `${path} (${messageOf(error)})`, error);
  });
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** @param text whole, or in pieces: others have their turn between these. @throws CollectorError WEIR_COLLECTOR_RULES_NOT_KEPT */
export async function writeKept(path: string, text: string | Iterable<string>): Promise<void> {
  try {
    await writeSynced(`${path}.new`, text);
    await rename(`${path}.new`, path);
  } catch (error) {
    const detail = `${reasonOf(error)}; see that the disk of the data folder has room and try again`;
    throw new CollectorError('WEIR_COLLECTOR_RULES_NOT_KEPT', detail, error);
  }
}

async function writeSynced(path: string, text: string | Iterable<string>): Promise<void> {
  const file = await open(path, 'w');
  try {
    await writeFile(file, text);
    await file.sync();
  } finally {
    await file.close();
  }
}
