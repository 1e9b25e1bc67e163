// SPDX-License-Identifier: Apache-2.0
// What each route asks of who uses it, all in one place. A route that is not here cannot be served.
import { API, ROLES, type Role, type Scope } from '@weir/wire';

/** `public`: anybody; `everyone`: whoever has any way in; else a role from this upwards, or a key's scope. */
export type Permission =
  | 'public'
  | 'everyone'
  | { readonly role: Role; readonly scopes: readonly Scope[] };

const SEE: Permission = { role: 'viewer', scopes: ['read'] };
/** Of people: keys have nothing of their own. */
const OWN: Permission = { role: 'viewer', scopes: [] };
/** What is decided, and what of. */
const SEE_RULES: Permission = { role: 'viewer', scopes: ['read', 'operate'] };
const OPERATE: Permission = { role: 'operator', scopes: ['operate'] };
const ADMINISTER: Permission = { role: 'administrator', scopes: [] };

/** By `operationId`; routes without one by method and path. */
export const PERMISSIONS: Readonly<Record<string, Permission>> = {
  // Signing in, and the page that does it.
  signIn: 'public',
  acceptInvitation: 'public',
  'GET /*': 'public',
  'GET /:page(^[a-z][a-z-]*$)': 'public',
  // About oneself.
  whoAmI: 'everyone',
  signOut: 'everyone',
  changePassword: OWN,
  [`GET ${API.openapi}`]: 'everyone',
  // About traffic.
  flows: SEE,
  exportFlows: SEE,
  top: SEE,
  series: SEE,
  matrix: SEE,
  compare: SEE,
  interfaces: SEE,
  checkFilter: SEE,
  completeFilter: SEE,
  names: SEE,
  applications: SEE,
  behaviourHosts: SEE,
  live: SEE,
  stream: SEE,
  rules: SEE_RULES,
  rule: SEE_RULES,
  previewRule: SEE_RULES,
  lists: SEE_RULES,
  conflicts: SEE_RULES,
  why: SEE_RULES,
  gateways: SEE_RULES,
  decisionCounters: SEE_RULES,
  exporters: { role: 'viewer', scopes: ['read', 'exporter'] },
  health: { role: 'viewer', scopes: ['read', 'exporter', 'gateway'] },
  decisions: { role: 'viewer', scopes: ['read', 'operate', 'gateway'] },
  decisionStream: { role: 'viewer', scopes: ['read', 'operate', 'gateway'] },
  reportGateway: { role: 'operator', scopes: ['gateway'] },
  // One's own, and what others share.
  views: OWN,
  createView: OWN,
  changeView: OWN,
  deleteView: OWN,
  // Changes.
  createRule: OPERATE,
  changeRule: OPERATE,
  createList: OPERATE,
  changeList: OPERATE,
  deleteList: OPERATE,
  refreshList: OPERATE,
  createDecision: OPERATE,
  deleteDecision: OPERATE,
  deleteRule: OPERATE,
  users: ADMINISTER,
  createUser: ADMINISTER,
  changeUser: ADMINISTER,
  inviteUser: ADMINISTER,
  deleteUser: ADMINISTER,
  keys: ADMINISTER,
  createKey: ADMINISTER,
  deleteKey: ADMINISTER,
  audit: ADMINISTER,
};

/** Who asks, as far as permissions go. */
export interface Powers {
  readonly role?: Role | undefined;
  readonly scopes?: readonly Scope[] | undefined;
}

/** Undefined: nobody who has signed in or has a key. */
export function mayUse(permission: Permission, powers: Powers | undefined): boolean {
  if (permission === 'public') return true;
  if (powers === undefined) return false;
  if (permission === 'everyone') return true;
  const { role, scopes = [] } = powers;
  const hasRole = role !== undefined && ROLES.indexOf(role) >= ROLES.indexOf(permission.role);
  return hasRole || scopes.some((scope) => permission.scopes.includes(scope));
}

/** For people: what it takes. */
export function permissionText(permission: Permission): string {
  if (typeof permission === 'string') return 'a user or a key';
  const { role, scopes } = permission;
  const keys = scopes.length > 0 ? `, or a key with the scope ${scopes.join(' or ')}` : '';
  return `the role ${role}${role === 'administrator' ? '' : ' or a higher one'}${keys}`;
}
