import { defineConfig } from 'vitest/config';
import { home } from './home-under-test.ts';

/** The acceptance suite, which `npm run e2e` runs against a home of Sluice. */
export default defineConfig({
  test: {
    include: [
      'projects',
      'work',
      'tasks',
      'task-logs',
      'emhub',
      'girder-worker',
      'replies',
      'webhooks',
      're-worker',
      'cli',
      ...home.also,
    ].map(name => `test/acceptance/${name}.test.ts`),
    // It waits more than it works: for leases, backoffs, and what functions remember.
    testTimeout: 120_000,
    maxWorkers: 4,
  },
});
