// SPDX-License-Identifier: Apache-2.0
export { type CaptureFlow, captureFlows, checkSignatures } from './capture-flows.js';
export {
  type ApplicationKind,
  Catalog,
  type CatalogEntry,
  type CatalogFilter,
  type CatalogFinding,
} from './catalog.js';
export { type CostReport, type NamedCost, signatureCosts } from './cost.js';
export {
  explainCaptureFlow,
  type NamedExplanation,
  type NamedMatch,
  type NamedNearMiss,
  type NamedStream,
} from './explain.js';
export { type LintReport, lintSignatures } from './lint.js';
