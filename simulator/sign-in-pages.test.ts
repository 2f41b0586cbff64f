import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { demoUsers, type Simulator, startSimulator } from "./simulator.ts";
import { FORM_HEADERS, send } from "./test-client.ts";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ users: demoUsers });
});
beforeEach(() => simulator.clearLedger());
afterAll(() => simulator.stop());

const attempts = () => simulator.ledger().directoryPasswordAttempts;
const FORM = "userName=CONTOSO%5Calice&password=guess";

describe("a page with a sign-in form", () => {
  it.each(["/dialin/", "/dialin/login.aspx", "/scheduler", "/scheduler/x"])("%s: shown to anybody", async (path) => {
    const { status, text } = await send(simulator, { path });
    expect([status, text.includes('type="password"')]).toEqual([200, true]);
    expect(attempts()).toEqual([]);
  });

  it.each([
    ["/dialin/login.aspx", FORM_HEADERS, FORM],
    ["/scheduler/", FORM_HEADERS, "ctl00%24userName=CONTOSO%5Calice&ctl00%24password=guess"],
    ["/scheduler/", { "content-type": "application/json" }, '{"user":"CONTOSO\\\\alice","Password":"guess"}'],
    [
      "/dialin/",
      { "content-type": "multipart/form-data; boundary=b" },
      '--b\r\nContent-Disposition: form-data; name="user"\r\n\r\nCONTOSO\\alice\r\n--b\r\n' +
        'Content-Disposition: form-data; name="pwd"\r\n\r\nguess\r\n--b--\r\n',
    ],
  ])("%s: the ledger shows a password that is posted (%j)", async (path, headers, body) => {
    const { status } = await send(simulator, { path, method: "POST", headers, body });
    expect(status).toBe(200);
    expect(attempts()).toMatchObject([{ channel: "form", user: "CONTOSO\\alice", accepted: false }]);
  });

  it("takes the query of a GET for a form where it has a form's hidden field, as ASP.NET does, and else not", async () => {
    for (const path of [`/dialin/?${FORM}`, `/dialin/?__VIEWSTATE=x&${FORM}`]) await send(simulator, { path });
    expect(attempts()).toHaveLength(1);
  });

  it("accepts the right password", async () => {
    const body = `user=alice@contoso.test&password=${encodeURIComponent(demoUsers[0]?.directoryPassword ?? "")}`;
    const { status } = await send(simulator, { path: "/dialin/", method: "POST", headers: FORM_HEADERS, body });
    expect([status, attempts()]).toMatchObject([302, [{ accepted: true }]]);
  });

  it("is on the dial-in host at every address", async () => {
    const host = "dialin.contoso.test";
    for (const path of ["/", "/login.aspx"]) {
      await send(simulator, { host, path, method: "POST", headers: FORM_HEADERS, body: FORM });
    }
    expect(attempts()).toHaveLength(2);
  });
});

describe("a server-to-server token", () => {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const app = `${part({ typ: "JWT", alg: "RS256" })}.${part({ iss: "exchange" })}.c2lnbmF0dXJl`;
  const user = `${part({ typ: "JWT", alg: "none" })}.${part({ smtp: "alice@contoso.test", actortoken: app })}.`;

  it.each([
    ["app token", app],
    ["user with app token", user],
    ["malformed", "a.b.c"],
  ])("%s: refused with the challenges of a bad ticket, and in the ledger", async (form, token) => {
    for (const [method, path] of [
      ["GET", "/Autodiscover/AutodiscoverService.svc/root/oauth/user"],
      ["POST", "/ucwa/oauth/v1/applications"],
      ["POST", "/ucwa/v1/applications"],
    ] as const) {
      simulator.clearLedger();
      const answer = await send(simulator, { path, method, headers: { authorization: `Bearer ${token}` } });
      expect(answer.status).toBe(401);
      expect(answer.lines("www-authenticate")[0]).toMatch(/^Bearer trusted_issuers="/);
      const { requests, unknownTickets } = simulator.ledger();
      expect(unknownTickets).toMatchObject([{ form, reason: "no-such-partner" }]);
      expect(requests).toMatchObject([{ identity: null }]);
    }
  });

  it("is asked for by an empty Bearer, which learns whom the pool trusts", async () => {
    const path = "/Autodiscover/AutodiscoverService.svc/root/oauth/user";
    const answer = await send(simulator, { path, headers: { authorization: "Bearer" } });
    expect(answer.lines("www-authenticate")[0]).toMatch(/client_id="00000004-0000-0ff1-ce00-000000000000"$/);
    expect(simulator.ledger().unknownTickets).toEqual([]);
  });
});
