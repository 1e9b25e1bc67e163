// SPDX-License-Identifier: Apache-2.0
// Applications as a person reads of them.
import type { CatalogEntry, CatalogFinding } from '@weir/probe';
import { wrap } from '../terminal.js';
import { fittingTable } from '../text-table.js';

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** Where lines end that nobody's terminal ends. */
const PAGE_WIDTH = 100;

export function catalogText(entries: readonly CatalogEntry[], width: number): string {
  if (entries.length === 0) return 'no application is like that\n';
  const services = entries.filter(({ kind }) => kind === 'service').length;
  const table = fittingTable(
    ['name', 'id', 'category', 'goes by', 'aliases'],
    entries.map(({ name, id, category, knownBy, aliases }) => [
      name,
      String(id).padStart(4),
      category,
      knownBy.join(', '),
      aliases.join(', '),
    ]),
    width,
  );
  return `${table}\n${plural(entries.length - services, 'protocol')}, ${plural(services, 'service')}\n`;
}

/** In front of what stands beside keys. */
const KEY_INDENT = ' '.repeat(15);

type Content = CatalogFinding['content'];
type Match = NonNullable<Content['match']>[number];
type Example = NonNullable<Content['examples']>[number];

const DIRECTIONS: Readonly<Record<string, string>> = {
  client: 'client → server',
  server: 'server → client',
  either: 'either direction',
};

function sizeText({ minimumBytes, maximumBytes }: Match): string[] {
  if (minimumBytes !== undefined && minimumBytes === maximumBytes)
    return [`${minimumBytes} octets`];
  if (minimumBytes !== undefined && maximumBytes !== undefined) {
    return [`${minimumBytes} to ${maximumBytes} octets`];
  }
  if (minimumBytes !== undefined) return [`from ${minimumBytes} octets on`];
  return maximumBytes === undefined ? [] : [`up to ${maximumBytes} octets`];
}

function matchText(match: Match, index: number): string {
  const qualities = [
    `${match.transport}, ${DIRECTIONS[match.direction]}`,
    ...(match.within === undefined ? [] : [`within ${match.within}`]),
    ...(match.caseless ? ['any case'] : []),
    ...(match.priority === undefined ? [] : [`priority ${match.priority}`]),
    ...(match.confidence === undefined ? [] : [`confidence ${match.confidence}`]),
    ...sizeText(match),
  ];
  return `  ${index + 1}. ${qualities.join(', ')}\n     ${match.regex.trim()}`;
}

/** Short ones whole, of long ones the beginning. */
function exampleText(example: Example, width: number): string {
  const { transport, direction, hex, text, padToBytes, thenHex, thenText } = example;
  const written = [
    hex ?? JSON.stringify(text),
    ...(padToBytes === undefined ? [] : [`zeros up to ${padToBytes} octets`]),
    ...[thenHex, thenText === undefined ? undefined : JSON.stringify(thenText)].filter(
      (one) => one !== undefined,
    ),
  ].join(', then ');
  const head = `  ${transport} ${direction}: `;
  const room = Math.min(width, PAGE_WIDTH) - head.length;
  const body = written.replaceAll(/\s+/g, ' ').trim();
  return head + (body.length > room ? `${body.slice(0, room - 1)}…` : body);
}

function block(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', title, ...lines];
}

/** Names one behind the other in as many lines as they need. */
function wrapped(names: readonly string[], width: number): string[] {
  return names.length === 0 ? [] : [wrap(names.join(', '), Math.min(width, PAGE_WIDTH), '  ')];
}

export function findingText(
  { entry, content, byServerName }: CatalogFinding,
  width: number,
): string {
  const { match = [], examples = [], nearMisses = [] } = content;
  const facts = [
    ...(byServerName === undefined ? [] : [['server name', `of ${byServerName}`]]),
    ['id', String(entry.id)],
    ['kind', `${entry.kind}, ${entry.category}`],
    ...(entry.aliases.length > 0 ? [['aliases', entry.aliases.join(', ')]] : []),
    ['goes by', entry.knownBy.join(', ')],
    ...(entry.ports.length > 0 ? [['port hints', entry.ports.join(', ')]] : []),
    ['reference', content.reference],
    ['file', `${entry.file}:${entry.line}`],
    ...entry.extendedBy.map((place) => ['extended by', place]),
  ].map(([key = '', value = '']) => {
    const text = wrap(value, Math.min(width, PAGE_WIDTH), KEY_INDENT).trimStart();
    return `  ${key.padEnd(KEY_INDENT.length - 3)} ${text}`;
  });
  const lines = [
    `${entry.name}: ${entry.description}`,
    ...facts,
    ...block('Patterns', match.map(matchText)),
    ...block(
      'Server names (and all names below them; = only this one)',
      wrapped(entry.serverNames, width),
    ),
    ...block(
      'Examples',
      examples.map((one) => exampleText(one, width)),
    ),
    ...block(
      'Near misses',
      nearMisses.map((one) => exampleText(one, width)),
    ),
  ];
  return `${lines.join('\n')}\n`;
}
