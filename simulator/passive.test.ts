import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { newTokenKey } from "../local/passive.ts";
import { parseTokenKeys, tokenKey } from "../src/core/sts/keys.ts";
import { metadataDocument } from "../src/core/sts/metadata.ts";
import { issueToken } from "../src/core/sts/response.ts";
import { maySign } from "../src/core/sts/sids.ts";
import {
  newTestKey,
  resultAround,
  startTokenService,
  type TestToken,
  testAssertion,
  testMetadata,
} from "./passive-token-service.ts";
import { demoUsers, type Simulator, startSimulator } from "./simulator.ts";
import { FORM_HEADERS, SOAP_HEADERS, send, type TestResponse, ticketRequest } from "./test-client.ts";

const PASSIVE_URL = "https://sts.contoso.test/passive";
const REALM = "https://web.contoso.test/passiveauth";
const [alice] = demoUsers;
const [key, otherKey] = [newTestKey(), newTestKey()];
const MINUTE = 60_000;

let tokenService: Awaited<ReturnType<typeof startTokenService>>;
let simulator: Simulator;

beforeAll(async () => {
  tokenService = await startTokenService(testMetadata([key], PASSIVE_URL));
  simulator = await startSimulator({ users: demoUsers, passive: { metadataUri: tokenService.metadataUri } });
});
beforeEach(() => {
  simulator.relyingParty?.reset();
  simulator.clearLedger();
});
afterAll(async () => {
  await simulator.stop();
  await tokenService.stop();
});

const post = (path: string, form: Readonly<Record<string, string>>, cookie = ""): Promise<TestResponse> =>
  send(simulator, {
    path,
    method: "POST",
    headers: { ...FORM_HEADERS, ...(cookie && { cookie }) },
    body: new URLSearchParams(form).toString(),
  });

const postToken = (wanted: Partial<TestToken> = {}, cookie = "", wctx = "rm=0&id=passive&ru=%2fpage") =>
  post(
    "/PassiveAuth/PassiveAuth.aspx",
    { wa: "wsignin1.0", wresult: resultAround(testAssertion({ key, ...wanted })), wctx },
    cookie,
  );

const cookiesOf = (response: TestResponse): string =>
  response
    .lines("set-cookie")
    .map((line) => line.split(";")[0])
    .join("; ");

const grant = (cookie = "") => post("/WebTicket/oauthtoken", { grant_type: "urn:microsoft.rtc:passive" }, cookie);
const outcomes = () => simulator.ledger().passivePosts.map(({ outcome }) => outcome);

describe("the way to the token service", () => {
  it("redirects as WIF does, and keeps the context to one parameter", async () => {
    const response = await send(simulator, { path: "/PassiveAuth/PassiveAuth.aspx" });
    const location = new URL(response.headers.location ?? "");
    expect([response.status, location.origin + location.pathname]).toEqual([302, PASSIVE_URL]);
    expect(Object.fromEntries(location.searchParams)).toEqual({
      wa: "wsignin1.0",
      wtrealm: REALM,
      wctx: "rm=0&id=passive&ru=%2fPassiveAuth%2fPassiveAuth.aspx",
      wct: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    });
  });

  it("publishes the pool's own metadata", async () => {
    const path = "/passiveauth/federationmetadata/2007-06/federationmetadata.xml";
    const { status, text } = await send(simulator, { path });
    expect([status, text]).toEqual([200, expect.stringContaining(`entityID="${REALM}"`)]);
    expect(text).toContain("<Address>https://web.contoso.test/PassiveAuth/PassiveAuth.aspx</Address>");
  });

  it("reads the metadata once, and again only when told", async () => {
    await send(simulator, { path: "/PassiveAuth/PassiveAuth.aspx" });
    const { reads } = tokenService.served;
    tokenService.served.document = testMetadata([otherKey, key], PASSIVE_URL);
    expect((await postToken({ key: otherKey })).status).toBe(500);
    expect(tokenService.served.reads).toBe(reads);
    const refreshed = await send(simulator, {
      path: "/_sim/passive",
      method: "POST",
      body: JSON.stringify({ refresh: true, metadataHost: "sts.contoso.test" }),
    });
    expect([refreshed.status, tokenService.served.lastHost]).toEqual([200, "sts.contoso.test"]);
    expect((await postToken({ key: otherKey })).status).toBe(302);
    tokenService.served.document = testMetadata([key], PASSIVE_URL);
    expect(await simulator.relyingParty?.refresh()).toBe(true);
    expect((await postToken({ key: otherKey })).status).toBe(500);
    expect(outcomes()).toEqual(["ID4175", "accepted", "ID4175"]);
  });

  it("keeps what it knew when the metadata's own signature is wrong", async () => {
    tokenService.served.document = testMetadata([otherKey], PASSIVE_URL).replace("/postern", "/another");
    expect(await simulator.relyingParty?.refresh()).toBe(false);
    tokenService.served.document = testMetadata([key], PASSIVE_URL);
    expect((await postToken()).status).toBe(302);
  });

  it("answers 500 while it has read no metadata", async () => {
    const unset = await startSimulator({ users: demoUsers, passive: {} });
    const response = await send(unset, { path: "/PassiveAuth/PassiveAuth.aspx" });
    await unset.stop();
    expect(response.status).toBe(500);
  });
});

