// Sign-on by Postern's own token service, over HTTP: somebody proves an app password by NTLM, and Postern brings a token
// for that user's account to the pool's relying party. Everything that fails on the way ends in a 503 with a name of its
// own in the audit.

import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { demoUsers } from "../../simulator/users.ts";
import { assertionsIn } from "../../src/core/lync/assertion.ts";
import { sidInCompactTicket } from "../../src/core/lync/compact-ticket.ts";
import { issuedTicket, tokenFault } from "../../src/core/lync/web-ticket.ts";
import { type Person, startTestGateway, type TestGateway } from "./support/gateway.ts";
import { signIn } from "./support/ntlm.ts";
import { asOpaque, asProof } from "./support/presenting.ts";
import { type RawOrigin, startRawOrigin } from "./support/raw-origin.ts";
import { samlTicket, tokenRequest, WEB_TICKET_SERVICE, WINDOWS_GRANT } from "./support/tickets.ts";

const DOMAIN = "S-1-5-21-1004336348-1177238915-682003330";
const PAGE = "/PassiveAuth/PassiveAuth.aspx";
const MEX = `${WEB_TICKET_SERVICE}/mex`;
const PASSIVE_PORT = "/WebTicket/WebTicketAdvancedService.svc/WsFed_passive";
let gateway: TestGateway;
let origin: RawOrigin;
let sids: { readonly alice: string; readonly bob: string };

/** Ten more people of the pool, for sign-ins at the same time. */
const crowd = Array.from({ length: 10 }, (_, index) => ({
  ...{ sipUri: `sip:crowd${index}@contoso.test`, upn: `crowd${index}@contoso.test`, domain: "CONTOSO" },
  ...{ account: `crowd${index}`, directoryPassword: "Directory-Only-Crowd-5!", enabled: true },
  sid: `${DOMAIN}-${3000 + index}`,
}));

beforeAll(async () => {
  origin = await startRawOrigin(() => gateway.simulator.url);
  gateway = await startTestGateway({
    passive: true,
    frontEndAt: origin.url,
    simulator: { users: [...demoUsers, ...crowd] },
    moreUsers: crowd.map(({ sipUri, upn, domain, account }) => ({ sipUri, upn, domain, account })),
    variables: { SIGN_ON: "sts", STS_DENIED_SIDS: `${DOMAIN}-7777` },
  });
  const sidOf = (sipUri: string): string => demoUsers.find((user) => user.sipUri === sipUri)?.sid ?? "";
  sids = { alice: sidOf(gateway.alice.sipUri), bob: sidOf(gateway.bob.sipUri) };
  for (const { sipUri, sid } of crowd) await setSid(sipUri, sid);
});
beforeEach(async () => {
  gateway.simulator.relyingParty?.reset();
  for (const path of [PAGE, MEX, PASSIVE_PORT, OAUTH]) origin.change(path, undefined);
  await setSid(gateway.alice.sipUri, sids.alice);
  await setSid(gateway.bob.sipUri, sids.bob);
  gateway.simulator.clearLedger();
});
afterAll(async () => {
  await gateway?.stop();
  await origin?.stop();
});

const setSid = (sipUri: string, sid: string | null) =>
  gateway.execute([
    `UPDATE users SET sid = ${sid === null ? "NULL" : `'${sid}'`} WHERE sip_uri = '${sipUri.toLowerCase()}'`,
  ]);
const OAUTH = WINDOWS_GRANT.path;
const soap = (who: Person = gateway.alice, form: "saml" | "cwt" = "saml") =>
  signIn(gateway, tokenRequest(form, who.sipUri), who);
/** The pool answers so at this path, whatever it meant to answer. */
const answers = (path: string, head: string, body = "") =>
  origin.change(path, () =>
    Buffer.from(`HTTP/1.1 ${head}\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`),
  );
const paths = () => gateway.simulator.ledger().requests.map(({ method, path }) => `${method} ${path}`);
const grant = (who = gateway.alice) => signIn(gateway, WINDOWS_GRANT, who);
const posts = () => gateway.simulator.ledger().passivePosts.map(({ outcome, sid }) => [outcome, sid]);
const told = (reason: string) => gateway.log.filter((line) => line.includes(`"${reason}"`)).length;

/** One more sign-in ends in a 503, with that reason, and with no word of the pool's. */
async function failsWith(reason: string, act: () => ReturnType<typeof grant> = grant): Promise<void> {
  const before = told(reason);
  const { status, text, lines } = await act();
  expect([status, text, lines("set-cookie")]).toEqual([503, "", []]);
  await expect.poll(() => told(reason), { timeout: 60_000 }).toBe(before + 1);
}

