// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { API } from '@weir/wire';
import { expect, it } from 'vitest';
import { mayUse, PERMISSIONS } from './permissions.js';

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

it('a key for operating may what operators may do to rules, lists and decisions, and no more', () => {
  const isOpen = (operation: string) =>
    mayUse(PERMISSIONS[operation] ?? 'public', { scopes: ['operate'] });
  const changes = /^(?:create|change|delete|refresh)(?:Rule|List|Decision)$/;
  const operations = Object.keys(PERMISSIONS);
  const closed = operations.filter((operation) => changes.test(operation) && !isOpen(operation));
  expect(closed).toEqual([]);
  for (const operation of ['rules', 'why', 'decisions']) expect(isOpen(operation)).toBe(true);
  for (const operation of ['users', 'createKey', 'audit', 'flows', 'reportGateway', 'createView'])
    expect(isOpen(operation), operation).toBe(false);
});
