// SPDX-License-Identifier: Apache-2.0
// IANA's information elements for both languages, out of wire/iana-elements.yaml.
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { IANA_TYPES, type IanaElement } from '../iana-element-types.js';

/** @throws Error when a number or a name stands twice, or a type is not known */
export function readIanaElements(folder: URL): readonly IanaElement[] {
  const file = readFileSync(new URL('iana-elements.yaml', folder), 'utf8');
  const elements = parse(file) as IanaElement[];
  for (const key of ['id', 'name'] as const) {
    const seen = new Set(elements.map((element) => element[key]));
    if (seen.size !== elements.length)
      throw new Error(`iana-elements.yaml: an ${key} stands twice`);
  }
  const wrong = elements.find(({ type }) => !IANA_TYPES.includes(type));
  if (wrong) throw new Error(`iana-elements.yaml: ${wrong.name}: no type "${wrong.type}"`);
  return elements;
}

/** The whole of wire/src/generated/iana-elements.ts. */
export function ianaElementsModule(elements: readonly IanaElement[], notice: string): string {
  const rows = elements.map((element) => `  ${JSON.stringify(element)},`).join('\n');
  return `// SPDX-License-Identifier: Apache-2.0
// ${notice}
import type { IanaElement } from '../iana-element-types.js';

/** Information elements by IANA's registry, by number. */
export const IANA_ELEMENTS: readonly IanaElement[] = [
${rows}
];
`;
}

/** The whole of native/src/collect/decode/generated/iana_elements.h. */
export function ianaElementsHeader(elements: readonly IanaElement[], notice: string): string {
  const lines = elements.map(({ id, name }) => `inline constexpr uint16_t ${name} = ${id};`);
  return `// SPDX-License-Identifier: Apache-2.0
// ${notice}
#pragma once

#include <cstdint>

/// Numbers of IANA's information elements.
namespace weir::collect::element {

${lines.join('\n')}

}  // namespace weir::collect::element
`;
}
