// SPDX-License-Identifier: Apache-2.0

/** Longer lists are not looked through: their makers keep what they can. */
const MOST_ITEMS = 5_000;

/**
 * What `after` says, with the parts of `before` that are equal in their place: who compares by identity sees what
 * has changed and nothing else. Items of a list are the same by `key`, `id` or `name`, else by their place.
 */
export function keepEqual<Value>(before: unknown, after: Value): Value {
  if (Object.is(before, after)) return after;
  if (Array.isArray(before) && Array.isArray(after)) return keepItems(before, after) as Value;
  if (isPlain(before) && isPlain(after)) return keepFields(before, after) as Value;
  return after;
}

function keepItems(before: readonly unknown[], after: readonly unknown[]): readonly unknown[] {
  if (Math.max(before.length, after.length) > MOST_ITEMS) return after;
  const known = new Map(before.map((item, at) => [nameOf(item) ?? at, item]));
  const kept = after.map((item, at) => keepEqual(known.get(nameOf(item) ?? at), item));
  const isSame =
    kept.length === before.length && kept.every((item, at) => Object.is(item, before[at]));
  return isSame ? before : kept;
}

type Plain = Readonly<Record<string, unknown>>;

function keepFields(before: Plain, after: Plain): Plain {
  const names = Object.keys(after);
  const kept = Object.fromEntries(
    names.map((name) => [name, keepEqual(before[name], after[name])] as const),
  );
  const isSame =
    names.length === Object.keys(before).length &&
    names.every((name) => Object.hasOwn(before, name) && Object.is(kept[name], before[name]));
  return isSame ? before : kept;
}

function isPlain(value: unknown): value is Plain {
  return (
    typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
  );
}

function nameOf(item: unknown): string | undefined {
  if (!isPlain(item)) return undefined;
  const name = item.key ?? item.id ?? item.name;
  return typeof name === 'string' ? name : undefined;
}
