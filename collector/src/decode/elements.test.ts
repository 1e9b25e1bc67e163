// SPDX-License-Identifier: Apache-2.0
import { ELEMENT, TEMPLATES } from '@weir/wire';
import { describe, expect, it } from 'vitest';
import { ELEMENT_RULES } from './elements.js';

/** What flows are stored without: a new element of a template is stored, or stands here. */
const NOT_STORED: ReadonlySet<number> = new Set([
  ELEMENT.ipVersion, // known from the kind of the addresses
  ELEMENT.ipTTL,
  ELEMENT.biflowDirection,
  ELEMENT.sourceMacAddress,
  ELEMENT.destinationMacAddress,
  ELEMENT.flowId,
  ELEMENT.ethernetType,
  ELEMENT.dot1qCustomerVlanId,
  ELEMENT.mplsTopLabelStackSection,
  ELEMENT.layer2SegmentId,
]);

describe("the probe's own flow templates", () => {
  const flowTemplates = TEMPLATES.filter(({ scope }) => scope.length === 0);

  it.each(flowTemplates)('every field of $name fills a column', ({ fields }) => {
    const iana = fields.filter(({ space }) => space === 'iana');
    const unread = iana.filter(({ id, length }) => {
      const [shortest, longest] = ELEMENT_RULES.get(id)?.lengths ?? [1, 0];
      return !NOT_STORED.has(id) && (length < shortest || length > longest);
    });
    expect(unread).toEqual([]);
  });
});