describe("a token", () => {
  it("becomes cookies of 2,000 characters, and the cookies a compact ticket of its user", async () => {
    const signedIn = await postToken({ id: "_one" });
    expect([signedIn.status, signedIn.headers.location]).toEqual([302, "/page"]);
    const lines = signedIn.lines("set-cookie");
    expect(lines.length).toBeGreaterThan(1);
    expect(lines.map((line) => line.split("=")[0])).toEqual(lines.map((_, n) => `FedAuth${n === 0 ? "" : n}`));
    expect(lines[0]).toMatch(/^FedAuth=[A-Za-z0-9+/=]{2000}; path=\/; secure; HttpOnly$/);
    expect(simulator.ledger().passivePosts).toEqual([
      expect.objectContaining({ outcome: "accepted", assertionId: "_one", sid: alice?.sid }),
    ]);
    const granted = await grant(cookiesOf(signedIn));
    expect([granted.status, JSON.parse(granted.text)]).toEqual([
      200,
      {
        access_token: expect.stringMatching(/^cwt=AAEB/),
        expires_in: 28_800,
        ms_rtc_identityscope: "local",
        token_type: "Bearer",
      },
    ]);
    expect(simulator.ledger().ticketsIssued).toEqual([expect.objectContaining({ user: alice?.sipUri, kind: "cwt" })]);
    const page = await send(simulator, {
      path: "/PassiveAuth/PassiveAuth.aspx",
      headers: { cookie: cookiesOf(signedIn) },
    });
    expect(page.status).toBe(200);
  });

  const refusals: readonly (readonly [name: string, wanted: Partial<TestToken>, outcome: string])[] = [
    ["with another SID than was signed", { edit: (xml) => xml.replace(/-1104</, "-1105<") }, "signature"],
    ["for another audience", { audience: "https://web2.contoso.test/passiveauth" }, "ID1038"],
    ["for an audience in another case", { audience: REALM.replace("passive", "Passive") }, "ID1038"],
    ["for an audience with a slash more", { audience: `${REALM}/` }, "ID1038"],
    ["of a certificate that the metadata lacks", { key: otherKey }, "ID4175"],
    ["without KeyInfo", { edit: (xml) => xml.replace(/<ds:KeyInfo>.*<\/ds:KeyInfo>/, "") }, "ID4037"],
    ["without a signature", { signed: false }, "ID4220"],
    ["ten minutes early", { from: Date.now() + 10 * MINUTE, until: Date.now() + 20 * MINUTE }, "ID4222"],
    ["ten minutes late", { until: Date.now() - 10 * MINUTE }, "ID4223"],
    ["with white space inside", { edit: (xml) => xml.replace("<saml:Conditions", "\n<saml:Conditions") }, "signature"],
    ["with a DOCTYPE", { edit: (xml) => `<!DOCTYPE x>${xml}` }, "unreadable"],
    ["inside a forged one", { edit: (xml) => wrap(xml) }, "ID4220"],
    ["with its signature on a forged one", { edit: (xml) => moveSignature(xml) }, "signature"],
  ];
  it.each(refusals)("%s is refused, and makes no session", async (_name, wanted, outcome) => {
    const response = await postToken(wanted);
    expect([response.status, outcomes(), cookiesOf(response)]).toEqual([500, [outcome], ""]);
  });

  const accepted: readonly (readonly [name: string, wanted: Partial<TestToken>])[] = [
    ["two minutes early", { from: Date.now() + 2 * MINUTE, until: Date.now() + 5 * MINUTE }],
    ["four minutes late", { until: Date.now() - 4 * MINUTE }],
    ["of another issuer's name", { issuer: "http://sts.example.test/other" }],
    ["for a host in another case", { audience: REALM.replace("web.contoso", "WEB.contoso") }],
    ["with a comment inside the SID", { edit: (xml) => xml.replace("-1104<", "-11<!-- -->04<") }],
  ];
  it.each(accepted)("%s is accepted, as WIF does", async (_name, wanted) => {
    const response = await postToken(wanted);
    expect([response.status, simulator.ledger().passivePosts]).toEqual([
      302,
      [expect.objectContaining({ outcome: "accepted", sid: alice?.sid })],
    ]);
  });

  it("counts twice, unless replay detection is on", async () => {
    expect([(await postToken({ id: "_twice" })).status, (await postToken({ id: "_twice" })).status]).toEqual([
      302, 302,
    ]);
    simulator.relyingParty?.configure({ detectReplay: true });
    expect([(await postToken({ id: "_again" })).status, (await postToken({ id: "_again" })).status]).toEqual([
      302, 500,
    ]);
    expect(outcomes()).toEqual(["accepted", "accepted", "accepted", "ID1062"]);
  });

  it("that nobody asked for is accepted, and leads to the page itself", async () => {
    expect((await postToken({}, "", "")).status).toBe(200);
  });

  it("in a query is no answer of a token service", async () => {
    const query = new URLSearchParams({ wa: "wsignin1.0", wresult: resultAround(testAssertion({ key })) });
    const response = await post(`/PassiveAuth/PassiveAuth.aspx?${query}`, {});
    expect([response.status, outcomes()]).toEqual([302, []]);
  });
});

