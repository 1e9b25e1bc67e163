// SPDX-License-Identifier: Apache-2.0
import { defineConfig } from 'vite';

export default defineConfig({
  // Relative, so that the same build works at any mount of the collector or of a reverse proxy.
  base: './',
  build: {
    target: ['chrome123', 'firefox128', 'safari17.5'],
    // The content security policy takes scripts and styles from files only.
    assetsInlineLimit: 0,
    // Says which files the first page needs: a test adds up their sizes.
    manifest: true,
    rolldownOptions: {
      treeshake: {
        // Of wire the dashboard needs paths, names and the filter language: without these lines its
        // schemas, and TypeBox with them, would be in the bundle.
        moduleSideEffects: (id) => !/[\\/](wire[\\/]dist|typebox)[\\/]/.test(id),
      },
    },
  },
  server: { proxy: { '/api': 'http://127.0.0.1:8055' } },
});
