// SPDX-License-Identifier: Apache-2.0
// What `weir rules` and `weir decisions` do.
import {
  type ActionInput,
  API,
  type Decision,
  type DecisionInput,
  type DecisionsResponse,
  type Rule,
  type RuleInput,
  type RulePreview,
  type RulesResponse,
  type Selector,
  type WhyResponse,
} from '@weir/wire';
import { ask } from '../api-client.js';
import type { CommandContext } from '../command/section-command.js';
import { CommandError } from '../errors.js';
import { missingNotes } from '../query/answer-tables.js';
import { textTable } from '../text-table.js';

export interface ActionFlags {
  readonly action: string;
  readonly up?: number;
  readonly down?: number;
  readonly per?: 'host' | 'network' | 'rule';
  readonly dscp?: number;
  readonly gateway?: readonly string[];
  readonly reason?: string;
}

interface RuleFlags extends ActionFlags {
  readonly scope: RuleInput['scope'];
  readonly subject?: RuleInput['subject'];
  readonly hold?: number;
  readonly simulate?: boolean;
  readonly confirm?: boolean;
  readonly last?: number;
}

const SECOND_MS = 1000;
const DAY_MS = 86_400_000;

/** Flags that only one action uses: a rate without --action shape would be a block. */
function refuseStrayFlags({ action, up, down, per, dscp }: ActionFlags): void {
  const strays = Object.entries({ up, down, per }).filter(([, value]) => value !== undefined);
  const [stray] = action === 'shape' ? [] : strays.map(([flag]) => flag);
  if (stray !== undefined) throw badAction(`--${stray} is for --action shape`);
  if ((action === 'mark') !== (dscp !== undefined)) {
    throw badAction('--action mark and --dscp, from 0 to 63, go together');
  }
}

function badAction(what: string): CommandError {
  return new CommandError('WEIR_CLI_BAD_ACTION', `${what}; see --help.`);
}

/** @throws CommandError WEIR_CLI_BAD_ACTION */
export function actionOf(flags: ActionFlags): ActionInput {
  refuseStrayFlags(flags);
  const { action, up, down, per, dscp = 0 } = flags;
  switch (action) {
    case 'reject':
      return { kind: 'block', answer: 'reject' };
    case 'shape':
      return {
        kind: 'shape',
        ...(up !== undefined && { upBitsPerSecond: up }),
        ...(down !== undefined && { downBitsPerSecond: down }),
        ...(per !== undefined && { per }),
      };
    case 'mark':
      return { kind: 'mark', dscp };
    case 'watch':
    case 'allow':
      return { kind: action };
    default:
      return { kind: 'block' };
  }
}

/** A rule out of the command's options. */
function ruleOf(
  { options }: CommandContext,
  { name, filter }: Pick<RuleInput, 'name' | 'filter'>,
): RuleInput {
  const flags = options as unknown as RuleFlags;
  const { scope, subject, hold, simulate, gateway, reason } = flags;
  return {
    ...{ name, filter, scope, action: actionOf(flags) },
    ...(subject !== undefined && { subject }),
    ...(hold !== undefined && { holdSeconds: Math.ceil(hold / SECOND_MS) }),
    ...(simulate === true && { isSimulated: true }),
    ...(gateway !== undefined && { gateways: [...gateway] }),
    ...(reason !== undefined && { reason }),
  };
}

/** Whether nothing is to be asked: --check was given. */
export function isCheck({ check, config }: CommandContext): boolean {
  if (check) process.stderr.write(`weir: would ask ${config.query.collector}.\n`);
  return check;
}

export function write(context: CommandContext, answer: unknown, table: () => string): void {
  const text = context.options.json === true ? `${JSON.stringify(answer)}\n` : table();
  process.stdout.write(text);
}

const DECIDES = { 'at-once': 'at once', 'by-flows': 'by flows' } as const;

export async function listRules(context: CommandContext): Promise<void> {
  if (isCheck(context)) return;
  const answer = await ask<RulesResponse>(context.config.query, API.rules);
  write(context, answer, () =>
    textTable(
      ['id', 'name', 'action', 'scope', 'on', 'decides', 'decisions', 'octets', 'filter'],
      answer.rules.map(({ id, name, action, scope, filter, activity, isSimulated }) => [
        ...[id, name, action.kind, scope],
        isSimulated === true ? 'simulated' : activity.isActive ? 'yes' : 'no',
        ...[DECIDES[activity.decides], activity.decisions, activity.octets, filter],
      ]),
    ),
  );
}