describe("Postern's own token service", () => {
  it("is understood: its metadata with two keys, and a token of each", async () => {
    const keys = parseTokenKeys(`${newTokenKey("first")} ${newTokenKey("second")}`);
    if (!keys.ok) throw new Error(keys.reason);
    const ready = await Promise.all(keys.value.map(tokenKey));
    const published = { issuer: "http://sts.contoso.test/postern", passiveUrl: PASSIVE_URL };
    tokenService.served.document = await metadataDocument(published, ready);
    expect(await simulator.relyingParty?.refresh()).toBe(true);
    const sid = maySign(alice?.sid ?? "", { domainSids: ["S-1-5-21-1004336348-1177238915-682003330"], deniedSids: [] });
    if (!sid.ok) throw new Error(sid.reason);
    for (const key of ready) {
      const now = Date.now();
      const request = { issuer: published.issuer, audience: REALM, upn: "alice@contoso.test", sid: sid.value } as const;
      const issued = await issueToken({ ...request, method: "passkey", authenticatedAt: now, now, minutes: 5 }, key);
      if (!issued.ok) throw new Error(issued.reason);
      const signedIn = await post("/PassiveAuth/PassiveAuth.aspx", {
        wa: "wsignin1.0",
        wresult: issued.value.wresult,
        wctx: "rm=0&id=passive&ru=%2fPassiveAuth%2fPassiveAuth.aspx",
      });
      expect((await grant(cookiesOf(signedIn))).status).toBe(200);
    }
    expect(simulator.ledger().passivePosts).toEqual(
      ready.map(() => expect.objectContaining({ outcome: "accepted", sid: alice?.sid })),
    );
    tokenService.served.document = testMetadata([key], PASSIVE_URL);
    expect(await simulator.relyingParty?.refresh()).toBe(true);
  });
});

