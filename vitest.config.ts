// SPDX-License-Identifier: Apache-2.0
import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // The embedded database and the addon are one to a process.
    pool: 'forks',
    // Of two cores Vitest would use one; and most tests wait for processes that they have started.
    maxWorkers: availableParallelism() + 1,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['{wire,probe,collector,gateway,dashboard,cli,bench}/src/**/*.test.{ts,tsx}'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          setupFiles: ['e2e/src/clean-up.ts'],
          include: ['e2e/src/**/*.test.ts'],
          exclude: ['**/*.{lab,alone}.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
      {
        extends: true,
        test: {
          // Hosts in network namespaces: they mostly wait, so two run side by side.
          name: 'lab',
          setupFiles: ['e2e/src/clean-up.ts'],
          include: ['e2e/src/**/*.lab.test.ts'],
          maxWorkers: 2,
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
      {
        extends: true,
        test: {
          // What is measured, or loses packets on a busy machine: one test at a time, after the labs.
          name: 'alone',
          setupFiles: ['e2e/src/clean-up.ts'],
          include: ['e2e/src/**/*.alone.test.ts'],
          fileParallelism: false,
          sequence: { groupOrder: 1 },
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
