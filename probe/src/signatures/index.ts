// SPDX-License-Identifier: Apache-2.0
export { signatureFiles } from './folder.js';
export { loadSet } from './load-set.js';
export { loadSamples, loadSignatures } from './load-signatures.js';
export type { Sample } from './sample.js';
export { type Problem, SignatureFileError } from './signature-file-error.js';
