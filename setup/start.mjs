// SPDX-License-Identifier: Apache-2.0
// `npm start -- [options of weir up]`: sets up what is missing, then becomes `weir up`.
import { RUN_PACKAGES } from './packages.mjs';
import { orExplain, setUp } from './setup.mjs';

const given = process.argv.slice(2);
await orExplain(() => setUp({ packages: RUN_PACKAGES }));
process.argv = [process.argv[0], 'weir', 'up', ...given];
await import('../cli/dist/main.js');