describe("S-93: sign-on by Postern's token service", () => {
  it("signs on exactly whose password was proved, and keeps the pool's cookies to itself", async () => {
    gateway.simulator.relyingParty?.configure({ twoFrontEnds: true });
    for (const [who, sid] of [
      [gateway.alice, sids.alice],
      [gateway.bob, sids.bob],
    ] as const) {
      gateway.simulator.clearLedger();
      const answer = await grant(who);
      expect([answer.status, answer.lines("set-cookie")]).toEqual([200, []]);
      expect(JSON.parse(answer.text)).toMatchObject({ access_token: expect.stringMatching(/^cwt=/) });
      expect(posts()).toEqual([["accepted", sid]]);
    }
  });

  it("people who sign in at the same time get each their own ticket", async () => {
    const people = Array.from({ length: 8 }, (_, index) => (index % 2 === 0 ? gateway.alice : gateway.bob));
    const answers = await Promise.all(people.map((who) => grant(who)));
    expect(answers.map(({ status }) => status)).toEqual(people.map(() => 200));
    expect(posts().filter(([, sid]) => sid === sids.alice).length).toBe(4);
    expect(told("ticket-of-another-user")).toBe(0);
  });

  it("a pool that sends to another realm gets no token", async () => {
    gateway.simulator.relyingParty?.configure({ realm: "https://other.contoso.test/passiveauth" });
    await failsWith("sts-redirect-unexpected");
    expect(posts()).toEqual([]);
  });

  it("a pool that does not trust the key gives no session", async () => {
    gateway.simulator.relyingParty?.configure({ trustsNobody: true });
    await failsWith("sts-token-refused");
  });

  it("a SID that the pool does not know is named", async () => {
    await setSid(gateway.alice.sipUri, `${DOMAIN}-8888`);
    await failsWith("sts-user-unknown-to-pool");
  });
});

