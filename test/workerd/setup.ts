import { applyD1Migrations, env, reset } from "cloudflare:test";
import { afterAll, beforeAll, vi } from "vitest";

// One workerd may run many files. Each begins with an empty storage, as if it were alone, and leaves no guard behind.
beforeAll(async () => {
  await reset();
  await applyD1Migrations(env.DB, env.__TEST_MIGRATIONS);
});
afterAll(async () => {
  vi.useRealTimers();
  await reset();
});