describe("a session", () => {
  it("of nobody's SID, or of none, is refused with 403 and 28000", async () => {
    for (const sid of ["S-1-5-21-1-2-3-4444", ""]) {
      const response = await grant(cookiesOf(await postToken({ sid })));
      expect([response.status, response.headers["x-ms-diagnostics"]]).toEqual([403, expect.stringMatching(/^28000;/)]);
    }
  });

  it("ends with its token, five minutes allowed", async () => {
    const cookies = cookiesOf(await postToken({ until: Date.now() + 5 * MINUTE }));
    simulator.relyingParty?.configure({ clockSkewMs: 9 * MINUTE });
    expect((await grant(cookies)).status).toBe(200);
    simulator.relyingParty?.configure({ clockSkewMs: 11 * MINUTE });
    expect((await grant(cookies)).status).toBe(400);
  });

  it("needs all its cookies, unchanged", async () => {
    const cookies = cookiesOf(await postToken());
    expect((await grant(cookies.split("; ")[0])).status).toBe(400);
    const flipped = cookies.replace(
      /FedAuth=(.{20})(.)/,
      (_, head, one) => `FedAuth=${head}${one === "A" ? "B" : "A"}`,
    );
    expect((await grant(flipped)).status).toBe(400);
    const none = await grant();
    expect([none.status, JSON.parse(none.text), none.headers["x-ms-diagnostics"]]).toEqual([
      400,
      { error: "invalid_grant", ms_rtc_passiveauthuri: "https://web.contoso.test/PassiveAuth/PassiveAuth.aspx" },
      expect.stringMatching(/^28020;/),
    ]);
  });

  it("can be limited to /PassiveAuth by its path", async () => {
    simulator.relyingParty?.configure({ cookiePath: "/PassiveAuth" });
    expect((await postToken()).lines("set-cookie")[0]).toContain("; path=/PassiveAuth;");
  });

  it("is readable by the Front-End that made it, and by no other", async () => {
    simulator.relyingParty?.configure({ twoFrontEnds: true });
    const signedIn = await postToken();
    const [affinity = "", ...session] = cookiesOf(signedIn).split("; ");
    expect(affinity).toMatch(/^MS-WSMAN=fe0[12]$/);
    const [same, other] = affinity.endsWith("1") ? ["fe01", "fe02"] : ["fe02", "fe01"];
    expect((await grant([`MS-WSMAN=${same}`, ...session].join("; "))).status).toBe(200);
    expect((await grant([`MS-WSMAN=${other}`, ...session].join("; "))).status).toBe(400);
    const without = [await grant(session.join("; ")), await grant(session.join("; "))];
    expect(without.map(({ status }) => status).sort()).toEqual([200, 400]);
  });
});

