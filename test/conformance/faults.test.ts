// S-37 from outside: when anything fails that Postern depends on, the client gets 503 with a time to come back. Nothing
// passes, and the answer says nothing of the inside.

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { demoUsers } from "../../simulator/simulator.ts";
import type { TestRequest, TestResponse } from "../../simulator/test-client.ts";
import { desktopTicket, phoneTicket } from "./support/devices.ts";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";
import { answerTo, authorization, challengeFor, signIn } from "./support/ntlm.ts";
import { ANONYMOUS_GRANT, tokenRequest, WINDOWS_GRANT } from "./support/tickets.ts";

let gateway: TestGateway;
let ticket: string;
let hung: Promise<TestResponse>;
beforeAll(async () => {
  // carol has an app password, but the pool's directory has her disabled: the connector refuses her.
  const carol = { sipUri: "sip:carol@contoso.test", upn: "carol@contoso.test", domain: "CONTOSO", account: "carol" };
  const [alice] = demoUsers;
  const users = [...demoUsers, ...(alice === undefined ? [] : [{ ...alice, ...carol, enabled: false }])];
  gateway = await startTestGateway({ simulator: { users }, moreUsers: [carol] });
  ticket = await phoneTicket(gateway, gateway.alice);
  // It takes as long as Postern is willing to wait. Meanwhile the other tests run.
  await fail("/webticket/webticketservice.svc", "hang");
  hung = signIn(gateway, tokenRequest("saml", "sip:bob@contoso.test"), gateway.bob);
  hung.catch(() => undefined);
});
beforeEach(() => {
  gateway.simulator.clearLedger();
});
afterAll(() => gateway?.stop());

const fail = (path: string, kind: "internal-error" | "drop" | "hang"): Promise<Response> =>
  fetch(`${gateway.frontEnd}/_sim/fail`, { method: "POST", body: JSON.stringify({ path, kind }) });

/** Checks for 503, a time to come back, an empty body, and no word about the reason. */
function expectUnavailable(answer: TestResponse): void {
  expect(answer.status).toBe(503);
  expect(answer.headers["retry-after"]).toMatch(/^[1-9]\d*$/);
  expect(answer.text).toBe("");
  const { "x-request-id": _random, ...headers } = answer.headers;
  expect(JSON.stringify(headers)).not.toMatch(/contoso|sql|d1|durable|error|exception|stack/i);
}

const bearer = () => ({ authorization: `Bearer cwt=${ticket}` });
const TICKETED: TestRequest = { path: "/ucwa/oauth/v1/applications/1" };

describe("S-37: the Front-End", () => {
  it("closes the connection: 503 on an open, a ticket, a sign-in and an anonymous row", async () => {
    const acts: readonly (readonly [string, () => Promise<TestResponse>])[] = [
      ["/meet/x", () => gateway.send({ path: "/meet/x" })],
      ["/ucwa/oauth/v1/applications/1", () => gateway.send({ ...TICKETED, headers: bearer() })],
      ["/webticket/oauthtoken", () => signIn(gateway, WINDOWS_GRANT, gateway.alice)],
      ["/webticket/oauthtoken", () => gateway.send(ANONYMOUS_GRANT)],
    ];
    for (const [path, act] of acts) {
      await fail(path, "drop");
      expectUnavailable(await act());
    }
    expect(gateway.log.filter((line) => line.includes("front-end")).length).toBeGreaterThanOrEqual(acts.length);
  });

  it("fails at a sign-in: its error is relayed, without a ticket, and the next attempt succeeds", async () => {
    await fail("/webticket/oauthtoken", "internal-error");
    const answer = await signIn(gateway, WINDOWS_GRANT, gateway.alice);
    expect([answer.status, JSON.parse(answer.text)]).toEqual([400, { error: "server_error" }]);
    expect(answer.headers["x-ms-diagnostics"]).toBe('28001;reason="Internal error."');
    expect((await signIn(gateway, WINDOWS_GRANT, gateway.alice)).status).toBe(200);
  });

  it("fails at a request with a ticket: its error is relayed", async () => {
    await fail("/ucwa/oauth/v1/applications/1", "internal-error");
    const answer = await gateway.send({ ...TICKETED, headers: bearer() });
    expect(answer.status).toBe(500);
    expect(answer.text).not.toMatch(/contoso\.local|fe01/i);
  });
});

describe("S-37: the connector", () => {
  it("refuses a user: 503 after a right password, and nothing reaches the Front-End", async () => {
    const [carol] = gateway.others;
    if (carol === undefined) throw new Error("carol is missing");
    for (const request of [WINDOWS_GRANT, tokenRequest("saml", carol.sipUri)]) {
      expectUnavailable(await signIn(gateway, request, carol));
    }
    expect(gateway.simulator.ledger().requests).toEqual([]);
    expect(gateway.log.some((line) => line.includes("sign-on-unknown-user"))).toBe(true);
  });
});

/** The gateway's own database, opened beside it. */
function openState(): DatabaseSync {
  const folder = join(gateway.home, "state", "v3", "d1");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const [file = "", ...more] = files.filter((each) => each.endsWith(".sqlite") && !each.includes("metadata"));
  expect(more).toEqual([]);
  return new DatabaseSync(join(folder, file));
}

