// SPDX-License-Identifier: Apache-2.0
// Reads wire/elements.yaml and wire/templates.yaml and checks that they agree.
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { Element, Template, TemplateField } from '../registry-types.js';

interface TemplateSource {
  name: string;
  id: number;
  scope?: [string, number][];
  fields: [string, number][];
}

export interface Registry {
  readonly elements: readonly Element[];
  readonly templates: readonly Template[];
}

/** Scope field types of NetFlow v9 options templates (RFC 3954 section 6.1). */
const SCOPES: Readonly<Record<string, number>> = { system: 1, interface: 2 };

function scopeField([name, length]: [string, number]): TemplateField {
  const id = SCOPES[name];
  if (id === undefined) throw new Error(`templates.yaml: scope "${name}" is not known`);
  return { id, name, length };
}

/** Throws when a template names an unknown element, repeats an id or an id is below 256. */
export function readRegistry(folder: URL): Registry {
  const read = (file: string): unknown => parse(readFileSync(new URL(file, folder), 'utf8'));
  const elements = read('elements.yaml') as Element[];
  const idByName = new Map(elements.map(({ name, id }) => [name, id]));
  if (idByName.size !== elements.length) throw new Error('elements.yaml: a name stands twice');

  const field = ([name, length]: [string, number]): TemplateField => {
    const id = idByName.get(name);
    if (id === undefined) throw new Error(`templates.yaml: element "${name}" is not known`);
    return { id, name, length };
  };
  const templates = (read('templates.yaml') as TemplateSource[]).map((source) => ({
    name: source.name,
    id: source.id,
    scope: (source.scope ?? []).map(scopeField),
    fields: source.fields.map(field),
  }));
  const ids = new Set(templates.map(({ id }) => id));
  if (ids.size !== templates.length) throw new Error('templates.yaml: an id stands twice');
  if (Math.min(...ids) < 256) throw new Error('templates.yaml: ids start at 256');
  return { elements, templates };
}
