// SPDX-License-Identifier: Apache-2.0
// Paths of the collector's HTTP API, said once for server and clients.

export const API = {
  openapi: '/api/v1/openapi.json',
  health: '/api/v1/health',
  flows: '/api/v1/flows',
  export: '/api/v1/flows/export',
  top: '/api/v1/top',
  series: '/api/v1/series',
  matrix: '/api/v1/matrix',
  compare: '/api/v1/compare',
  interfaces: '/api/v1/interfaces',
  filter: '/api/v1/filter',
  completions: '/api/v1/filter/completions',
  names: '/api/v1/names',
  applications: '/api/v1/applications',
  behaviourHosts: '/api/v1/behaviour/hosts',
  exporters: '/api/v1/exporters',
  stream: '/api/v1/stream',
  rules: '/api/v1/rules',
  decisions: '/api/v1/decisions',
  session: '/api/v1/session',
  sessionPassword: '/api/v1/session/password',
  invitation: '/api/v1/session/invitation',
  users: '/api/v1/users',
  keys: '/api/v1/keys',
  audit: '/api/v1/audit',
} as const;
