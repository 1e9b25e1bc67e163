// SPDX-License-Identifier: Apache-2.0
export { AccountRefusal, Accounts, type Invitation } from './access/accounts.js';
export { type Actor, AuditLog } from './access/audit-log.js';
export { PasswordHasher } from './access/password.js';
export { refuseWeak, SignInRefusal } from './access/sign-in.js';
export { Collector, type CollectorDeps, type WayIn } from './collector.js';
export { CollectorConfig } from './config.js';
export { COLLECTOR_ERRORS, CollectorError, type CollectorErrorCode } from './errors.js';
