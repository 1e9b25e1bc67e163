// SPDX-License-Identifier: Apache-2.0
import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { ApplicationRule as Rule } from '@weir/wire';
import Type from 'typebox';
import { Check } from 'typebox/value';
import { CollectorError, messageOf, reasonOf } from '../errors.js';

const RuleFile = Type.Object({ version: Type.Literal(1), rules: Type.Array(Rule) });

/** Rules of the last run; none when there is no file yet. @throws CollectorError WEIR_COLLECTOR_RULES */
export async function loadRules(dataFolder: string): Promise<Rule[]> {
  const path = rulePath(dataFolder);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new CollectorError('WEIR_COLLECTOR_RULES', `${path} (${messageOf(error)})`, error);
  });
  if (text === undefined) return [];
  const content = parse(text);
  if (Check(RuleFile, content)) return content.rules;
  throw new CollectorError(
    'WEIR_COLLECTOR_RULES',
    `${path} is not what this Weir writes; mend it, or move it away to start without rules`,
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Replaces the file in one step: a crash leaves the old rules or the new ones, never half of them.
 * @throws CollectorError WEIR_COLLECTOR_RULES_NOT_KEPT
 */
export async function saveRules(dataFolder: string, rules: readonly Rule[]): Promise<void> {
  const path = rulePath(dataFolder);
  try {
    await writeSynced(`${path}.new`, `${JSON.stringify({ version: 1, rules }, undefined, 2)}\n`);
    await rename(`${path}.new`, path);
  } catch (error) {
    const detail = `${reasonOf(error)}; see that the disk of the data folder has room and try again`;
    throw new CollectorError('WEIR_COLLECTOR_RULES_NOT_KEPT', detail, error);
  }
}

async function writeSynced(path: string, text: string): Promise<void> {
  const file = await open(path, 'w');
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

function rulePath(dataFolder: string): string {
  return join(dataFolder, 'rules.json');
}
