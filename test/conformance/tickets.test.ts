// Tickets that Postern relayed, in every form in which clients present them. Postern accepts them and unwraps them for
// the Front-End. The Front-End's own compact ticket is never seen outside.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ledgerDigest } from "../../simulator/ledger.ts";
import { extractRaw, sipeSecurity } from "../../simulator/sipe-client.ts";
import type { TestRequest, TestResponse } from "../../simulator/test-client.ts";
import { desktopTicket, phoneOf, phoneTicket } from "./support/devices.ts";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";
import { signIn } from "./support/ntlm.ts";
import {
  APPLICATIONS,
  asBearer,
  asBearerSoap,
  asCompact,
  asCookie,
  asOpaque,
  asProof,
  creation,
  ROOT_OAUTH_USER,
  ROOT_USER,
  soap,
} from "./support/presenting.ts";
import { anonymousTickets, compactTicket, type SamlTicket, tokenRequest, WINDOWS_GRANT } from "./support/tickets.ts";

let gateway: TestGateway;
let saml: SamlTicket;
/** A compact ticket without `cwt=`, from the OAuth service. */
let cwt: string;
/** Everything the gateway answered in this file. */
const seen: TestResponse[] = [];

beforeAll(async () => {
  const started = await startTestGateway();
  gateway = {
    ...started,
    send: async (request) => {
      const answer = await started.send(request);
      seen.push(answer);
      return answer;
    },
  };
  saml = await desktopTicket(gateway, gateway.atDesk.alice);
  cwt = await phoneTicket(gateway, gateway.alice);
});
afterAll(() => gateway?.stop());

/** Sends one request as alice, which must get through. Returns what the Front-End saw of it. */
async function through(request: TestRequest, kind: "saml" | "cwt" = "cwt") {
  let answer: TestResponse | undefined;
  const ledger = await gateway.arrivals(async () => {
    answer = await gateway.send(request);
  });
  const [arrived, another] = ledger.requests;
  if (answer === undefined || arrived === undefined) throw new Error(`not forwarded: ${answer?.status}`);
  expect(another).toBeUndefined();
  expect([arrived.identity, arrived.ticketKind]).toEqual(["sip:alice@contoso.test", kind]);
  expect(ledger.unknownTickets).toEqual([]);
  return { answer, arrived };
}

describe("a SAML ticket", () => {
  it("as X-MS-WebTicket: opaque=", async () => {
    const { answer } = await through(asOpaque(saml.assertion), "saml");
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.text)).toMatchObject({ User: { SipUri: "sip:alice@contoso.test" } });
    await through(asOpaque(saml.assertion, "/abs/handler/F-0c8a.lsabs"), "saml");
    await through(asOpaque(saml.assertion, "/Reach/sip.svc"), "saml");
  });

  it("as a proof in wsse:Security, and out comes a certificate", async () => {
    const { answer } = await through(asProof(saml), "saml");
    expect(answer.status).toBe(200);
    expect(extractRaw(answer.text, "BinarySecurityToken", false)).toMatch(/^MII/);
  });

  it("as a bearer in wsse:Security", async () => {
    const { answer } = await through(asBearerSoap(saml), "saml");
    expect(answer.status).toBe(200);
    expect(answer.text).toContain("SearchAbEntryResponse");
  });

  it("as a proof by somebody without its key: the Front-End refuses it, and the answer is the edge's", async () => {
    const thief = { ...saml, entropy: new Uint8Array(32) };
    const answer = await gateway.send(asProof(thief));
    expect(answer.status).toBe(401);
    expect(answer.text).not.toContain("fe01");
    expect(answer.lines("x-ms-webticketurl")).toHaveLength(1);
  });

  it.each<[string, (assertion: string) => string]>([
    ["its attributes in another order", (xml) => xml.replace(/(MajorVersion="1") (MinorVersion="1")/, "$2 $1")],
    ["other quotes", (xml) => xml.replace(/AssertionID="([^"]*)"/, "AssertionID='$1'")],
    ["white space inside a tag", (xml) => xml.replace(/<saml:Subject>/, "<saml:Subject\n  >")],
    ["an empty element in two tags", (xml) => xml.replace(/<(xenc:EncryptionMethod)([^>]*)\/>/, "<$1$2></$1>")],
    ["a character by its number", (xml) => xml.replace(">sip:alice@", ">sip:&#97;lice&#x40;")],
  ])("written with %s is the same ticket", async (_, rewrite) => {
    const assertion = rewrite(saml.assertion);
    expect(assertion).not.toBe(saml.assertion);
    const { answer } = await through(asOpaque(assertion), "saml");
    expect(answer.status).toBe(200);
    const response = saml.response.replace(saml.assertion, () => assertion);
    const security = sipeSecurity(response, saml.entropy);
    if (security.includes(assertion)) expect((await through(soap(security), "saml")).answer.status).toBe(200);
  });
});

