import { applyD1Migrations, env, reset } from "cloudflare:test";
import { afterAll, beforeAll, vi } from "vitest";

// One workerd runs file after file. Each file begins with nothing stored, as if it were alone. It leaves the real clock
// and the real functions behind, and no guard: what a guard still had to do is not done in the next file.
beforeAll(async () => {
  await reset();
  await applyD1Migrations(env.DB, env.__TEST_MIGRATIONS);
});
afterAll(async () => {
  vi.useRealTimers();
  await reset();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});
