// SPDX-License-Identifier: Apache-2.0
// Comes before each file of tests. What is registered first runs last: by then the tests' own hooks have
// ended who writes into the folders.
import { afterAll } from 'vitest';
import { removeScratchFolders } from './weir.js';

afterAll(removeScratchFolders);