describe("a compact ticket", () => {
  it("as X-MS-WebTicket: cwt=", async () => {
    for (const path of [ROOT_USER, ROOT_OAUTH_USER, "/abs/handler"]) {
      expect((await through(asCompact(cwt, path))).answer.status).toBe(200);
    }
  });

  it("as Authorization: Bearer", async () => {
    for (const path of [ROOT_USER, ROOT_OAUTH_USER]) {
      const { answer } = await through(asBearer(cwt, path));
      expect(JSON.parse(answer.text)).toMatchObject({ User: { SipUri: "sip:alice@contoso.test" } });
    }
  });

  it("from a RequestSecurityToken, as X-MS-WebTicket and as Bearer", async () => {
    const issued = await signIn(gateway, tokenRequest("cwt", gateway.alice.sipUri), gateway.alice);
    const envelope = />cwt=([\w-]+)<\/(?:\w+:)?UserToken>/.exec(issued.text)?.[1] ?? "";
    expect((await through(asCompact(envelope))).answer.status).toBe(200);
    expect((await through(asBearer(envelope))).answer.status).toBe(200);
  });

  it("in a UCWA application: created, used, photographed, and deleted", async () => {
    const headers = { authorization: `Bearer cwt=${cwt}`, "content-type": "application/json" };
    const created = await through({ ...creation(phoneOf(gateway.alice)), headers });
    expect(created.answer.status).toBe(201);
    const path = new URL(created.answer.headers.location ?? "").pathname;
    const me = await through(asBearer(cwt, `${path}/me`));
    expect(JSON.parse(me.answer.text)).toMatchObject({ uri: "sip:alice@contoso.test" });

    const [cookie = "", more] = created.answer.lines("set-cookie");
    const [, value = ""] = /^cwt_ucwa=([^;]+); path=\/ucwa\/.*\/photos; secure; HttpOnly$/i.exec(cookie) ?? [];
    expect([more, value.length > 100]).toEqual([undefined, true]);
    const photo = await through(asCookie(value, `${path}/photos/alice`));
    expect([photo.answer.status, photo.answer.headers["content-type"]]).toEqual([200, "image/gif"]);

    const elsewhere = await gateway.send(asCookie(value, `${path}/me`));
    expect(elsewhere.status).toBe(401);
    expect((await through({ ...asBearer(cwt, path), method: "DELETE" })).answer.status).toBe(204);
  });

  it("works at once and again, and several of one user at a time", async () => {
    const another = await compactTicket(gateway, gateway.alice);
    for (const ticket of [another, cwt, another]) expect((await through(asBearer(ticket))).answer.status).toBe(200);
  });

  it("reaches the Front-End as the one that it issued, and with no other credential", async () => {
    const request = asBearer(cwt);
    const headers = { ...request.headers, cookie: "cwt_ucwa=AAEB; other=1", "x-forwarded-user": "bob" };
    const { arrived } = await through({ ...request, headers });
    expect(arrived.headers.authorization).toMatch(/^Bearer #/);
    expect(arrived.headers.authorization).not.toContain(ledgerDigest(cwt));
    expect(arrived.headers["x-ms-webticket"]).toBeUndefined();
    expect(arrived.headers["x-forwarded-user"]).toBeUndefined();
    expect(arrived.headers.cookie).not.toContain("cwt_ucwa");
  });
});

describe("S-36: outside, nobody sees", () => {
  it("the Front-End's own compact ticket, in any answer of this file", async () => {
    await anonymousTickets(gateway);
    await gateway.send({ ...creation(phoneOf(gateway.alice)), headers: { "x-ms-webticket": `cwt=${cwt}` } });
    await gateway.send({ ...creation(phoneOf(gateway.alice)), headers: { authorization: `Bearer cwt=${cwt}` } });
    const inner = await innerDigests();
    expect(inner.size).toBeGreaterThan(0);
    expect(seen.length).toBeGreaterThan(20);
    for (const text of seen.map((answer) => JSON.stringify(answer.headers) + answer.text)) {
      for (const word of text.match(/[\w-]{40,}/g) ?? []) {
        expect(inner.has(ledgerDigest(word)), word).toBe(false);
        // The Front-End's tickets begin with a version and a type: 00 01 01 or 00 01 81 (an identity, or a guest's id).
        expect(Buffer.from(word, "base64url").subarray(0, 2).toString("hex"), word).not.toBe("0001");
      }
    }
  });

  it("a WWW-Authenticate, an internal name or a source on a ticket's way", async () => {
    for (const answer of seen.filter(({ status }) => status < 400)) {
      const headers = JSON.stringify(answer.headers);
      expect(headers).not.toMatch(/www-authenticate|x-ms-server-fqdn|source=|contoso\.local/i);
    }
  });
});

/** What the Front-End got of its own compact tickets. Its ledger has only digests of them. */
async function innerDigests(): Promise<ReadonlySet<string>> {
  const ledger = await gateway.arrivals(async () => {
    await gateway.send(asBearer(cwt));
    await gateway.send(asCompact(await compactTicket(gateway, gateway.bob)));
  });
  const values = ledger.requests.flatMap(({ headers }) => [headers.authorization, headers["x-ms-webticket"]]);
  return new Set(values.flatMap((value) => /^(?:Bearer |cwt=)(#\w+)$/.exec(value ?? "")?.[1] ?? []));
}

it("a sign-in after a ticket gives another ticket, and the first still works", async () => {
  expect((await signIn(gateway, WINDOWS_GRANT, gateway.alice)).status).toBe(200);
  expect((await through(asBearer(cwt, APPLICATIONS))).answer.status).toBe(405);
});
