import { defineConfig } from 'vitest/config';

/** Deploying takes a while, and is done once. */
const MINUTES = 60_000;

export default defineConfig({
  test: { include: ['test/aws-e2e/*.test.ts'], testTimeout: MINUTES, hookTimeout: 5 * MINUTES },
});
