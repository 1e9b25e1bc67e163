// SPDX-License-Identifier: Apache-2.0
// What operators say: rules, lists, decisions by hand. A change is kept before it counts, one at a time.
import { randomUUID } from 'node:crypto';
import {
  type AddressList,
  type Decision,
  type DecisionInput,
  type FileRuleInput,
  type ListInput,
  parseFilter,
  type Rule,
  type RuleInput,
  wholeAction,
} from '@weir/wire';
import type { NewDecision } from './decision-book.js';
import { ControlRefusal } from './refusal.js';
import { actionFault, ruleFault } from './rule-check.js';
import { type KeptControl, loadControl, NOTHING_SAID, saveControl } from './rule-file.js';
import { normalSelector, selectorFault, selectorText } from './selector.js';

const MOST_RULES = 20_000;
const MOST_LISTS = 200;
const MOST_MANUAL = 20_000;

/** Who says it, and of which revision of it somebody thinks. */
export interface Saying {
  readonly owner: string;
  /** As the header If-Match has it; undefined: whichever it is. */
  readonly revision?: number | undefined;
}

/** What something was when its turn to be changed came, and what it is. */
export interface Changed<Item> {
  readonly before: Item;
  readonly after: Item;
}

export interface NewRule extends Pick<Saying, 'owner'> {
  /** @default a new one */
  readonly id?: string | undefined;
}

export class Control {
  readonly #dataFolder: string;
  #kept: KeptControl = NOTHING_SAID;
  #changing: Promise<unknown> = Promise.resolve();

  constructor(dataFolder: string) {
    this.#dataFolder = dataFolder;
  }

  /** @throws CollectorError WEIR_COLLECTOR_RULES */
  async load(): Promise<void> {
    this.#kept = await loadControl(this.#dataFolder);
  }

  /** Rules of both origins. */
  get rules(): readonly Rule[] {
    return [...this.#kept.rules, ...this.fileRules];
  }

  /** Those of --rules-file. */
  get fileRules(): readonly Rule[] {
    return this.#kept.fileRules ?? [];
  }

  get lists(): readonly AddressList[] {
    return this.#kept.lists;
  }

  get manual(): readonly Decision[] {
    return this.#kept.manual;
  }

  /** @throws ControlRefusal */
  rule(id: string): Rule {
    const found = this.rules.find((rule) => rule.id === id);
    return found ?? refuse('unknown-rule', `there is no rule "${id}"`);
  }

  /** @throws ControlRefusal */
  list(id: string): AddressList {
    const found = this.lists.find((list) => list.id === id);
    return found ?? refuse('unknown-list', `there is no list "${id}"`);
  }

  /**
   * What stands in --rules-file now. A name that a rule of the API has is the file's fault.
   * @throws ControlRefusal, CollectorError
   */
  setFileRules(inputs: readonly FileRuleInput[]): Promise<void> {
    return this.#change((kept) => {
      for (const { name } of inputs) {
        const isTaken = kept.rules.some((rule) => isSameName(rule.name, name));
        if (isTaken) refuse('exists', `"${name}" is the name of a rule that was made otherwise`);
      }
      return { kept: { ...kept, fileRules: this.#fileRulesOf(inputs) }, result: undefined };
    });
  }

  /** Which of the inputs say something that the file did not say before. */
  newOfFile(inputs: readonly FileRuleInput[]): FileRuleInput[] {
    const before = new Map(this.fileRules.map(({ id, revision }) => [id, revision]));
    const rules = this.#fileRulesOf(inputs);
    return inputs.filter((_, i) => {
      const rule = rules[i] as Rule;
      return before.get(rule.id) !== rule.revision;
    });
  }

  #fileRulesOf(inputs: readonly FileRuleInput[]): Rule[] {
    const now = Date.now();
    const before = new Map(this.fileRules.map((rule) => [rule.id, rule]));
    return inputs.map(({ confirm: _, ...input }) =>
      fileRule(input, before.get(fileId(input.name)), now),
    );
  }

