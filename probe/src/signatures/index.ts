// SPDX-License-Identifier: Apache-2.0
export { loadSamples, loadSignatures } from './load-signatures.js';
export { type Problem, SignatureFileError } from './signature-file-error.js';
export type * from './signature-set.js';
