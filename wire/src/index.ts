// SPDX-License-Identifier: Apache-2.0
// What two processes of Weir must agree on.
export * from './address.js';
export * from './api/access.js';
export * from './api/actions.js';
export * from './api/answers.js';
export * from './api/application-rules.js';
export * from './api/behaviour.js';
export * from './api/decisions.js';
export * from './api/dimensions.js';
export * from './api/flows.js';
export * from './api/gateways.js';
export * from './api/lists.js';
export * from './api/live.js';
export * from './api/routes.js';
export * from './api/rules.js';
export * from './api/views.js';
export * from './config.js';
export * from './filter/index.js';
export * from './flow-column-types.js';
export * from './generated/flow-columns.js';
export * from './generated/iana-elements.js';
export * from './generated/registry.js';
export * from './generated/services.js';
export * from './iana-element-types.js';
export * from './log.js';
export { nearest } from './nearest.js';
export type * from './registry-types.js';
