// SPDX-License-Identifier: Apache-2.0
// Reads wire/elements.yaml and wire/templates.yaml and checks that they agree.
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { Element, ElementSpace, Template, TemplateField } from '../registry-types.js';

type Length = number | 'variable';
type FieldSource = string | [string, Length];
type Protocol = Template['protocol'];

interface TemplateSource {
  name: string;
  id: number;
  scope?: [string, Length][];
  fields: FieldSource[];
}

interface TemplatesFile extends Record<Protocol, TemplateSource[]> {
  retired: number[];
  groups: Record<string, FieldSource[]>;
}

export interface Registry {
  readonly elements: readonly Element[];
  readonly templates: readonly Template[];
}

/** Scope field types of NetFlow v9 options templates (RFC 3954 section 6.1). */
const SCOPES: Readonly<Record<string, number>> = { system: 1, interface: 2 };
/** RFC 7011 section 7. */
const VARIABLE_LENGTH = 65535;

/** Throws when a template names what is not known, or an id stands twice, is retired or below 256. */
export function readRegistry(folder: URL): Registry {
  const read = (file: string): unknown => parse(readFileSync(new URL(file, folder), 'utf8'));
  const elements = read('elements.yaml') as Element[];
  const file = read('templates.yaml') as TemplatesFile;
  const resolve = fieldResolver(elements);
  const templatesOf = (protocol: Protocol) =>
    file[protocol].map((source) =>
      readTemplate(protocol, source, { groups: file.groups, resolve }),
    );
  const templates = [...templatesOf('netflow9'), ...templatesOf('ipfix')];
  checkIds(templates, file.retired);
  return { elements, templates };
}

type Resolve = (name: string) => { id: number; space: ElementSpace };

/** `reverseX` is X of the reverse direction, unless an element has that very name. */
function fieldResolver(elements: readonly Element[]): Resolve {
  const byName = new Map(elements.map((element) => [element.name, element]));
  if (byName.size !== elements.length) throw new Error('elements.yaml: a name stands twice');
  return (name) => {
    const own = byName.get(name);
    if (own !== undefined) return { id: own.id, space: own.private ? 'private' : 'iana' };
    const forward = name.replace(/^reverse(.)/, (_, first: string) => first.toLowerCase());
    const element = forward === name ? undefined : byName.get(forward);
    if (element === undefined) throw new Error(`templates.yaml: "${name}" is not known`);
    return { id: element.id, space: 'reverse' };
  };
}

interface Names {
  readonly groups: TemplatesFile['groups'];
  readonly resolve: Resolve;
}

function readTemplate(protocol: Protocol, source: TemplateSource, names: Names): Template {
  const scope = (source.scope ?? []).map((field) =>
    protocol === 'netflow9' ? scopeField(field) : elementField(field, names.resolve),
  );
  const fields = source.fields
    .flatMap((field) => expand(field, names.groups))
    .map((field) => elementField(field, names.resolve));
  return { name: source.name, id: source.id, protocol, scope, fields };
}

function expand(field: FieldSource, groups: TemplatesFile['groups']): [string, Length][] {
  if (typeof field !== 'string') return [field];
  const group = groups[field];
  if (group === undefined) throw new Error(`templates.yaml: group "${field}" is not known`);
  return group.flatMap((member) => expand(member, groups));
}

function octets(length: Length): number {
  return length === 'variable' ? VARIABLE_LENGTH : length;
}

function scopeField([name, length]: [string, Length]): TemplateField {
  const id = SCOPES[name];
  if (id === undefined) throw new Error(`templates.yaml: scope "${name}" is not known`);
  return { id, name, length: octets(length), space: 'scope' };
}

function elementField([name, length]: [string, Length], resolve: Resolve): TemplateField {
  const { id, space } = resolve(name);
  return { id, name, length: octets(length), space };
}

function checkIds(templates: readonly Template[], retired: readonly number[]): void {
  const ids = [...templates.map(({ id }) => id), ...retired];
  if (new Set(ids).size !== ids.length) {
    throw new Error('templates.yaml: an id stands twice, or is a retired one');
  }
  if (Math.min(...ids) < 256) throw new Error('templates.yaml: ids start at 256');
}
