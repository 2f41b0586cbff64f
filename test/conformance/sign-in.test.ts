// Signing in, from outside. Every client whose source was read gets its ticket, at both token services, whatever name
// it gives its user. The places that would accept a directory password accept none.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PROFILES } from "../kit/ntlm-client.ts";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";
import { challengeFor, signIn } from "./support/ntlm.ts";
import { shapeOf } from "./support/shape.ts";
import {
  ANONYMOUS_GRANT,
  accessTokenIn,
  assertionIn,
  grantRequest,
  OAUTH_TOKEN,
  tokenRequest,
  WEB_TICKET_SERVICE,
  WINDOWS_GRANT,
} from "./support/tickets.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway?.stop());

const rst = (tokenType: "saml" | "cwt" = "saml", sipUri = gateway.alice.sipUri) => tokenRequest(tokenType, sipUri);

describe.each(Object.values(PROFILES))("$name", (profile) => {
  it("gets a SAML ticket, a user-cwt-1 ticket and an access token, each leg on a connection of its own", async () => {
    const { alice } = gateway;
    const ledger = await gateway.arrivals(async () => {
      const saml = await signIn(gateway, rst("saml"), alice, { profile });
      expect(saml.status).toBe(200);
      expect(assertionIn(saml.text)).toContain(">sip:alice@contoso.test</");
      const compact = await signIn(gateway, rst("cwt"), alice, { profile });
      expect(compact.status).toBe(200);
      expect(compact.text).toMatch(/>cwt=[\w-]+<\/(\w+:)?UserToken>/);
      const token = await signIn(gateway, WINDOWS_GRANT, alice, { profile });
      expect(token.status).toBe(200);
      expect(JSON.parse(token.text)).toMatchObject({ token_type: "Bearer", ms_rtc_identityscope: "local" });
      expect(accessTokenIn(token.text)).toMatch(/^[\w-]+$/);
      for (const answer of [saml, compact, token]) expect(answer.lines("www-authenticate")).toEqual([]);
    });
    expect(ledger.signOns.map(({ user }) => user)).toEqual(Array(3).fill(alice.sipUri));
    expect(ledger.requests).toHaveLength(3); // the handshakes themselves did not reach the Front-End
    expect(ledger.directoryPasswordAttempts).toEqual([]);
  });
});

describe("the app password", () => {
  it("is taken with its separators and without", async () => {
    const { alice } = gateway;
    expect(alice.password).toMatch(/-/);
    for (const password of [alice.password, alice.password.replaceAll("-", "")]) {
      expect((await signIn(gateway, WINDOWS_GRANT, alice, { password })).status).toBe(200);
    }
  });
});

describe("names (S-10)", () => {
  it.each([
    ["alice", "CONTOSO"],
    ["ALICE", "contoso"],
    ["alice", ""],
    ["alice@contoso.test", ""],
    ["Alice@CONTOSO.test", "CONTOSO"],
    ["alice@contoso.test", "workgroup"],
    ["CONTOSO\\alice", ""],
    ["contoso/Alice", ""],
    ["sip:alice@contoso.test", ""],
    ["SIP:ALICE@CONTOSO.TEST", "CONTOSO"],
    ["alice ", "CONTOSO"],
    ["alice.", "CONTOSO."],
    [" alice", "contoso "],
    ["ａｌｉｃｅ", "CONTOSO"],
    ["ａｌｉｃｅ＠contoso.test", ""],
  ])("S-10: %j in %j is alice", async (user, domain) => {
    const answer = await signIn(gateway, rst(), gateway.alice, { user, domain });
    expect([answer.status, assertionIn(answer.text).includes("sip:alice@contoso.test")]).toEqual([200, true]);
  });

  it("S-10: OEM strings name alice too", async () => {
    const who = { profile: PROFILES.oem, user: "Alice", domain: "Contoso" };
    expect((await signIn(gateway, rst(), gateway.alice, who)).status).toBe(200);
  });

  it.each([
    ["alice\0", "CONTOSO"],
    ["alice\u200b", "CONTOSO"],
    ["al\u0456ce", "CONTOSO"], // a Cyrillic i
    ["alice", "FABRIKAM"],
    ["alice@fabrikam.test", "CONTOSO"],
    ["alice@contoso.test@contoso.test", ""],
    ["FABRIKAM\\alice", "CONTOSO"],
    ["", ""],
    ["Guest", "CONTOSO"],
    ["a".repeat(257), "CONTOSO"],
  ])("S-8, S-10: %j in %j is nobody", async (user, domain) => {
    const ledger = await gateway.arrivals(async () => {
      const answer = await signIn(gateway, rst(), gateway.alice, { user, domain });
      expect(shapeOf(answer)).toEqual(shapeOf(await gateway.send(rst())));
    });
    expect([ledger.requests, ledger.signOns]).toEqual([[], []]);
  });
});