describe("the SOAP ports", () => {
  const ask = (path: string, cookie = "", security?: string) =>
    send(simulator, {
      path,
      method: "POST",
      headers: { ...SOAP_HEADERS, ...(cookie && { cookie }) },
      body: ticketRequest({
        tokenType: "saml",
        appliesTo: "https://web.contoso.test/CertProv/CertProvisioningService.svc",
        sipUri: alice?.sipUri ?? "",
        entropy: Buffer.alloc(32, 7).toString("base64"),
        ...(security === undefined ? {} : { security }),
      }),
    });
  const mex = async () => (await send(simulator, { path: "/WebTicket/WebTicketService.svc/mex" })).text;
  const PASSIVE = "/WebTicket/WebTicketAdvancedService.svc/WsFed_passive";
  const BEARER = "/WebTicket/WebTicketAdvancedService.svc/WsFed_bearer";

  it("gives a SAML ticket for the session at the port that /mex names", async () => {
    expect(await mex()).toContain(`<wsdl:port name="WsFedPassive" binding="tns:WsFedPassive"><soap:address`);
    expect(await mex()).toContain(`location="https://web.contoso.test${PASSIVE}"`);
    const granted = await ask(PASSIVE, cookiesOf(await postToken()));
    expect([granted.status, granted.text]).toEqual([200, expect.stringContaining("<saml:Assertion")]);
    const refused = await ask(PASSIVE);
    expect([refused.status, refused.headers["x-ms-diagnostics"]]).toEqual([500, expect.stringMatching(/^28020;/)]);
    const nobody = await ask(PASSIVE, cookiesOf(await postToken({ sid: "S-1-5-21-1-2-3-4444" })));
    expect([nobody.status, nobody.headers["x-ms-diagnostics"]]).toEqual([403, expect.stringMatching(/^28000;/)]);
  });

  it("is not there, and not in /mex, when a test says so", async () => {
    simulator.relyingParty?.configure({ wsFedPassive: false });
    expect(await mex()).not.toContain("WsFed");
    const refused = await ask(PASSIVE, cookiesOf(await postToken()));
    expect([refused.status, refused.headers["x-ms-diagnostics"]]).toEqual([500, expect.stringMatching(/^28029;/)]);
  });

  it("takes a token in the header once the pool is set up for it, with a timestamp that counts", async () => {
    expect(await mex()).not.toContain("WsFedBearer");
    const timestamp = (from: number, until: number) =>
      `<u:Timestamp xmlns:u="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd">` +
      `<u:Created>${new Date(from).toISOString()}</u:Created><u:Expires>${new Date(until).toISOString()}</u:Expires>` +
      "</u:Timestamp>";
    const timely = timestamp(Date.now(), Date.now() + MINUTE);
    expect((await ask(BEARER, "", timely + testAssertion({ key }))).status).toBe(500);
    simulator.relyingParty?.configure({ wsFedBearer: true });
    expect(await mex()).toContain(`location="https://web.contoso.test${BEARER}"`);
    expect((await ask(BEARER, "", timely + testAssertion({ key }))).text).toContain("<saml:Assertion");
    const refused = [
      timely + testAssertion({ key: otherKey }),
      testAssertion({ key }),
      timestamp(Date.now() - 20 * MINUTE, Date.now() - 10 * MINUTE) + testAssertion({ key }),
      timestamp(Date.now() + 10 * MINUTE, Date.now() + 20 * MINUTE) + testAssertion({ key }),
    ];
    for (const security of refused) expect((await ask(BEARER, "", security)).status).toBe(500);
    expect(simulator.ledger().unknownTickets.map(({ form, reason }) => [form, reason])).toEqual([
      ["WsFedBearer", "ID4175"],
      ...Array.from({ length: 3 }, () => ["WsFedBearer", "timestamp"]),
    ]);
  });
});

it("offers the passive grant and nothing of WS-Federation else while it is off", async () => {
  const off = await startSimulator({ users: demoUsers });
  const mex = await send(off, { path: "/WebTicket/WebTicketService.svc/mex" });
  const hook = await send(off, { path: "/_sim/passive", method: "POST", body: "{}" });
  await off.stop();
  expect([mex.text.includes("WsFed"), hook.status]).toEqual([false, 404]);
});

it("trusts nobody when a test says so", async () => {
  simulator.relyingParty?.configure({ trustsNobody: true });
  expect((await postToken()).status).toBe(500);
  expect(outcomes()).toEqual(["ID4175"]);
});

/** A forged assertion of bob around the signed one. */
function wrap(signed: string): string {
  const forged = testAssertion({ key, sid: demoUsers[1]?.sid ?? "", signed: false });
  return forged.replace("<saml:Conditions", `<saml:Advice>${signed}</saml:Advice><saml:Conditions`);
}

/** A forged assertion of bob that has the signature of the signed one, which stands beside it. */
function moveSignature(signed: string): string {
  const signature = /<ds:Signature .*<\/ds:Signature>/.exec(signed)?.[0] ?? "";
  const forged = testAssertion({ key, sid: demoUsers[1]?.sid ?? "", signed: false });
  return `${forged.replace("</saml:Assertion>", `${signature}</saml:Assertion>`)}${signed.replace(signature, "")}`;
}