describe("S-96: sign-on of a client that speaks SOAP", () => {
  it("gives each their own ticket, which the pool takes", async () => {
    gateway.simulator.relyingParty?.configure({ twoFrontEnds: true });
    for (const [who, sid] of [
      [gateway.alice, sids.alice],
      [gateway.bob, sids.bob],
    ] as const) {
      gateway.simulator.clearLedger();
      const ticket = await samlTicket(gateway, who);
      expect(assertionsIn(ticket.assertion)).toMatchObject({ value: [{ subject: who.sipUri }] });
      expect(posts()).toEqual([["accepted", sid]]);
      expect((await gateway.send(asOpaque(ticket.assertion))).status).toBe(200);
      expect((await gateway.send(asProof(ticket, who.upn))).status).toBe(200);
      const compact = await soap(who, "cwt");
      const issued = issuedTicket(compact.text);
      expect([compact.status, issued?.kind, compact.lines("set-cookie")]).toEqual([200, "cwt", []]);
    }
  });

  it("asks the page, posts the token, and asks for the ticket: no metadata again, and no other credential", async () => {
    await soap();
    gateway.simulator.clearLedger();
    expect((await soap()).status).toBe(200);
    expect(paths()).toEqual([`GET ${PAGE}`, `POST ${PAGE}`, `POST ${PASSIVE_PORT}`]);
    const { directoryPasswordAttempts, ticketsIssued } = gateway.simulator.ledger();
    expect(directoryPasswordAttempts).toEqual([]);
    expect(ticketsIssued).toMatchObject([{ user: gateway.alice.sipUri, kind: "saml" }]);
  });

  it("goes on where the pool's cookies are for its page only: one sign-on is one jar", async () => {
    gateway.simulator.relyingParty?.configure({ cookiePath: "/PassiveAuth" });
    expect((await soap()).status).toBe(200);
  });

  it("many at the same time get each their own ticket, by SOAP and by OAuth", async () => {
    const got = await Promise.all(
      gateway.others.flatMap((who) => [
        soap(who).then(({ status, text }) => [who.sipUri, status, issuedTicket(text)] as const),
        grant(who).then(({ status }) => [who.sipUri, status, undefined] as const),
      ]),
    );
    expect(got.map(([, status]) => status)).toEqual(got.map(() => 200));
    const subjects = got.flatMap(([who, , ticket]) =>
      ticket?.kind === "saml" ? [[who, ticket.assertion.subject]] : [],
    );
    expect(subjects).toEqual(gateway.others.map(({ sipUri }) => [sipUri, sipUri]));
    const { ticketsIssued, passivePosts } = gateway.simulator.ledger();
    const issued = ticketsIssued.map(({ user, kind }) => `${user} ${kind}`).toSorted();
    expect(issued).toEqual(gateway.others.flatMap(({ sipUri }) => [`${sipUri} cwt`, `${sipUri} saml`]).toSorted());
    expect(new Set(passivePosts.map(({ assertionId }) => assertionId)).size).toBe(got.length);
    expect(told("ticket-of-another-user")).toBe(0);
  });

  it("a ticket of somebody else goes to nobody, of either form", async () => {
    for (const form of ["saml", "cwt"] as const) {
      let bobs: Buffer = Buffer.alloc(0);
      origin.change(PASSIVE_PORT, (answer) => {
        bobs = answer;
        return answer;
      });
      expect((await soap(gateway.bob, form)).status).toBe(200);
      origin.change(PASSIVE_PORT, () => bobs);
      await failsWith("ticket-of-another-user", () => soap(gateway.alice, form));
    }
  });

  it("a compact ticket of somebody else goes to nobody by OAuth, either", async () => {
    let bobs: Buffer = Buffer.alloc(0);
    origin.change(OAUTH, (answer) => {
      bobs = answer;
      return answer;
    });
    expect((await grant(gateway.bob)).status).toBe(200);
    const ticket = /cwt=([A-Za-z0-9_-]+)/.exec(bobs.toString("latin1"))?.[1] ?? "";
    expect(sidInCompactTicket(ticket)).toBe(sids.bob);
    origin.change(OAUTH, () => bobs);
    await failsWith("ticket-of-another-user");
  });

  it("somebody whose row has another's SID gets no ticket at all", async () => {
    await setSid(gateway.alice.sipUri, sids.bob);
    await failsWith("sts-sid-shared", soap);
    expect(gateway.simulator.ledger().ticketsIssued).toEqual([]);
  });

  it("a SID that the pool does not know is named", async () => {
    await setSid(gateway.alice.sipUri, `${DOMAIN}-8888`);
    await failsWith("sts-user-unknown-to-pool", soap);
  });

  it("a token that ended before the ticket was asked for is made once more", async () => {
    let times = 0;
    const { relyingParty } = gateway.simulator;
    origin.change(PAGE, (answer) => {
      // Between the first token and the request for the ticket the pool's clock goes past the token's end.
      if (answer.includes("FedAuth") && ++times === 1) relyingParty?.configure({ clockSkewMs: 11 * 60_000 });
      return answer;
    });
    origin.change(PASSIVE_PORT, (answer) => {
      if (times === 1) relyingParty?.configure({ clockSkewMs: 0 });
      return answer;
    });
    expect((await soap()).status).toBe(200);
    expect(posts()).toEqual([
      ["accepted", sids.alice],
      ["accepted", sids.alice],
    ]);
    expect(gateway.simulator.ledger().ticketsIssued).toHaveLength(1);
  });

  it("a pool that does not take its own session is asked twice, and no more", async () => {
    const refusal = tokenFault({
      code: "FailedAuthentication",
      reason: "No valid security token.",
      diagnostics: "28020",
    });
    answers(PASSIVE_PORT, "500 Internal Server Error\r\ncontent-type: text/xml", refusal);
    await failsWith("sts-grant-refused", soap);
    expect(posts().length).toBe(2);
    expect(paths().filter((path) => path === `GET ${MEX}`).length).toBe(1);
  });

  it.each<[string, string, () => void]>([
    ["drops its cookie", "sts-token-refused", () => dropCookies()],
    ["answers the token with a page", "sts-token-refused", () => onPost("200 OK", "<html>Error</html>")],
    [
      "answers the token with an error",
      "sts-token-refused",
      () => onPost("500 Internal Server Error", "<html>ID4175</html>"),
    ],
    ["is not behind its tunnel any more", "sts-unreachable", () => onPost("502 Bad Gateway", "cloudflared")],
    [
      "sends to another token service",
      "sts-redirect-unexpected",
      () => answers(PAGE, "302 Found\r\nlocation: https://evil.test/passive?wa=wsignin1.0&wtrealm=x&wctx=y"),
    ],
    ["answers with a page", "sts-redirect-unexpected", () => answers(PAGE, "200 OK", "<html>Error</html>")],
    ["breaks off", "sts-unreachable", () => origin.change(PAGE, () => Buffer.alloc(0))],
    [
      "sends the client of a ticket elsewhere",
      "sts-grant-refused",
      () => answers(PASSIVE_PORT, "302 Found\r\nlocation: https://sts.localhost/passive"),
    ],
    [
      "gives a page for a ticket",
      "answer-without-ticket",
      () => answers(PASSIVE_PORT, "200 OK\r\ncontent-type: text/html", "<html>Error</html>"),
    ],
    [
      "gives more than a ticket can be",
      "answer-too-large",
      () => answers(PASSIVE_PORT, "200 OK\r\ncontent-type: text/xml", "a".repeat(300 * 1024)),
    ],
    ["breaks off at the ticket", "front-end-unreachable", () => origin.change(PASSIVE_PORT, () => Buffer.alloc(0))],
    [
      "breaks off in a refusal",
      "sts-unreachable",
      () =>
        origin.change(PASSIVE_PORT, () => Buffer.from("HTTP/1.1 500 No\r\ncontent-length: 900\r\n\r\n<s:Envelope>")),
    ],
  ])("a pool that %s gives nobody a ticket: %s", async (_, reason, change) => {
    await soap(); // so the port is known
    change();
    await failsWith(reason, soap);
  });

  it("a pool that is silent gives nobody a ticket", async () => {
    await soap();
    const fail = { path: PASSIVE_PORT, kind: "hang" };
    await fetch(`${gateway.simulator.url}/_sim/fail`, { method: "POST", body: JSON.stringify(fail) });
    await failsWith("front-end-unreachable", soap);
  });

  it("an internal error of the pool is the pool's own answer, with nothing of the sign-on in it", async () => {
    await soap();
    const page = "<html>500</html>";
    answers(
      PASSIVE_PORT,
      "500 Internal Server Error\r\ncontent-type: text/html\r\nset-cookie: FedAuth=x; path=/",
      page,
    );
    const { status, text, lines } = await soap();
    expect([status, text, lines("set-cookie")]).toEqual([500, page, []]);
    await expect.poll(() => told("front-end-500"), { timeout: 30_000 }).toBe(1);
  });

  it("goes to the other port where the first one refuses, five requests in all", async () => {
    await soap();
    gateway.simulator.relyingParty?.configure({ wsFedBearer: true });
    answers(PASSIVE_PORT, "401 Unauthorized");
    gateway.simulator.clearLedger();
    expect((await soap()).status).toBe(200);
    const first = [`GET ${PAGE}`, `POST ${PAGE}`, `POST ${PASSIVE_PORT}`];
    expect(paths()).toEqual([...first, `GET ${MEX}`, "POST /WebTicket/WebTicketAdvancedService.svc/WsFed_bearer"]);
  });

  it("takes the token in the message where the pool has only that port", async () => {
    gateway.simulator.relyingParty?.configure({ wsFedPassive: false, wsFedBearer: true });
    await soap(); // the port that is known refuses, and the new one is found
    gateway.simulator.clearLedger();
    const entropy = randomBytes(32);
    const { status, text } = await signIn(gateway, tokenRequest("saml", gateway.bob.sipUri, { entropy }), gateway.bob);
    expect([status, assertionsIn(text)]).toMatchObject([200, { value: [{ subject: gateway.bob.sipUri }] }]);
    expect(paths()).toEqual(["POST /WebTicket/WebTicketAdvancedService.svc/WsFed_bearer"]);
    expect(gateway.simulator.ledger().unknownTickets).toEqual([]);
    gateway.simulator.relyingParty?.configure({ trustsNobody: true });
    await failsWith("sts-grant-refused", soap);
    expect(gateway.simulator.ledger().unknownTickets.map(({ reason }) => reason)).toEqual(["ID4175", "ID4175"]);
  });

  // The last one: for a minute Postern believes that there is no port.
  it("is not signed on where the pool names no port, and OAuth is, as before", async () => {
    gateway.simulator.relyingParty?.configure({ wsFedPassive: false });
    await failsWith("sts-no-soap", soap);
    gateway.simulator.clearLedger();
    await failsWith("sts-no-soap", soap);
    expect(paths()).toEqual([]);
    expect((await grant()).status).toBe(200);
  });
});