describe("S-37: the database", () => {
  it("fails: a sign-in is 503 with the right password and with a wrong one; what needs no database goes on", async () => {
    const database = openState();
    database.exec("ALTER TABLE names RENAME TO hidden");
    try {
      expectUnavailable(await signIn(gateway, WINDOWS_GRANT, gateway.alice));
      expectUnavailable(await signIn(gateway, WINDOWS_GRANT, gateway.alice, { password: "wrong" }));
      expectUnavailable(await signIn(gateway, tokenRequest("saml", "sip:alice@contoso.test"), gateway.alice));
      expect(gateway.simulator.ledger().requests).toEqual([]);
      expect((await gateway.send({ path: "/WebTicket/oauthtoken" })).status).toBe(401);
      expect((await gateway.send({ ...TICKETED, headers: bearer() })).status).toBe(404);
      expect((await gateway.send({ path: "/meet/x" })).status).toBe(200);
    } finally {
      database.exec("ALTER TABLE hidden RENAME TO names");
      database.close();
    }
    expect((await signIn(gateway, WINDOWS_GRANT, gateway.alice)).status).toBe(200);
  });

  it("S-15: holds a password sealed under a key that is not configured: 503, neither a refusal nor a pass", async () => {
    const database = openState();
    const select =
      "SELECT p.id, p.nt_hashes AS sealed FROM app_passwords p JOIN users u ON u.id = p.user_id WHERE u.upn = ?";
    const row = database.prepare(select).get(gateway.bob.upn) as { id: string; sealed: string };
    const update = database.prepare("UPDATE app_passwords SET nt_hashes = ? WHERE id = ?");
    const foreign = Buffer.from(row.sealed, "base64url");
    foreign.writeUInt32BE(~foreign.readUInt32BE(0) >>> 0); // another key's id
    update.run(foreign.toString("base64url"), row.id);
    try {
      expectUnavailable(await signIn(gateway, WINDOWS_GRANT, gateway.bob));
      expect(gateway.simulator.ledger().requests).toEqual([]);
      expect(gateway.log.some((line) => line.includes("app-password-unknown-key"))).toBe(true);
    } finally {
      update.run(row.sealed, row.id);
      database.close();
    }
    expect((await signIn(gateway, WINDOWS_GRANT, gateway.bob)).status).toBe(200);
  });
});

describe("S-37: the configuration", () => {
  it("has faults: 503 at every row, and each fault is in the log as a whole sentence", async () => {
    const variables = {
      PUBLIC_HOSTS: "https://web.contoso.test",
      WEB_HOST: "www.contoso.test",
      CHALLENGE: "Basic",
      FRONT_END: "tunnel",
      SIGN_ON: "kerberos",
      PLAIN_HTTP: "yes",
    };
    const misconfigured = await startTestGateway({ variables });
    try {
      const { requests } = await misconfigured.arrivals(async () => {
        for (const path of ["/", "/meet/x", "/WebTicket/oauthtoken", "/cscp", "/ucwa/oauth/v1/applications"]) {
          expectUnavailable(await misconfigured.send({ path }));
        }
      });
      expect(requests).toEqual([]);
      const sentences = misconfigured.log.filter((line) => line.includes('"event":"configuration"'));
      for (const name of [...Object.keys(variables), "TUNNEL_HOSTS", "ACCESS_CLIENT_ID"]) {
        const matching = sentences.filter((line) => line.includes(name));
        expect(matching.length, `${name} in ${sentences.join("\n")}`).toBeGreaterThan(0);
      }
      // The whole sentence must be there: if it is cut off, its fix is lost.
      for (const line of sentences) expect(line).toMatch(/[.)]['"`]?\s*\}?\s*$/);
    } finally {
      await misconfigured.stop();
    }
  });
});

describe("S-37: what never comes back", () => {
  it("a token service that does not answer: 503 within twenty seconds", async () => {
    expectUnavailable(await hung);
  });

  it("the Front-End and the connector are gone: 503 with a right password and with a good ticket", async () => {
    const { assertion } = await desktopTicket(gateway, gateway.atDesk.alice);
    await gateway.simulator.stop();
    expectUnavailable(await signIn(gateway, WINDOWS_GRANT, gateway.alice));
    expectUnavailable(await gateway.send({ ...TICKETED, headers: bearer() }));
    const header = { "x-ms-webticket": `opaque=${Buffer.from(assertion).toString("base64")}` };
    expectUnavailable(await gateway.send({ path: "/abs/handler", headers: header }));
    expectUnavailable(await gateway.send({ path: "/meet/x" }));
    // Postern still gives the answers that it makes by itself.
    expect((await gateway.send({ path: "/WebTicket/oauthtoken" })).lines("www-authenticate")).toEqual(["NTLM"]);
    expect((await gateway.send(TICKETED)).status).toBe(401);
    const challenged = await challengeFor(gateway, WINDOWS_GRANT);
    const wrong = authorization(answerTo(challenged, gateway.alice, { password: "wrong" }), 3);
    expect((await gateway.send({ ...WINDOWS_GRANT, headers: { authorization: wrong } })).status).toBe(401);
  });
});
