// SPDX-License-Identifier: Apache-2.0
// Rules that live in a file of the operator's, in git say. Text in, checked rules out; each error says where
// it stands.
import { FileRuleInput, FilterError, parseFilter } from '@weir/wire';
import { Errors } from 'typebox/value';
import { type Document, isNode, LineCounter, parseDocument } from 'yaml';
import { ruleFault } from './rule-check.js';

/** Where it is and what is wrong: "rules.yaml:12:3: …". */
export class RulesFileError extends Error {
  override readonly name = 'RulesFileError';
}

type Path = readonly (string | number)[];

/** A list of rules, or of none. @throws RulesFileError */
export function readRulesYaml(text: string, file: string): FileRuleInput[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const refuseAt = (offset: number, message: string): never => {
    const { line, col } = lines.linePos(offset);
    throw new RulesFileError(`${file}:${line}:${col}: ${message}`);
  };
  const [syntax] = document.errors;
  if (syntax !== undefined) refuseAt(syntax.pos[0], syntax.message.split(/ at line|\n/)[0] ?? '');
  const content: unknown = document.toJS() ?? [];
  if (!Array.isArray(content)) refuseAt(0, 'a list of rules is expected');
  const seen = new Set<string>();
  return (content as unknown[]).map((item, i) => {
    const refuse = (path: Path, message: string) =>
      refuseAt(offsetOf(document, [i, ...path]), message);
    const rule = checkedRule(item, refuse);
    const name = rule.name.toLowerCase();
    if (seen.has(name)) refuse(['name'], `there are two rules "${rule.name}"`);
    seen.add(name);
    return rule;
  });
}

function checkedRule(item: unknown, refuse: (path: Path, message: string) => never): FileRuleInput {
  const [error] = Errors(FileRuleInput, item);
  if (error !== undefined) {
    const path = error.instancePath.split('/').slice(1);
    const steps = path.map((step) => (/^\d+$/.test(step) ? Number(step) : step));
    refuse(steps, `${path.join('.') || 'the rule'} ${error.message}`);
  }
  const rule = item as FileRuleInput;
  try {
    parseFilter(rule.filter);
  } catch (error) {
    if (error instanceof FilterError)
      refuse(['filter'], `the filter cannot be read: ${error.message}`);
    throw error;
  }
  const fault = ruleFault(rule);
  if (fault !== undefined) refuse([], fault);
  return rule;
}

function offsetOf(document: Document, path: Path): number {
  const node = path.length === 0 ? document.contents : document.getIn(path, true);
  if (isNode(node) && node.range) return node.range[0];
  return path.length === 0 ? 0 : offsetOf(document, path.slice(0, -1));
}
