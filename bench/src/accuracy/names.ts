// SPDX-License-Identifier: Apache-2.0
// What Weir's applications are called, by Weir and by others.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';

interface NamedApplication {
  readonly name: string;
  readonly aliases?: readonly string[];
}

/** A file is one application or a family of them. */
interface SignatureFile extends Partial<NamedApplication> {
  readonly applications?: readonly NamedApplication[];
}

export class Names {
  /** Weir's, lower case, by any name in lower case. */
  readonly #owners = new Map<string, Set<string>>();

  constructor(applications: readonly NamedApplication[]) {
    for (const { name, aliases = [] } of applications) {
      for (const alias of [name, ...aliases]) this.#add(alias.toLowerCase(), name.toLowerCase());
    }
  }

  #add(alias: string, name: string): void {
    const owners = this.#owners.get(alias) ?? new Set();
    this.#owners.set(alias, owners.add(name));
  }

  /** Whether Weir has an application that goes by this name. */
  has(name: string): boolean {
    return this.#owners.has(name.toLowerCase());
  }

  /** Whether Weir's `own` is what others call `other`. */
  same(own: string, other: string): boolean {
    const wanted = other.toLowerCase();
    return own.toLowerCase() === wanted || !!this.#owners.get(wanted)?.has(own.toLowerCase());
  }
}

/** The names in all signature files below a folder. */
export function readNames(folder: string): Names {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const yamls = files.filter((file) => file.endsWith('.yaml') && !file.endsWith('registry.yaml'));
  return new Names(
    yamls.flatMap((file) => {
      const content = parse(readFileSync(path.join(folder, file), 'utf8')) as SignatureFile;
      if (content.applications !== undefined) return content.applications;
      return content.name === undefined ? [] : [content as NamedApplication];
    }),
  );
}
