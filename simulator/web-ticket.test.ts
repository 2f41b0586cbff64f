import { randomBytes, X509Certificate } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { makeDeviceKey, pkcs10For } from "./signing-client.ts";
import { demoUsers, type Simulator, startSimulator } from "./simulator.ts";
import { extractRaw, sipeCertificateRequest, sipeSecurity } from "./sipe-client.ts";
import { authorizationFor, SOAP_HEADERS, send, type TestResponse, ticketRequest } from "./test-client.ts";

const SERVICE = "/WebTicket/WebTicketService.svc";
const CERT_PROV = "/CertProv/CertProvisioningService.svc/WebTicket_Proof_SHA1";

let simulator: Simulator;

beforeAll(async () => {
  const [alice, bob] = demoUsers;
  if (!alice || !bob) throw new Error("demo users are missing");
  const carol = { ...bob, sipUri: "sip:carol@contoso.test", upn: "carol@contoso.test", account: "carol" };
  const dave = { ...carol, sipUri: "sip:dave@contoso.test", upn: "dave@contoso.test", account: "dave" };
  const users = [alice, bob, { ...carol, sipEnabled: false }, { ...dave, enabled: false }];
  simulator = await startSimulator({ users, unknownUserDelayMs: 60 });
});

beforeEach(async () => {
  simulator.clearLedger();
  await send(simulator, { path: "/_sim/reset", method: "POST" });
});

afterAll(() => simulator.stop());

const entropy = randomBytes(32);

const rst = (tokenType: "saml" | "cwt", sipUri = "sip:alice@contoso.test", security?: string): string =>
  ticketRequest({
    tokenType,
    sipUri,
    appliesTo: "https://web.contoso.test/CertProv/CertProvisioningService.svc",
    entropy: entropy.toString("base64"),
    ...(security === undefined ? {} : { security }),
  });

async function ticketFor(upn: string, body: string): Promise<TestResponse> {
  const authorization = (await authorizationFor(simulator, upn)) ?? "";
  return send(simulator, { path: SERVICE, method: "POST", headers: { ...SOAP_HEADERS, authorization }, body });
}

