import { defineConfig } from 'vitest/config';

const { SLUICE_E2E = '' } = process.env;

/** The acceptance suite, which `npm run e2e` runs against a home of Sluice. */
export default defineConfig({
  test: {
    include: ['test/acceptance/*.test.ts'],
    // One machine has no functions.
    exclude: SLUICE_E2E.includes('"functions"') ? [] : ['test/acceptance/functions.test.ts'],
    // It waits more than it works: for leases, backoffs, and what functions remember.
    testTimeout: 120_000,
    maxWorkers: 2,
  },
});
