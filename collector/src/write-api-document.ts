// SPDX-License-Identifier: Apache-2.0
// A step of the build: the API's description, from which the dashboard's client is generated.
import { writeFileSync } from 'node:fs';
import { apiDocument } from './http/api-document.js';

writeFileSync(
  new URL('openapi.json', import.meta.url),
  `${JSON.stringify(await apiDocument(), undefined, 2)}\n`,
);
