// SPDX-License-Identifier: Apache-2.0
import { ELEMENT, TEMPLATES } from '@weir/wire';
import { describe, expect, it } from 'vitest';
import { ELEMENT_RULES } from './elements.js';

/** The version of IP is known from the kind of the addresses. */
const IMPLIED: ReadonlySet<number> = new Set([ELEMENT.ipVersion]);

describe("the probe's own flow templates", () => {
  const flowTemplates = TEMPLATES.filter(({ scope }) => scope.length === 0);

  it.each(flowTemplates)('every field of $name fills a column', ({ fields }) => {
    const unread = fields.filter(({ id, length }) => {
      const [shortest, longest] = ELEMENT_RULES.get(id)?.lengths ?? [1, 0];
      return !IMPLIED.has(id) && (length < shortest || length > longest);
    });
    expect(unread).toEqual([]);
  });
});