  /** `id`: of a rule that was deleted and comes back. @throws ControlRefusal, CollectorError */
  createRule(input: RuleInput, { owner, id = randomUUID() }: NewRule): Promise<Rule> {
    const now = Date.now();
    return this.#change((kept) => {
      checkRule(input);
      if (this.rules.some((rule) => rule.id === id)) refuse('exists', `there is a rule ${id}`);
      if (this.rules.length >= MOST_RULES) refuse('too-many', `${MOST_RULES} rules are the most`);
      this.#checkName(input.name);
      const made = {
        ...({ owner, origin: 'api', revision: 1 } as const),
        createdMilliseconds: now,
      };
      const action = wholeAction(input.action);
      const rule: Rule = { ...input, action, id, ...made, changedMilliseconds: now };
      return { kept: { ...kept, rules: [...kept.rules, rule] }, result: rule };
    });
  }

  /** @throws ControlRefusal, CollectorError */
  changeRule(id: string, input: RuleInput, { revision }: Saying): Promise<Changed<Rule>> {
    return this.#change((kept) => {
      const before = this.rule(id);
      checkOwn(before);
      checkRevision(before, revision);
      checkRule(input);
      this.#checkName(input.name, id);
      const { owner, origin, createdMilliseconds } = before;
      const rule: Rule = {
        ...{ ...input, action: wholeAction(input.action) },
        ...{ id, owner, origin, createdMilliseconds, changedMilliseconds: Date.now() },
        revision: before.revision + 1,
      };
      const result = { before, after: rule };
      return { kept: { ...kept, rules: replaced(kept.rules, rule) }, result };
    });
  }

  /** @throws ControlRefusal, CollectorError */
  deleteRule(id: string, revision?: number): Promise<Rule> {
    return this.#change((kept) => {
      const before = this.rule(id);
      checkOwn(before);
      checkRevision(before, revision);
      return { kept: { ...kept, rules: without(kept.rules, id) }, result: before };
    });
  }

  /** @throws ControlRefusal, CollectorError */
  createList(input: ListInput, { owner }: Saying): Promise<AddressList> {
    const now = Date.now();
    return this.#change((kept) => {
      checkList(input);
      if (kept.lists.length >= MOST_LISTS) refuse('too-many', `${MOST_LISTS} lists are the most`);
      if (kept.lists.some(({ name }) => isSameName(name, input.name))) {
        refuse('exists', `there is a list "${input.name}"`);
      }
      const times = { createdMilliseconds: now, changedMilliseconds: now };
      const made = { action: wholeAction(input.action), id: randomUUID(), owner, revision: 1 };
      const list: AddressList = { ...input, ...made, ...times };
      return { kept: { ...kept, lists: [...kept.lists, list] }, result: list };
    });
  }

  /** @throws ControlRefusal, CollectorError */
  changeList(id: string, input: ListInput, { revision }: Saying): Promise<Changed<AddressList>> {
    return this.#change((kept) => {
      const before = this.list(id);
      checkRevision(before, revision);
      checkList(input);
      if (kept.lists.some((other) => other.id !== id && isSameName(other.name, input.name))) {
        refuse('exists', `there is another list "${input.name}"`);
      }
      const { owner, createdMilliseconds } = before;
      const list: AddressList = {
        ...{ ...input, action: wholeAction(input.action) },
        ...{ id, owner, createdMilliseconds, changedMilliseconds: Date.now() },
        revision: before.revision + 1,
      };
      const result = { before, after: list };
      return { kept: { ...kept, lists: replaced(kept.lists, list) }, result };
    });
  }

  /** @throws ControlRefusal, CollectorError */
  deleteList(id: string, revision?: number): Promise<AddressList> {
    return this.#change((kept) => {
      const before = this.list(id);
      checkRevision(before, revision);
      return { kept: { ...kept, lists: without(kept.lists, id) }, result: before };
    });
  }

  /** @throws ControlRefusal, CollectorError */
  createDecision(input: DecisionInput, { owner }: Saying): Promise<NewDecision> {
    return this.#change((kept) => {
      const now = Date.now();
      const standing = kept.manual.filter(
        ({ expiresMilliseconds = Infinity }) => expiresMilliseconds > now,
      );
      if (standing.length >= MOST_MANUAL)
        refuse('too-many', `${MOST_MANUAL} decisions by hand are the most`);
      const decision = { ...manualDecision(input, owner, now), revision: 0 };
      return { kept: { ...kept, manual: [...standing, decision] }, result: decision };
    });
  }

  /** Undefined: it was not made by hand. @throws CollectorError */
  deleteDecision(id: string): Promise<Decision | undefined> {
    return this.#change((kept) => {
      const before = kept.manual.find((decision) => decision.id === id);
      return { kept: { ...kept, manual: without(kept.manual, id) }, result: before };
    });
  }

  /** Ends when what was begun is kept, or has failed. */
  async settle(): Promise<void> {
    await this.#changing.catch(() => undefined);
  }

  #change<Result>(
    make: (kept: KeptControl) => { kept: KeptControl; result: Result },
  ): Promise<Result> {
    const changed = this.#changing.then(
      () => this.#apply(make),
      () => this.#apply(make),
    );
    this.#changing = changed;
    return changed;
  }

  async #apply<Result>(
    make: (kept: KeptControl) => { kept: KeptControl; result: Result },
  ): Promise<Result> {
    const { kept, result } = make(this.#kept);
    await saveControl(this.#dataFolder, kept);
    this.#kept = kept;
    return result;
  }

  #checkName(name: string, except?: string): void {
    const other = this.rules.find((rule) => rule.id !== except && isSameName(rule.name, name));
    if (other) refuse('exists', `rule ${other.id} is called "${other.name}"; take another name`);
  }
}

