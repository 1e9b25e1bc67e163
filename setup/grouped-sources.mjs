// SPDX-License-Identifier: Apache-2.0
// C++ sources that may be read as one. What takes time is reading headers: who reads them once for ten
// sources is several times as fast.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './root.mjs';

/** Few enough for all cores to have work until the end. */
const SOURCES_TOGETHER = 10;

/** What a source declares outside of functions and classes, and names of its enumerators. */
const DECLARED = [
  /^(?:struct|class|union|enum(?: class)?|#define)\s+(\w+)/gm,
  /^using\s+(\w+)\s*=/gm,
  /^(?!#|\/|using\b|struct\b|class\b|enum\b|namespace\b)[\w<][^\n=(;{]*?[ *&](\w+)(?:\[[^\n]*)?\s*[=(;{]/gm,
  /^\s+([A-Z][A-Z0-9_]+)\s*[=,]/gm,
];

function namesIn(file) {
  const text = readFileSync(file, 'utf8');
  return DECLARED.flatMap((pattern) => [...text.matchAll(pattern)].map((match) => match[1]));
}

/** Groups of files: of one folder, no name declared by two of them. */
export function groupSources(files, namesOf = namesIn) {
  const groups = [];
  for (const file of files) {
    const names = namesOf(file);
    const folder = path.dirname(file);
    let group = groups.find(
      (one) =>
        one.folder === folder &&
        one.files.length < SOURCES_TOGETHER &&
        !names.some((name) => one.names.has(name)),
    );
    if (group === undefined) {
      group = { folder, files: [], names: new Set() };
      groups.push(group);
    }
    group.files.push(file);
    for (const name of names) group.names.add(name);
  }
  return groups.map((group) => group.files);
}

function sourcesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.cc'))
    .map((entry) => path.join(entry.path, entry.name))
    .sort();
}

/**
 * Writes the groups of native/src for CMake (UNITY_GROUP), products and tests apart, and gives the argument that
 * names the file.
 */
export function groupsForCmake(file) {
  const sources = sourcesBelow(path.join(ROOT, 'native/src'));
  const isTest = (source) => source.endsWith('_test.cc');
  const groups = [
    ...groupSources(sources.filter((source) => !isTest(source))),
    ...groupSources(sources.filter(isTest)),
  ];
  const lines = groups
    .filter((group) => group.length > 1)
    .map(
      (group, index) =>
        `set_source_files_properties(\n  ${group.join('\n  ')}\n  PROPERTIES UNITY_GROUP group${index})\n`,
    );
  writeFileSync(file, lines.join(''));
  return `-DWEIR_GROUPS=${file}`;
}
