// SPDX-License-Identifier: Apache-2.0
// What a browser has to load before it shows the overview.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { ROOT } from './weir.js';

const DIST = path.join(ROOT, 'dashboard/dist');
const MOST_OCTETS = 150 * 1024;

interface Chunk {
  readonly file: string;
  readonly imports?: readonly string[];
}

/** Scripts of the built dashboard by their source, as its build tells. */
const manifest = JSON.parse(readFileSync(path.join(DIST, '.vite/manifest.json'), 'utf8')) as Record<
  string,
  Chunk
>;

/** A source's script and all that it cannot run without. */
function filesOf(source: string, found = new Set<string>()): Set<string> {
  const chunk = manifest[source];
  if (chunk === undefined) throw new Error(`${source} is not in the build`);
  if (found.has(chunk.file)) return found;
  found.add(chunk.file);
  for (const needed of chunk.imports ?? []) filesOf(needed, found);
  return found;
}

const octetsOf = (files: Iterable<string>): number =>
  [...files].reduce((sum, file) => sum + gzipSync(readFileSync(path.join(DIST, file))).length, 0);

it('is at most 150 KB of compressed JavaScript', () => {
  const first = filesOf('src/page/overview/overview-page.tsx', filesOf('index.html'));
  expect(octetsOf(first)).toBeLessThan(MOST_OCTETS);
});

it('is without the large charts, which are there all the same', () => {
  const first = filesOf('src/page/overview/overview-page.tsx', filesOf('index.html'));
  const charts = filesOf('src/chart/sankey.tsx');
  expect(octetsOf([...charts].filter((file) => !first.has(file)))).toBeGreaterThan(100 * 1024);
});
