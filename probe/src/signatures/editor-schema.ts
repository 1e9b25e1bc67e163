// SPDX-License-Identifier: Apache-2.0
// The form of a signature file as a JSON schema, by which editors complete and check one.
//
//   node probe/dist/signatures/editor-schema.js signatures/signature.schema.json
import { writeFileSync } from 'node:fs';
import Type from 'typebox';
import { FamilyFile, SignatureFile } from './schema.js';

/** The text of signatures/signature.schema.json. */
export function editorSchema(): string {
  const schema = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Signature file',
    ...Type.Union([SignatureFile, FamilyFile]),
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

const file = process.argv[2];
if (process.argv[1]?.endsWith('editor-schema.js') && file !== undefined) {
  writeFileSync(file, editorSchema());
}
