// SPDX-License-Identifier: Apache-2.0
// What of a thing is not as it was before.

export interface Difference {
  /** Names from the outside in: "action.kind", "thresholds.0.atLeast". */
  readonly path: string;
  /** Absent: it was not there. */
  readonly before?: string;
  /** Absent: it is there no longer. */
  readonly after?: string;
}

/** Of two values as JSON has them, by path in the order of the newer one. Undefined: there was, or is, nothing. */
export function differences(before: unknown, after: unknown): readonly Difference[] {
  const old = leavesOf(before);
  const young = leavesOf(after);
  const paths = new Set([...young.keys(), ...old.keys()]);
  return [...paths].flatMap((path) => {
    const [was, is] = [old.get(path), young.get(path)];
    if (was === is) return [];
    return [
      { path, ...(was !== undefined && { before: was }), ...(is !== undefined && { after: is }) },
    ];
  });
}

/** Everything that has no parts, by path. */
function leavesOf(value: unknown): ReadonlyMap<string, string> {
  const leaves = new Map<string, string>();
  const collect = (part: unknown, path: string): void => {
    const parts = partsOf(part);
    if (parts === undefined) leaves.set(path, textOf(part));
    else for (const [name, inner] of parts) collect(inner, path === '' ? name : `${path}.${name}`);
  };
  if (value !== undefined) collect(value, '');
  return leaves;
}

/** Lists of texts and numbers are read as a whole: a line for each of them says less. */
function partsOf(value: unknown): readonly (readonly [string, unknown])[] | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value) && value.every((item) => typeof item !== 'object')) return undefined;
  const parts = Object.entries(value);
  return parts.length === 0 ? undefined : parts;
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}
