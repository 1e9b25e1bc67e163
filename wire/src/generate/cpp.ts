// SPDX-License-Identifier: Apache-2.0
// The registry as a C++ header: constants that the exporters' encoders are unrolled from.
import type { Element, Template, TemplateField } from '../registry-types.js';
import type { Registry } from './registry.js';

/** Codes of RFC 5610 sections 3.1, 3.6 and 3.7, as far as private elements need them. */
const DATA_TYPES: Readonly<Record<string, number>> = { unsigned8: 1, unsigned64: 4 };
const SEMANTICS: Readonly<Record<string, number>> = { deltaCounter: 3, identifier: 4 };
const UNITS: Readonly<Record<string, number>> = { none: 0, octets: 2 };

function code(table: Readonly<Record<string, number>>, name: string): number {
  const value = table[name];
  if (value === undefined) throw new Error(`elements.yaml: "${name}" has no code of RFC 5610 here`);
  return value;
}

function field({ id, length, name, space }: TemplateField): string {
  const whose = space === 'iana' ? '' : `, ElementSpace::${space.toUpperCase()}`;
  return `    {${id}, ${length}${whose}},  // ${name}`;
}

function template({ name, id, scope, fields }: Template): string {
  const all = [...scope, ...fields];
  const head = `inline constexpr Template<${all.length}> ${name}{${id}, ${scope.length}, {{`;
  return `${head}\n${all.map(field).join('\n')}\n}}};\n`;
}

function constants(elements: readonly Element[]): string {
  return elements.map(({ name, id }) => `inline constexpr uint16_t ${name} = ${id};`).join('\n');
}

function privateElement({ id, name, private: about }: Element): string {
  if (about === undefined) return '';
  const codes = [
    code(DATA_TYPES, about.dataType),
    code(SEMANTICS, about.semantics),
    code(UNITS, about.units),
  ];
  const range = about.range ?? [0, 0];
  return `    {${[id, ...codes, ...range].join(', ')}, "${name}",\n     "${about.description}"},`;
}

/** The whole of native/src/export/generated/templates.h. */
export function cppHeader({ elements, templates }: Registry, notice: string): string {
  const own = elements.filter((element) => element.private !== undefined);
  const iana = elements.filter((element) => element.private === undefined);
  return `// SPDX-License-Identifier: Apache-2.0
// ${notice}
#pragma once

#include "export/template.h"

namespace weir {

/// IANA numbers of information elements.
namespace element {
${constants(iana)}
}  // namespace element

/// Numbers under the configured enterprise.
namespace private_element {
${constants(own)}
}  // namespace private_element

inline constexpr PrivateElement PRIVATE_ELEMENTS[] = {
${own.map(privateElement).join('\n')}
};

${templates.map(template).join('\n')}
}  // namespace weir
`;
}
