import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { demoUsers, type Simulator, startSimulator } from "./simulator.ts";
import { authorizationFor, FORM_HEADERS, send, type TestResponse } from "./test-client.ts";
import { PRINCIPAL_HEADER, PROXY_SECRET_HEADER } from "./trusted-proxy.ts";

const SECRET = "proxy-secret-of-this-test";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({
    users: [...demoUsers, disabled()],
    trustedProxy: { secret: SECRET, realm: "CORP.CONTOSO.TEST" },
  });
});
beforeEach(() => simulator.clearLedger());
afterAll(() => simulator.stop());

function disabled() {
  const [alice] = demoUsers;
  if (alice === undefined) throw new Error("no demo users");
  return { ...alice, account: "dora", upn: "dora@contoso.test", sipUri: "sip:dora@contoso.test", enabled: false };
}

const as = (principal: string, secret = SECRET): Promise<TestResponse> =>
  send(simulator, { path: "/abs/", headers: { [PRINCIPAL_HEADER]: principal, [PROXY_SECRET_HEADER]: secret } });

describe("behind a trusted proxy", () => {
  it.each([
    ["an account name", "alice@CORP.CONTOSO.TEST"],
    ["an enterprise name", "alice\\@contoso.test@CORP.CONTOSO.TEST"],
  ])("%s signs on, for one request", async (_, principal) => {
    expect((await as(principal)).status).toBe(200);
    expect(simulator.ledger().signOns).toMatchObject([{ user: "sip:alice@contoso.test", service: "trusted-proxy" }]);
    expect((await send(simulator, { path: "/abs/" })).status).toBe(401);
  });

  it.each([
    ["another realm", "alice@OTHER.TEST"],
    ["no realm", "alice"],
    ["an unknown account", "mallory@CORP.CONTOSO.TEST"],
    ["a UPN of another domain", "alice\\@other.test@CORP.CONTOSO.TEST"],
    ["a disabled account", "dora@CORP.CONTOSO.TEST"],
  ])("%s does not", async (_, principal) => {
    expect((await as(principal)).status).toBe(401);
    expect(simulator.ledger().refusedSignOns).toMatchObject([{ reason: "unknown-user" }]);
  });

  it("a wrong or missing secret is refused and recorded, the right one is not written down", async () => {
    expect((await as("alice@CORP.CONTOSO.TEST", "guess")).status).toBe(401);
    const headers = { [PRINCIPAL_HEADER]: "alice@CORP.CONTOSO.TEST" };
    expect((await send(simulator, { path: "/abs/", headers })).status).toBe(401);
    expect(simulator.ledger().refusedSignOns.map(({ reason }) => reason)).toEqual([
      "wrong-proxy-secret",
      "wrong-proxy-secret",
    ]);
    await as("alice@CORP.CONTOSO.TEST");
    expect(JSON.stringify(simulator.ledger())).not.toContain(SECRET);
  });

  it("nothing else signs on: no token of the simulated connector, no directory password", async () => {
    const authorization = (await authorizationFor(simulator, "alice@contoso.test")) ?? "";
    expect((await send(simulator, { path: "/abs/", headers: { authorization } })).status).toBe(401);
    expect(simulator.ledger().refusedSignOns).toMatchObject([{ reason: "not-by-the-trusted-proxy" }]);
    const grant = await send(simulator, {
      path: "/WebTicket/oauthtoken",
      method: "POST",
      headers: FORM_HEADERS,
      body: new URLSearchParams({
        grant_type: "password",
        username: "alice@contoso.test",
        password: demoUsers[0]?.directoryPassword ?? "",
      }).toString(),
    });
    expect(grant.status).toBe(400);
    expect(simulator.ledger().directoryPasswordAttempts).toMatchObject([{ accepted: false }]);
  });
});
