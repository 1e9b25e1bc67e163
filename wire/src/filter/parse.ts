// SPDX-License-Identifier: Apache-2.0
import { fieldOf } from './fields.js';
import { type Comparison, FILTER_LIMITS, type FlowCondition } from './filter.js';
import { FilterError } from './filter-error.js';
import { FilterParser } from './parser.js';
import { tokensOf } from './tokens.js';
import { valueText } from './values.js';

/**
 * What the text of a filter means; every flow when it is empty.
 * @throws FilterError with the position
 */
export function parseFilter(text: string): FlowCondition {
  if (text.length > FILTER_LIMITS.characters) {
    const what = `the filter has more than ${FILTER_LIMITS.characters} characters; ask for less at once`;
    const at = { from: FILTER_LIMITS.characters, to: text.length };
    throw new FilterError('WEIR_FILTER_TOO_LARGE', what, { at });
  }
  return new FilterParser(tokensOf(text)).parse();
}

function comparisonText({ field, operator, values }: Comparison): string {
  const texts = values.map((value) => valueText(fieldOf(field), value));
  const isList = operator === 'in' || operator === 'not in';
  const list = isList && texts.length > 1 ? `(${texts.join(', ')})` : (texts[0] ?? '');
  return `${field} ${operator} ${list}`;
}

/** A part that stands in another one. */
function partText(part: FlowCondition, within: FlowCondition['kind']): string {
  const text = filterText(part);
  const bare = part.kind === 'comparison' || part.kind === 'any' || part.kind === 'not';
  const binds = part.kind === 'and' && within === 'or';
  return bare || binds ? text : `(${text})`;
}

/** The filter in the form that reads best. Parsing it gives the same condition again. */
export function filterText(condition: FlowCondition): string {
  switch (condition.kind) {
    case 'any':
      return 'any';
    case 'comparison':
      return comparisonText(condition);
    case 'not':
      return `not ${partText(condition.of, 'not')}`;
    default:
      return condition.of.map((part) => partText(part, condition.kind)).join(` ${condition.kind} `);
  }
}
