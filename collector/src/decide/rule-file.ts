// SPDX-License-Identifier: Apache-2.0
// What operators have said, in one file of the data folder: rules, lists, and decisions made by hand.
import { join } from 'node:path';
import { AddressList, Decision, filterText, Rule } from '@weir/wire';
import Type, { type Static } from 'typebox';
import { Check } from 'typebox/value';
import { CollectorError } from '../errors.js';
import { readKept, writeKept } from './kept-file.js';

const KeptControl = Type.Object({
  version: Type.Literal(2),
  rules: Type.Array(Rule),
  /** As --rules-file had them last: what changes there is told against these. */
  fileRules: Type.Optional(Type.Array(Rule)),
  lists: Type.Array(AddressList),
  manual: Type.Array(Decision),
});
export type KeptControl = Omit<Static<typeof KeptControl>, 'version'>;

const ControlOfVersion1 = Type.Object({
  version: Type.Literal(1),
  rules: Type.Array(
    Type.Object({
      id: Type.String(),
      action: Type.Literal('block'),
      applicationName: Type.String(),
      comment: Type.String(),
      holdSeconds: Type.Integer(),
      createdMilliseconds: Type.Number(),
    }),
  ),
});

export const NOTHING_SAID: KeptControl = { rules: [], lists: [], manual: [] };

/** What was kept last; nothing when there is no file yet. @throws CollectorError WEIR_COLLECTOR_RULES */
export async function loadControl(dataFolder: string): Promise<KeptControl> {
  const path = pathIn(dataFolder);
  const content = await readKept(path);
  if (content === undefined) return NOTHING_SAID;
  if (Check(KeptControl, content)) return content;
  if (Check(ControlOfVersion1, content)) return ofVersion1(content);
  throw new CollectorError(
    'WEIR_COLLECTOR_RULES',
    `${path} is not what this Weir writes; mend it, or move it away to start without rules`,
  );
}

/** @throws CollectorError WEIR_COLLECTOR_RULES_NOT_KEPT */
export function saveControl(dataFolder: string, control: KeptControl): Promise<void> {
  const { rules, fileRules = [], lists, manual } = control;
  const parts = Object.entries({ rules, fileRules, lists, manual }).map(
    ([name, items]) => `"${name}":${listText(items)}`,
  );
  return writeKept(pathIn(dataFolder), `{"version":2,\n${parts.join(',\n')}}\n`);
}

/** Of thousands of items one changes: it alone is written out anew. */
const texts = new WeakMap<object, string>();

function textOf(item: object): string {
  const known = texts.get(item);
  if (known !== undefined) return known;
  const text = JSON.stringify(item);
  texts.set(item, text);
  return text;
}

/** A line for each. */
function listText(items: readonly object[]): string {
  return `[${items.map((item) => `\n${textOf(item)}`).join(',')}]`;
}

/** A rule was about the flows of one application. */
function ofVersion1({ rules }: Static<typeof ControlOfVersion1>): KeptControl {
  return {
    ...NOTHING_SAID,
    rules: rules.map(({ id, applicationName, comment, holdSeconds, createdMilliseconds }) => ({
      id,
      name: `Block ${applicationName}`.slice(0, 80).trim(),
      filter: filterText({
        kind: 'comparison',
        field: 'app',
        operator: '=',
        values: [{ kind: 'text', value: applicationName }],
      }),
      action: { kind: 'block', answer: 'drop' },
      scope: 'flow',
      holdSeconds,
      reason: comment,
      owner: '',
      origin: 'api',
      revision: 1,
      createdMilliseconds,
      changedMilliseconds: createdMilliseconds,
    })),
  };
}

function pathIn(dataFolder: string): string {
  return join(dataFolder, 'rules.json');
}
