// SPDX-License-Identifier: Apache-2.0
// The filter language: `src in 10.0.0.0/8 and app = bittorrent and bytes > 1M`. docs/query.md tells of it.
export * from './complete.js';
export * from './evaluate.js';
export type { DerivedColumn, Field, FieldKind } from './field.js';
export * from './fields.js';
export * from './filter.js';
export * from './filter-error.js';
export * from './names.js';
export * from './operators.js';
export * from './parse.js';
