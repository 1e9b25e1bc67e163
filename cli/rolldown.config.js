// SPDX-License-Identifier: Apache-2.0
// The command as few files, see docs/decisions/0005-the-command-is-a-bundle.md. What a command does
// is a file of its own, loaded when it is run.
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const OUTPUT = path.join(ROOT, 'cli/dist');

/** These look for files beside themselves, so they stay where npm puts them. */
const OUTSIDE = /^(?:chdb|fastify|@fastify\/(?:static|swagger))$/;

const outside = {
  name: 'outside',
  resolveId: {
    filter: { id: OUTSIDE },
    async handler(imported, importer) {
      // As the package that imports it finds it: npm need not put it where cli/ finds it, too.
      const found = await this.resolve(imported, importer, { skipSelf: true });
      return found && { id: found.id, external: 'relative' };
    },
  },
};

/** Files of Weir's own name others by their place relative to themselves. */
const ownPlaces = {
  name: 'own-places',
  transform: {
    filter: { code: 'import.meta.url' },
    handler(code, file) {
      const place = path.relative(OUTPUT, file);
      if (place.includes('node_modules')) return undefined;
      const here = `new URL(${JSON.stringify(place)}, import.meta.url).href`;
      // No line moves, so the map of lines stays good.
      return { code: code.replaceAll('import.meta.url', here), map: null };
    },
  },
};

export default {
  input: path.join(ROOT, 'cli/src/main.ts'),
  platform: 'node',
  plugins: [outside, ownPlaces],
  output: {
    dir: OUTPUT,
    cleanDir: true,
    // Side by side: a place relative to one of them is relative to all.
    chunkFileNames: '[name]-[hash].js',
    sourcemap: true,
  },
};
