// SPDX-License-Identifier: Apache-2.0
export { signatureFiles } from './folder.js';
export { type LoadedSignatures, loadSet, type SignatureFolders } from './load-set.js';
export { type Problem, SignatureFileError } from './signature-file-error.js';
export { withPlaces } from './written-patterns.js';
