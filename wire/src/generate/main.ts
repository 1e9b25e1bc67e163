// SPDX-License-Identifier: Apache-2.0
// Writes the generated C++ and TypeScript sides of the registry; with --check it only compares and
// exits with 1 when a file is not current.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cppHeader } from './cpp.js';
import { flowColumnsHeader, flowColumnsModule, readFlowColumns } from './flow-columns.js';
import { ianaElementsHeader, ianaElementsModule, readIanaElements } from './iana-elements.js';
import { type Registry, readRegistry } from './registry.js';
import { readServices, servicesModule } from './services.js';

const NOTICE = 'Generated from wire/*.yaml by `npm run generate`. Do not edit.';

function typescriptModule({ elements, templates }: Registry): string {
  const rows = (list: readonly unknown[]): string =>
    list.map((row) => `  ${JSON.stringify(row)},`).join('\n');
  const numbers = elements
    .filter((element) => element.private === undefined)
    .map(({ name, id }) => `  ${name}: ${id},`);
  return `// SPDX-License-Identifier: Apache-2.0
// ${NOTICE}
import type { Template } from '../registry-types.js';

/** IANA numbers of information elements. */
export const ELEMENT = {
${numbers.join('\n')}
} as const;

export const TEMPLATES: readonly Template[] = [
${rows(templates)}
];
`;
}

function readOrEmpty(file: URL): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function main(): void {
  const wire = new URL('../../', import.meta.url);
  const registry = readRegistry(wire);
  const columns = readFlowColumns(wire);
  const elements = readIanaElements(wire);
  const outputs: [URL, string][] = [
    [new URL('src/generated/registry.ts', wire), typescriptModule(registry)],
    [new URL('../native/src/export/generated/templates.h', wire), cppHeader(registry, NOTICE)],
    [
      new URL('src/generated/services.ts', wire),
      servicesModule(readServices(new URL('../signatures/', wire))),
    ],
    [new URL('src/generated/flow-columns.ts', wire), flowColumnsModule(columns, NOTICE)],
    [
      new URL('../native/src/collect/columns/generated/flow_column_list.h', wire),
      flowColumnsHeader(columns, NOTICE),
    ],
    [new URL('src/generated/iana-elements.ts', wire), ianaElementsModule(elements, NOTICE)],
    [
      new URL('../native/src/collect/decode/generated/iana_elements.h', wire),
      ianaElementsHeader(elements, NOTICE),
    ],
  ];
  const stale = outputs.filter(([file, text]) => readOrEmpty(file) !== text);
  if (process.argv.includes('--check')) {
    for (const [file] of stale) console.error(`not current: ${file.pathname} (npm run generate)`);
    process.exitCode = stale.length > 0 ? 1 : 0;
    return;
  }
  for (const [file, text] of stale) {
    mkdirSync(new URL('.', file), { recursive: true });
    writeFileSync(file, text);
  }
}

main();
