// SPDX-License-Identifier: Apache-2.0
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  // Relative, so that the same build works at any mount of the collector or of a reverse proxy.
  base: './',
  plugins: [react()],
  build: {
    target: ['chrome123', 'firefox128', 'safari17.5'],
    // The content security policy takes scripts and styles from files only.
    assetsInlineLimit: 0,
    rolldownOptions: {
      // Of wire only the API's paths are needed at run time: without this its schemas, and TypeBox
      // with them, would land in the bundle.
      treeshake: { moduleSideEffects: (id) => !/[\\/](wire[\\/]dist|typebox)[\\/]/.test(id) },
    },
  },
  server: { proxy: { '/api': 'http://127.0.0.1:8055' } },
});