export async function addRule(context: CommandContext): Promise<void> {
  if (isCheck(context)) return;
  const [name = '', filter = ''] = context.arguments;
  const confirm = (context.options as unknown as RuleFlags).confirm === true;
  const change = { method: 'POST', body: ruleOf(context, { name, filter }) } as const;
  const parameters = confirm ? { confirm: 'true' } : {};
  const rule = await ask<Rule>(context.config.query, API.rules, parameters, change);
  process.stderr.write(`weir: rule "${rule.name}" holds from now on.\n`);
  process.stdout.write(`${rule.id}\n`);
}

export async function previewRule(context: CommandContext): Promise<void> {
  if (isCheck(context)) return;
  const [filter = ''] = context.arguments;
  const { last = DAY_MS } = context.options as unknown as RuleFlags;
  const to = Date.now();
  const body = { rule: ruleOf(context, { name: 'preview', filter }), from: to - last, to };
  const change = { method: 'POST', body } as const;
  const answer = await ask<RulePreview>(context.config.query, API.rulePreview, {}, change);
  write(context, answer, () => previewText(answer));
}

export function previewText(preview: RulePreview): string {
  const { hosts, allHosts, hit, top, other, approximations, missing, needsConfirmation } = preview;
  const percent = Math.round(preview.share * 100);
  const rows = top.map(({ address, octets, packets, flows }) => [address, octets, packets, flows]);
  const rest = hosts > top.length ? [['other', other.octets, other.packets, other.flows]] : [];
  const notes = [
    ...approximations.map((text) => `not exact: ${text}`),
    ...missingNotes(missing),
    ...preview.protected.map((address) => `${address} is protected and would not be touched`),
    ...(preview.decides === 'at-once'
      ? ['it decides as soon as it is made, before there is a flow']
      : []),
    ...(needsConfirmation ? ['so many hosts take a second yes: --confirm'] : []),
  ];
  return [
    `${hosts} of ${allHosts} hosts (${percent} %), ${hit.flows} flows, ${hit.octets} octets would have been hit\n`,
    textTable(['host', 'octets', 'packets', 'flows'], [...rows, ...rest]),
    ...notes.map((note) => `${note}\n`),
  ].join('');
}

export async function deleteRule(context: CommandContext): Promise<void> {
  if (isCheck(context)) return;
  const [wanted = ''] = context.arguments;
  const { rules } = await ask<RulesResponse>(context.config.query, API.rules);
  const rule = rules.find(
    ({ id, name }) => id === wanted || name.toLowerCase() === wanted.toLowerCase(),
  );
  if (rule === undefined) {
    throw new CommandError(
      'WEIR_CLI_UNKNOWN_RULE',
      `there is no rule "${wanted}"; see "weir rules list".`,
    );
  }
  const route = `${API.rules}/${encodeURIComponent(rule.id)}`;
  await ask(context.config.query, route, {}, { method: 'DELETE' });
  process.stderr.write(`weir: rule "${rule.name}" is deleted, its decisions have ended.\n`);
}

const end = (address: string, port: number) =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;

function aboutText(selector: Selector): string {
  switch (selector.kind) {
    case 'host':
      return selector.address;
    case 'network':
      return selector.prefix;
    case 'endpoint':
      return end(selector.address, selector.port);
    default: {
      const source = end(selector.sourceAddress, selector.sourceTransportPort);
      return `${source} - ${end(selector.destinationAddress, selector.destinationTransportPort)}`;
    }
  }
}

function decisionCells({ id, action, selector, origin, rule, ...decision }: Decision): string[] {
  const { expiresMilliseconds: until, isSimulated } = decision;
  const ends =
    until === undefined ? '' : new Date(until).toISOString().slice(0, 19).replace('T', ' ');
  const kind = isSimulated ? `${action.kind} (simulated)` : action.kind;
  return [id, kind, aboutText(selector), origin, rule?.name ?? '', ends];
}