function refuse(...[code, message]: ConstructorParameters<typeof ControlRefusal>): never {
  throw new ControlRefusal(code, message);
}

const isSameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

function replaced<Item extends { readonly id: string }>(items: readonly Item[], by: Item): Item[] {
  return items.map((item) => (item.id === by.id ? by : item));
}

function without<Item extends { readonly id: string }>(items: readonly Item[], id: string): Item[] {
  return items.filter((item) => item.id !== id);
}

function checkOwn({ origin, name }: Rule): void {
  if (origin === 'file')
    refuse('read-only', `"${name}" stands in the rules' file; change it there`);
}

function checkRevision(held: { readonly revision: number }, revision: number | undefined): void {
  if (revision === undefined || revision === held.revision) return;
  refuse('changed', `it has changed meanwhile (revision ${held.revision}); look again`);
}

/** @throws ControlRefusal, FilterError */
export function checkRule(input: RuleInput): void {
  parseFilter(input.filter);
  const fault = ruleFault(input);
  if (fault !== undefined) refuse('bad-rule', fault);
}

function checkList({ url, file, action }: ListInput): void {
  if ((url === undefined) === (file === undefined))
    refuse('bad-rule', 'give either "url" or "file"');
  const fault = actionFault(action);
  if (fault !== undefined) refuse('bad-rule', fault);
}

function manualDecision(input: DecisionInput, owner: string, now: number): NewDecision {
  const { seconds, reason, gateways, whenCollectorIsLost = 'keep' } = input;
  const action = wholeAction(input.action);
  const fault = actionFault(action);
  if (fault !== undefined) refuse('bad-rule', fault);
  const selector = normalSelector(input.selector);
  if (selector === undefined) return refuse('bad-rule', selectorFault(input.selector));
  const isEverybody = selector.kind === 'network' && selector.prefix.endsWith('/0');
  if (isEverybody && action.kind !== 'watch') refuse('bad-rule', 'this selects everybody');
  return {
    id: randomUUID(),
    action,
    selector,
    createdMilliseconds: now,
    ...(seconds !== undefined && { expiresMilliseconds: now + seconds * 1000 }),
    origin: action.kind === 'allow' ? 'allow' : 'manual',
    reason: `${owner}: ${reason} (${action.kind} ${selectorText(selector)})`,
    isSimulated: false,
    whenCollectorIsLost,
    ...(gateways !== undefined && { gateways }),
  };
}

/** Rules of a file are known by their names. */
function fileId(name: string): string {
  return name;
}

/** As before, where it says the same. */
function fileRule(input: RuleInput, before: Rule | undefined, now: number): Rule {
  const action = wholeAction(input.action);
  const told = { ...input, action, id: fileId(input.name), owner: 'file', origin: 'file' as const };
  const {
    revision = 0,
    createdMilliseconds = now,
    changedMilliseconds = now,
    ...held
  } = before ?? {};
  const isSame = before !== undefined && JSON.stringify(held) === JSON.stringify(told);
  return {
    ...told,
    revision: isSame ? revision : revision + 1,
    createdMilliseconds,
    changedMilliseconds: isSame ? changedMilliseconds : now,
  };
}
