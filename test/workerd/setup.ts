import { applyD1Migrations, env, reset } from "cloudflare:test";
import { beforeAll } from "vitest";

// One workerd runs file after file, so each begins with nothing stored, as if it were alone.
beforeAll(async () => {
  await reset();
  await applyD1Migrations(env.DB, env.__TEST_MIGRATIONS);
});