const DECISION_HEADING = ['id', 'action', 'about', 'origin', 'rule', 'ends (UTC)'];

export async function listDecisions(context: CommandContext): Promise<void> {
  if (isCheck(context)) return;
  const answer = await ask<DecisionsResponse>(context.config.query, API.decisions);
  write(context, answer, () => textTable(DECISION_HEADING, answer.decisions.map(decisionCells)));
}

export async function addDecision(context: CommandContext): Promise<void> {
  if (isCheck(context)) return;
  const flags = context.options as unknown as ActionFlags & {
    readonly for?: number;
    readonly confirm?: boolean;
  };
  const { for: ms, reason = 'by hand', gateway, confirm = false } = flags;
  const body: DecisionInput = {
    ...{ selector: selectorOf(context.arguments[0] ?? ''), action: actionOf(flags), reason },
    ...(ms !== undefined && { seconds: Math.ceil(ms / SECOND_MS) }),
    ...(gateway !== undefined && { gateways: [...gateway] }),
  };
  const change = { method: 'POST', body } as const;
  const parameters = confirm ? { confirm: 'true' } : {};
  const decision = await ask<Decision>(context.config.query, API.decisions, parameters, change);
  process.stdout.write(`${decision.id}\n`);
}

/** ADDRESS, PREFIX/LENGTH, ADDRESS:PORT or [ADDRESS]:PORT; the collector checks the addresses. */
export function selectorOf(text: string): Selector {
  if (text.includes('/')) return { kind: 'network', prefix: text };
  const endpoint = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text);
  const address = endpoint?.[1] ?? endpoint?.[2];
  if (address === undefined) return { kind: 'host', address: text };
  return { kind: 'endpoint', address, port: Number(endpoint?.[3]) };
}

/** By its id, or all that were made by hand about exactly this. */
export async function deleteDecision(context: CommandContext): Promise<void> {
  if (isCheck(context)) return;
  const { query } = context.config;
  const [wanted = ''] = context.arguments;
  const { decisions } = await ask<DecisionsResponse>(query, API.decisions);
  const found = decisions.filter(
    ({ origin, selector }) => origin === 'manual' && aboutText(selector) === wanted.toLowerCase(),
  );
  // What is no address is an id: the collector knows why it may not be deleted.
  const ids = found.length > 0 ? found.map(({ id }) => id) : [wanted];
  for (const id of ids) {
    const route = `${API.decisions}/${encodeURIComponent(id)}`;
    await ask(query, route, {}, { method: 'DELETE' });
  }
}

export async function whyBlocked(context: CommandContext): Promise<void> {
  if (isCheck(context)) return;
  const [address = ''] = context.arguments;
  const answer = await ask<WhyResponse>(context.config.query, API.why, { address });
  write(context, answer, () => whyText(answer));
}

/** The flow that caused it, and what named that. */
function evidenceCells({ evidence }: Decision): string[] {
  if (evidence === undefined) return ['', ''];
  const { applicationName, applicationConfidence: confidence, signature } = evidence;
  const source = end(evidence.sourceAddress, evidence.sourceTransportPort);
  const destination = end(evidence.destinationAddress, evidence.destinationTransportPort);
  const name = signature ?? applicationName;
  return [`${source} - ${destination}`, confidence === '' ? name : `${name} (${confidence})`];
}

function standingText(counts: boolean, { isSimulated }: Decision): string {
  if (isSimulated) return 'simulated';
  return counts ? 'counts' : 'overridden';
}

export function whyText({ address, protectedBy, touches }: WhyResponse): string {
  if (touches.length === 0) return `nothing touches ${address}, nor has during the last day\n`;
  const rows = touches.map(({ decision, counts, ending, packets, octets }) => [
    ending ?? standingText(counts, decision),
    ...decisionCells(decision).slice(1),
    ...[packets, octets, ...evidenceCells(decision), decision.reason],
  ]);
  const heading = [
    'state',
    ...DECISION_HEADING.slice(1),
    'packets',
    'octets',
    'flow',
    'named by',
    'why',
  ];
  const note = protectedBy === undefined ? '' : `${address} is protected: ${protectedBy}\n`;
  return note + textTable(heading, rows);
}