/** The pool accepts the token, and its cookie is lost on the way. */
const dropCookies = () =>
  origin.change(PAGE, (answer) =>
    Buffer.from(answer.toString("latin1").replaceAll(/set-cookie: FedAuth[^\r]*\r\n/gi, ""), "latin1"),
  );

/** What the pool answers to a posted token; the redirect before stays as it is. */
const onPost = (head: string, body: string) =>
  origin.change(PAGE, (answer) =>
    /wsignin1/.test(answer.toString("latin1"))
      ? answer
      : Buffer.from(`HTTP/1.1 ${head}\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`),
  );

describe("S-94: no token is made", () => {
  it.each([
    ["without a SID", null],
    ["of another domain", "S-1-5-21-1-2-3-1104"],
    ["that Windows makes itself", `${DOMAIN}-500`],
    ["of a built-in group", "S-1-5-32-544"],
    ["that is denied", `${DOMAIN}-7777`],
    ["that is no SID", "alice"],
  ])("for an account %s", async (_, sid) => {
    await setSid(gateway.alice.sipUri, sid);
    await failsWith("sts-no-sid");
    await failsWith("sts-no-sid", soap);
    expect(gateway.simulator.ledger().requests.filter(({ path }) => /passive/i.test(path))).toEqual([]);
  });
});