describe("the claim of a RequestSecurityToken", () => {
  it.each(["sip:bob@contoso.test", "sip:alice@fabrikam.test", "alice", ""])(
    "%j is not alice's: a fault, and nothing is forwarded",
    async (claimed) => {
      const ledger = await gateway.arrivals(async () => {
        const answer = await signIn(gateway, rst("saml", claimed), gateway.alice);
        expect(answer.status).toBe(500);
        expect(answer.text).toContain("does not match SIP URI associated with presented credentials");
        expect(answer.text).not.toMatch(/Assertion|cwt=/);
      });
      expect([ledger.requests, ledger.signOns]).toEqual([[], []]);
    },
  );

  it("may be missing", async () => {
    const { body, ...request } = rst();
    const unclaimed = { ...request, body: body.replace(/<wst:Claims.*<\/wst:Claims>/, "") };
    expect(unclaimed.body).not.toBe(body);
    expect((await signIn(gateway, unclaimed, gateway.alice)).status).toBe(200);
  });

  it.each([
    ["two claims that differ", /(<auth:ClaimType.*<\/auth:ClaimType>)/, "$1$1", "sip:bob@contoso.test"],
    ["two requests", /(<wst:RequestSecurityToken .*<\/wst:RequestSecurityToken>)/, "$1$1", undefined],
    ["a document type", /^<\?xml[^>]*>/, '<!DOCTYPE x [<!ENTITY who "sip:alice@contoso.test">]>', undefined],
    ["no XML", /^/, "grant_type=", undefined],
  ])("%s: a fault, and nothing is forwarded", async (_, pattern, replacement, second) => {
    const { body, ...request } = rst();
    let altered = body.replace(pattern, replacement);
    if (second !== undefined) altered = altered.replace("sip:alice@contoso.test", second);
    expect(altered).not.toBe(body);
    const ledger = await gateway.arrivals(async () => {
      expect((await signIn(gateway, { ...request, body: altered }, gateway.alice)).status).toBe(500);
    });
    expect([ledger.requests, ledger.signOns]).toEqual([[], []]);
  });
});

describe("unauthenticated", () => {
  it.each([
    ["GET", WEB_TICKET_SERVICE],
    ["POST", WEB_TICKET_SERVICE],
    ["GET", OAUTH_TOKEN],
    ["POST", OAUTH_TOKEN],
  ])("%s %s is challenged once, with NTLM, at the edge", async (method, path) => {
    const body = method === "POST" && path === WEB_TICKET_SERVICE ? rst().body : "";
    const ledger = await gateway.arrivals(async () => {
      const answer = await gateway.send({ method, path, body });
      expect(answer.status).toBe(401);
      expect(answer.lines("www-authenticate")).toEqual(["NTLM"]);
    });
    expect(ledger.requests).toEqual([]);
  });

  it.each([
    "Basic YWxpY2U6RGlyZWN0b3J5LU9ubHktQWxpY2UtMzEh",
    "NTLM",
    "NTLM !!!!",
    "NTLM TlRMTVNTUAA=",
    "Negotiate YIIFJwYGKwYBBQUC",
    `NTLM ${"A".repeat(8_000)}`,
    "Digest username=alice",
    "Bearer cwt=AAEB",
  ])("Authorization: %s is no credential", async (authorization) => {
    const ledger = await gateway.arrivals(async () => {
      for (const request of [rst(), WINDOWS_GRANT]) {
        const answer = await gateway.send({ ...request, headers: { ...request.headers, authorization } });
        expect(shapeOf(answer)).toEqual(shapeOf(await gateway.send(request)));
      }
    });
    expect(ledger.requests).toEqual([]);
  });
});

// credential-channels.test.ts tests what they accept, and what else they refuse.
describe("S-19: channels that carry a password", () => {
  const form = (fields: Record<string, string>) => grantRequest(new URLSearchParams(fields).toString());

  it.each([
    "grant_type=password&grant_type=urn:microsoft.rtc:anonmeeting&username=alice&password=x",
    "grant_type=urn:microsoft.rtc:anonmeeting&grant_type=password&username=alice&password=x",
    "grant_type=%70assword&username=alice&password=x",
    "grant_type=PASSWORD&username=alice&password=x",
    "grant_type=constructor&username=alice&password=x",
    "username=alice&password=x",
  ])("%s: refused, and not forwarded", async (body) => {
    const ledger = await gateway.arrivals(async () => {
      expect((await gateway.send(grantRequest(body))).status).toBe(400);
    });
    expect(ledger.requests).toEqual([]);
  });

  it("the password grant is refused behind a good handshake too", async () => {
    const ledger = await gateway.arrivals(async () => {
      const answer = await signIn(
        gateway,
        form({ grant_type: "password", username: "x", password: "y" }),
        gateway.alice,
      );
      expect(answer.status).toBe(400);
    });
    expect([ledger.requests, ledger.signOns]).toEqual([[], []]);
  });

  it("Cert and Pin are closed", async () => {
    const ledger = await gateway.arrivals(async () => {
      for (const path of ["Cert", "Pin"]) {
        expect((await gateway.send({ ...rst(), path: `${WEB_TICKET_SERVICE}/${path}` })).status).toBe(404);
      }
    });
    expect(ledger.requests).toEqual([]);
  });
});

describe("guests", () => {
  it("get an anonymous ticket without a credential, and renew it", async () => {
    const first = await gateway.send(ANONYMOUS_GRANT);
    expect(first.status).toBe(200);
    const renewal = new URLSearchParams({
      grant_type: "urn:microsoft.rtc:anonmeeting",
      ms_rtc_renew: `cwt=${accessTokenIn(first.text)}`,
    });
    const second = await gateway.send(grantRequest(renewal.toString()));
    expect(second.status).toBe(200);
    expect(accessTokenIn(second.text)).not.toBe(accessTokenIn(first.text));
  });
});

it("a Type 1 reaches neither the Front-End nor the log", async () => {
  const before = gateway.log.length;
  const ledger = await gateway.arrivals(async () => {
    for (let i = 0; i < 20; i++) await challengeFor(gateway, WINDOWS_GRANT);
  });
  expect(ledger.requests).toEqual([]);
  expect(gateway.log.slice(before)).toEqual([]);
});
