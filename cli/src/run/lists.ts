// SPDX-License-Identifier: Apache-2.0
// What `weir lists` does.
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type AddressList,
  API,
  type ListInput,
  type ListsResponse,
  type ShownList,
} from '@weir/wire';
import { ask } from '../api-client.js';
import type { CommandContext } from '../command/section-command.js';
import { CommandError } from '../errors.js';
import { inOneLine, textTable } from '../text-table.js';
import { type ActionFlags, actionOf, isCheck, write } from './control.js';

interface ListFlags extends ActionFlags {
  readonly format: ListInput['format'];
  readonly refresh?: number;
  readonly simulate?: boolean;
}

const SECOND_MS = 1000;
/** How long `add` waits for the first reading. */
const READING_MS = 15_000;
const LOOK_MS = 250;

/** @throws CommandError WEIR_CLI_BAD_LIST for a path that the collector would look for in a folder of its own */
function sourceOf(source: string): Pick<ListInput, 'url' | 'file'> {
  if (/^https?:\/\//.test(source)) return { url: source };
  if (source.startsWith('/')) return { file: source };
  throw new CommandError(
    'WEIR_CLI_BAD_LIST',
    `"${source}" is no URL (https://…) and no whole path of a file on the collector's machine (/…).`,
  );
}

/** @throws CommandError WEIR_CLI_BAD_LIST, WEIR_CLI_BAD_ACTION */
export function listOf({
  arguments: [name = '', source = ''],
  options,
}: CommandContext): ListInput {
  const flags = options as unknown as ListFlags;
  const { format, refresh, simulate, gateway, reason } = flags;
  return {
    ...{ name, format, action: actionOf(flags) },
    ...sourceOf(source),
    ...(refresh !== undefined && { refreshSeconds: Math.ceil(refresh / SECOND_MS) }),
    ...(simulate === true && { isSimulated: true }),
    ...(gateway !== undefined && { gateways: [...gateway] }),
    ...(reason !== undefined && { reason }),
  };
}

async function shownLists({ config }: CommandContext): Promise<readonly ShownList[]> {
  const { lists } = await ask<ListsResponse>(config.query, API.lists);
  return lists;
}

/** @throws CommandError WEIR_CLI_UNKNOWN_LIST */
async function wantedList(context: CommandContext): Promise<ShownList> {
  const [wanted = ''] = context.arguments;
  const lists = await shownLists(context);
  const isWanted = ({ id, name }: ShownList) =>
    id === wanted || name.toLowerCase() === wanted.toLowerCase();
  const list = lists.find(isWanted);
  if (list !== undefined) return list;
  throw new CommandError(
    'WEIR_CLI_UNKNOWN_LIST',
    `there is no list "${wanted}"; see "weir lists list".`,
  );
}

const routeOf = ({ id }: AddressList) => `${API.lists}/${encodeURIComponent(id)}`;

export async function listLists(context: CommandContext): Promise<void> {
  if (isCheck(context)) return;
  const lists = await shownLists(context);
  write(context, { lists }, () =>
    textTable(
      ['id', 'name', 'action', 'on', 'entries', 'refused', 'read (UTC)', 'from', 'problem'],
      lists.map(cellsOf),
    ),
  );
}

function cellsOf({ id, name, action, isEnabled, isSimulated, state, ...list }: ShownList) {
  const { entries, refusedCount, refreshedMilliseconds: at, problem = '' } = state;
  const isOn = isEnabled === false ? 'no' : isSimulated === true ? 'simulated' : 'yes';
  const read = at === undefined ? '' : new Date(at).toISOString().slice(0, 19).replace('T', ' ');
  return [
    ...[id, name, action.kind, isOn, entries, refusedCount, read],
    ...[list.url ?? list.file ?? '', problem],
  ];
}

export async function addList(context: CommandContext): Promise<void> {
  if (isCheck(context)) return;
  const change = { method: 'POST', body: listOf(context) } as const;
  const made = await ask<AddressList>(context.config.query, API.lists, {}, change);
  process.stdout.write(`${made.id}\n`);
  tell(await afterReading(context, made.id));
}

/** The list once it was read, or could not be, as far as somebody waits for that. */
async function afterReading(context: CommandContext, id: string): Promise<ShownList | undefined> {
  for (let waitedMs = 0; waitedMs < READING_MS; waitedMs += LOOK_MS) {
    const list = (await shownLists(context)).find((one) => one.id === id);
    const { refreshedMilliseconds, problem } = list?.state ?? {};
    if (refreshedMilliseconds !== undefined || problem !== undefined) return list;
    await sleep(LOOK_MS);
  }
  return undefined;
}

export async function refreshList(context: CommandContext): Promise<void> {
  if (isCheck(context)) return;
  const list = await wantedList(context);
  const change = { method: 'POST' } as const;
  tell(await ask<ShownList>(context.config.query, `${routeOf(list)}/refresh`, {}, change));
}

function tell(list: ShownList | undefined): void {
  const text =
    list === undefined ? 'it is still being read; see "weir lists list"' : readingText(list);
  process.stderr.write(`weir: ${inOneLine(text)}.\n`);
}

/** What came of the last reading. */
export function readingText({ name, state }: ShownList): string {
  const { entries, refusedCount, refusedLines, problem } = state;
  const [first] = refusedLines;
  if (problem !== undefined)
    return `the list "${name}" could not be read: ${problem}; ${entries} entries of before count`;
  const refused =
    first === undefined
      ? ''
      : `; ${refusedCount} refused, the first in line ${first.line}: ${first.reason}`;
  return `${entries} entries of "${name}" count${refused}`;
}

export async function deleteList(context: CommandContext): Promise<void> {
  if (isCheck(context)) return;
  const list = await wantedList(context);
  await ask(context.config.query, routeOf(list), {}, { method: 'DELETE' });
  process.stderr.write(`weir: the list "${list.name}" is left, its decisions have ended.\n`);
}
