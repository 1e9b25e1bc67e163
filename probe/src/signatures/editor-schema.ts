// SPDX-License-Identifier: Apache-2.0
// The forms of signature files as JSON schemas, by which editors complete and check them.
//
//   node probe/dist/signatures/editor-schema.js signatures
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import Type, { type TSchema } from 'typebox';
import { FamilyFile, MoreFamilyFile, MoreFile, SignatureFile } from './schema.js';

function editorSchema(title: string, forms: TSchema[]): string {
  const schema = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title,
    ...Type.Union(forms),
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

/** Texts by the name of the file in signatures/. */
export function editorSchemas(): Readonly<Record<string, string>> {
  return {
    'signature.schema.json': editorSchema('Signature file', [SignatureFile, FamilyFile]),
    'more-signatures.schema.json': editorSchema('Signature file of your own', [
      MoreFile,
      MoreFamilyFile,
    ]),
  };
}

const folder = process.argv[2];
if (process.argv[1]?.endsWith('editor-schema.js') && folder !== undefined) {
  for (const [name, text] of Object.entries(editorSchemas())) {
    writeFileSync(path.join(folder, name), text);
  }
}
