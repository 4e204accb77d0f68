import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // They need LocalStack: npm run test:aws. They need a home to run against: npm run e2e.
    exclude: ['test/aws/**', 'test/acceptance/**'],
    // Two cores are what the smallest machines have; the end-to-end tests start processes of their own.
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