describe("the web ticket service behind a connector sign-on", () => {
  it("gives SIPE everything it searches a SAML response for, exactly once", async () => {
    const { status, text } = await ticketFor("alice@contoso.test", rst("saml"));
    expect(status).toBe(200);
    for (const tag of [/<(\w+:)?Lifetime[ >]/g, /<(\w+:)?Assertion[ >]/g, /<(\w+:)?BinarySecret[ >]/g]) {
      expect(text.match(tag)).toHaveLength(1);
    }
    expect(text).toMatch(/AssertionID="SamlSecurityToken-[0-9a-f-]{36}"/);
    expect(text).toContain('Context="6b29fc40-ca47-1067-b31d-00dd010662da"');
    expect(extractRaw(text, "Lifetime", false)).toMatch(
      /^<wsu:Created>\S+Z<\/wsu:Created><wsu:Expires>\S+Z<\/wsu:Expires>$/,
    );
    expect(extractRaw(text, "Assertion", true)).toContain(">sip:alice@contoso.test</saml:NameIdentifier>");
    expect(simulator.ledger().signOns).toMatchObject([
      { user: "sip:alice@contoso.test", service: "http/web.contoso.test" },
    ]);
    expect(simulator.ledger().directoryPasswordAttempts).toEqual([]);
  });

  it("ends the compact ticket right before </UserToken>", async () => {
    const { text } = await ticketFor("alice@contoso.test", rst("cwt"));
    expect(text).toMatch(/>cwt=AAEB[A-Za-z0-9_-]+<\/UserToken>/);
    expect(text).not.toContain("Assertion");
  });

  it("issues for eight hours", async () => {
    const { text } = await ticketFor("alice@contoso.test", rst("saml"));
    const instantOf = (name: string): number => Date.parse(extractRaw(text, name, false) ?? "");
    expect(instantOf("Expires") - instantOf("Created")).toBe(8 * 3_600_000);
  });

  it("faults when the claimed SIP URI is another's", async () => {
    const { status, text } = await ticketFor("alice@contoso.test", rst("saml", "sip:bob@contoso.test"));
    expect(status).toBe(500);
    expect(text).toContain("does not match SIP URI associated with presented credentials");
  });

  it("refuses a user without SIP with 403 and 28000, and fails with 500 and 28001 on order", async () => {
    const carol = await ticketFor("carol@contoso.test", rst("saml", "sip:carol@contoso.test"));
    expect([carol.status, carol.headers["x-ms-diagnostics"]]).toEqual([
      403,
      expect.stringMatching(/^28000;source="fe01/),
    ]);
    await send(simulator, {
      path: "/_sim/fail",
      method: "POST",
      body: JSON.stringify({ path: SERVICE, kind: "internal-error" }),
    });
    const failed = await ticketFor("alice@contoso.test", rst("saml"));
    expect([failed.status, failed.headers["x-ms-diagnostics"]]).toEqual([500, expect.stringMatching(/^28001;/)]);
  });

  it("shows its service page to a GET once signed on", async () => {
    const authorization = (await authorizationFor(simulator, "alice@contoso.test")) ?? "";
    const signedOn = await send(simulator, { path: SERVICE, headers: { authorization } });
    expect([signedOn.status, signedOn.text]).toEqual([200, expect.stringContaining("WebTicketService Service")]);
    const stranger = await send(simulator, { path: SERVICE });
    expect(stranger.status).toBe(401);
    expect(stranger.lines("www-authenticate")).toEqual(["Negotiate", "NTLM"]);
    expect(stranger.headers.connection).toBe("keep-alive");
  });
});

describe("the other addresses of the web ticket service", () => {
  const usernameToken = (name: string, password: string): string => {
    const base64 = (text: string): string => Buffer.from(text).toString("base64");
    return (
      `<wsse:UsernameToken><wsse:Username>${base64(name)}</wsse:Username>` +
      `<wsse:Password>${base64(password)}</wsse:Password></wsse:UsernameToken>`
    );
  };
  const postAuth = (name: string, password: string): Promise<TestResponse> =>
    send(simulator, {
      path: `${SERVICE}/Auth`,
      method: "POST",
      headers: SOAP_HEADERS,
      body: rst("cwt", "sip:alice@contoso.test", usernameToken(name, password)),
    });

  it("records every password at /Auth, right or wrong, and never shows it", async () => {
    const right = await postAuth("CONTOSO\\alice", "Directory-Only-Alice-31!");
    expect(right.text).toContain("cwt=");
    const wrong = await postAuth("CONTOSO\\alice", "guess-number-one");
    expect(wrong.status).toBe(500);
    expect(wrong.text).toContain("<ErrorId>28020</ErrorId><Reason>No valid security token.</Reason>");
    const ledger = simulator.ledger();
    expect(ledger.directoryPasswordAttempts).toMatchObject([
      { channel: "auth", user: "CONTOSO\\alice", accepted: true },
      { channel: "auth", user: "CONTOSO\\alice", accepted: false },
    ]);
    expect(JSON.stringify(ledger)).not.toMatch(/Directory-Only|guess-number/);
  });

  it("is the oracle that real ones are: slow for unknown names, its own text for a disabled account", async () => {
    const before = performance.now();
    await postAuth("CONTOSO\\nobody", "x");
    expect(performance.now() - before).toBeGreaterThan(55);
    expect((await postAuth("CONTOSO\\dave", "x")).text).toContain("account is disabled");
  });

  it("gives a meeting guest an hour at /Anon", async () => {
    const body = rst("cwt", "sip:guest@contoso.test");
    const { text } = await send(simulator, { path: `${SERVICE}/Anon`, method: "POST", headers: SOAP_HEADERS, body });
    const ticket = /cwt=[\w-]+/.exec(text)?.[0] ?? "";
    const path = "/Autodiscover/AutodiscoverService.svc/root/user";
    expect((await send(simulator, { path, headers: { "x-ms-webticket": ticket } })).status).toBe(403);
    expect(simulator.ledger().requests.at(-1)).toMatchObject({ identity: "anonymous", ticketKind: "anonymous" });
  });
});

describe("certificate provisioning", () => {
  const device = makeDeviceKey();
  const { privateKey } = device;

  const publish = (security: string, entity = "alice@contoso.test"): Promise<TestResponse> =>
    send(simulator, {
      path: CERT_PROV,
      method: "POST",
      headers: SOAP_HEADERS,
      body: sipeCertificateRequest({
        security,
        entity,
        deviceId: "{7d5c5d6e-0000-4000-8000-5d1c2a3b4c5d}",
        pkcs10: pkcs10For(device),
      }),
    });

  it("turns SIPE's signed request into a certificate for its key, and records the device", async () => {
    const { text } = await ticketFor("alice@contoso.test", rst("saml"));
    const issued = await publish(sipeSecurity(text, entropy));
    expect(issued.status).toBe(200);
    expect(issued.text).toMatch(
      /<GetAndPublishCertResponse .*<RequestSecurityTokenResponse .*<RequestedSecurityToken>/,
    );
    const x509 = new X509Certificate(
      Buffer.from(extractRaw(issued.text, "BinarySecurityToken", false) ?? "", "base64"),
    );
    expect(x509.subject).toBe("CN=alice@contoso.test");
    expect(x509.checkPrivateKey(privateKey)).toBe(true);
    expect(simulator.ledger().certificates).toMatchObject([
      {
        user: "sip:alice@contoso.test",
        deviceId: "{7d5c5d6e-0000-4000-8000-5d1c2a3b4c5d}",
        entity: "alice@contoso.test",
      },
    ]);
  });

  it("refuses a ticket whose holder does not prove the key, an altered one, and another's entity", async () => {
    const { text } = await ticketFor("alice@contoso.test", rst("saml"));
    const good = sipeSecurity(text, entropy);
    expect((await publish(sipeSecurity(text, undefined))).status).toBe(401);
    expect((await publish(sipeSecurity(text, randomBytes(32)))).status).toBe(401);
    expect((await publish(good.replaceAll("sip:alice@", "sip:bobby@"))).status).toBe(401);
    expect((await publish(good, "bob@contoso.test")).status).toBe(500);
    expect(simulator.ledger().unknownTickets).toHaveLength(3);
    expect(simulator.ledger().certificates).toEqual([]);
  });
});

it("takes a SAML ticket as X-MS-WebTicket: opaque=, until it expires or is altered", async () => {
  const { text } = await ticketFor("alice@contoso.test", rst("saml"));
  const assertion = extractRaw(text, "Assertion", true) ?? "";
  const get = (xml: string): Promise<TestResponse> =>
    send(simulator, {
      path: "/Autodiscover/AutodiscoverService.svc/root/user",
      headers: { "x-ms-webticket": `opaque=${Buffer.from(xml).toString("base64")}` },
    });
  expect((await get(assertion)).status).toBe(200);
  const forged = await get(assertion.replace("sip:alice@", "sip:bob@"));
  await send(simulator, { path: "/_sim/clock", method: "POST", body: JSON.stringify({ advanceMs: 8 * 3_600_000 }) });
  const expired = await get(assertion);
  const none = await send(simulator, { path: "/Autodiscover/AutodiscoverService.svc/root/user" });
  for (const refused of [forged, expired]) {
    expect([refused.status, refused.text]).toEqual([401, none.text]);
    expect(refused.headers["x-ms-webticketurl"]).toBe(none.headers["x-ms-webticketurl"]);
  }
  expect(simulator.ledger().unknownTickets.map(({ reason }) => reason)).toEqual(["forged", "expired"]);
});
