// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { API } from '@weir/wire';
import { expect, it } from 'vitest';
import { PERMISSIONS } from './permissions.js';

const TEXT = readFileSync(new URL('../../../docs/access.md', import.meta.url), 'utf8');

/** Operations of one gateway have its name in their path. */
const ROUTES = { ...API, reportGateway: API.gateways };

it.each(['gateway', 'exporter'] as const)('a key for %s may what its line says', (scope) => {
  const [line = ''] = TEXT.match(new RegExp(`^\\| \`${scope}\` \\|.*$`, 'm')) ?? [];
  const told = line.match(/\/api\/v1\/[\w/]+/g) ?? [];
  const allowed = Object.entries(PERMISSIONS)
    .filter(([, permission]) => typeof permission === 'object' && permission.scopes.includes(scope))
    .map(([operation]) => ROUTES[operation as keyof typeof ROUTES]);
  expect(told.sort()).toEqual(allowed.sort());
});
