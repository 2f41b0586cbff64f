// The token that `npm start` keeps for its command: it opens the API over HTTP while it lives, and leaves no event of
// the bootstrap key. An expired or revoked token opens nothing.

import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";

const folder = mkdtempSync(join(tmpdir(), "postern-token-"));
const tokenFile = join(folder, "token.json");
let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ tokenFile });
}, 120_000);
afterAll(async () => {
  await gateway.stop();
  rmSync(folder, { recursive: true });
});

const kept = (): string => (JSON.parse(readFileSync(tokenFile, "utf8")) as { token: string }).token;
const get = (path: string, token = kept()) =>
  gateway.send({ host: gateway.adminHost, path, headers: { authorization: `Bearer ${token}` } });

it("is for its owner alone, has the scope admin, and leaves no break-glass-used", async () => {
  expect(statSync(tokenFile).mode & 0o777).toBe(0o600);
  const me = await get("/v1/whoami");
  expect(me.status).toBe(200);
  expect(JSON.parse(me.text)).toMatchObject({ name: "local", kind: "token", scope: "admin" });
  expect(JSON.parse((await get("/v1/audit")).text)).toMatchObject({ items: [] });
});

it.each([
  ["expired", "expires_at = 1"],
  ["revoked", "revoked_at = 1"],
])("opens nothing any more once it is %s", async (_, change) => {
  expect((await get("/v1/whoami")).status).toBe(200);
  const [rows] = await gateway.execute(["select expires_at from api_tokens where name = 'local'"]);
  await gateway.execute([`update api_tokens set ${change} where name = 'local'`]);
  await expect.poll(async () => (await get("/v1/whoami")).status, { timeout: 60_000 }).toBe(404);
  const until = Number(rows?.[0]?.expires_at);
  await gateway.execute([`update api_tokens set expires_at = ${until}, revoked_at = null where name = 'local'`]);
});
