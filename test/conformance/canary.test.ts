// S-16 and S-12: runs a session of every kind, right and wrong. Then it searches everything that the gateway has said,
// logged, forwarded and stored for what must never be seen: app passwords and their hashes, sealing keys, the
// Front-End's own tickets.

import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { newSealingKey } from "../../cli/sealing-keys.ts";
import { ledgerDigest } from "../../simulator/ledger.ts";
import { demoUsers } from "../../simulator/simulator.ts";
import type { TestRequest, TestResponse } from "../../simulator/test-client.ts";
import { ntHashesOf } from "../../src/core/credentials/app-password.ts";
import { parseAvPairs } from "../../src/core/ntlm/av-pairs.ts";
import { parseChallenge } from "../../src/core/ntlm/challenge.ts";
import { filesIn } from "../kit/gateway/files.ts";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";
import { challengeFor, type HowToSignIn, signIn } from "./support/ntlm.ts";
import {
  ANONYMOUS_GRANT,
  accessTokenIn,
  assertionIn,
  opaque,
  tokenRequest,
  unrelayedTickets,
  WINDOWS_GRANT,
} from "./support/tickets.ts";

const ROOT = "/Autodiscover/AutodiscoverService.svc/root";
const sealingKeys = `${newSealingKey()} ${newSealingKey()}`;
/** What the processes of the gateway wrote to the terminal. */
const printed: string[] = [];
/** Every answer of the gateway, head and body. */
const answers: string[] = [];
/** Digests of the Front-End's compact tickets, as its ledger shows them. */
const innerTickets = new Set<string>();
let gateway: TestGateway;

beforeAll(async () => {
  for (const stream of [process.stdout, process.stderr]) {
    const write = stream.write.bind(stream);
    vi.spyOn(stream, "write").mockImplementation((chunk: string | Uint8Array, ...more: unknown[]) => {
      printed.push(typeof chunk === "string" ? chunk : Buffer.from(chunk).toString("latin1"));
      return write(chunk, ...(more as []));
    });
  }
  gateway = await startTestGateway({ sealingKeys });
  await session();
  vi.restoreAllMocks();
});
afterAll(() => gateway?.stop());

async function ask(request: TestRequest): Promise<TestResponse> {
  const answer = await gateway.send(request);
  answers.push(`${JSON.stringify(answer.headers)}\n${answer.text}`);
  return answer;
}

/** Makes every kind of sign-in with every outcome, and uses every kind of ticket. */
async function session(): Promise<void> {
  const { alice, bob } = gateway;
  const send = { send: ask };
  const how: readonly HowToSignIn[] = [
    {},
    { scheme: "Negotiate" },
    { scheme: "SPNEGO" },
    { user: alice.upn, domain: "" },
  ];
  const tickets: string[] = [];
  for (const each of how) {
    tickets.push(accessTokenIn((await signIn(send, WINDOWS_GRANT, alice, each)).text));
    await signIn(send, tokenRequest("cwt", alice.sipUri), alice, each);
  }
  const assertion = assertionIn((await signIn(send, tokenRequest("saml", bob.sipUri), bob)).text);
  const separated = alice.password.replaceAll("-", "");
  await signIn(send, WINDOWS_GRANT, alice, { password: separated });
  await signIn(send, { path: "/WebTicket/WebTicketService.svc" }, alice);

  // These are refused: passwords that are almost right, unknown names, a claim of another user's address, no claim,
  // nonsense.
  await signIn(send, WINDOWS_GRANT, alice, { password: alice.password.toUpperCase() });
  await signIn(send, WINDOWS_GRANT, bob, { password: alice.password });
  await signIn(send, WINDOWS_GRANT, alice, { user: alice.password, domain: "CONTOSO" });
  await signIn(send, WINDOWS_GRANT, alice, { user: "mallory" });
  await signIn(send, tokenRequest("saml", bob.sipUri), alice);
  await signIn(
    send,
    { ...WINDOWS_GRANT, body: `grant_type=password&username=alice&password=${alice.password}` },
    alice,
  );
  await ask({ ...WINDOWS_GRANT, body: `grant_type=password&username=alice&password=${alice.password}` });
  await ask({ path: `/meet/${alice.password}`, host: "unknown.contoso.test" });
  await ask({ path: "/abs/x", headers: { authorization: `Basic ${btoa(`alice:${alice.password}`)}` } });
  await ask({ path: "/abs/x", headers: { authorization: `NTLM ${alice.password}` } });
  await ask({ path: "/WebTicket/oauthtoken", headers: { authorization: `NTLM ${btoa(alice.password)}` } });

  // These tickets are used, and misused.
  const guest = accessTokenIn((await ask(ANONYMOUS_GRANT)).text);
  const foreign = await unrelayedTickets(gateway, alice);
  for (const ticket of [...tickets, guest, foreign.cwt, `${tickets[0]}x`]) {
    await ask({ path: `${ROOT}/oauth/user`, headers: { authorization: `Bearer cwt=${ticket}` } });
    await ask({ path: "/abs/handler", headers: { "x-ms-webticket": `cwt=${ticket}` } });
    const created = await ask({
      path: "/ucwa/oauth/v1/applications",
      method: "POST",
      headers: { authorization: `Bearer cwt=${ticket}`, "content-type": "application/json" },
      body: JSON.stringify({ UserAgent: "x", EndpointId: "canary", Culture: "en-US" }),
    });
    const cookie = (created.headers["set-cookie"] ?? "").split(";")[0] ?? "";
    const photos = /path=([^;]+)/.exec(created.headers["set-cookie"] ?? "")?.[1];
    if (photos !== undefined) await ask({ path: `${photos}/alice@contoso.test`, headers: { cookie } });
  }
  for (const text of [assertion, foreign.saml.assertion]) {
    await ask({ path: `${ROOT}/user`, headers: { "x-ms-webticket": opaque(text) } });
  }
  // An assertion must not be in a log. The test searches for a part that only the assertion contains.
  const { requests } = gateway.simulator.ledger();
  for (const { headers } of requests) {
    for (const name of ["authorization", "x-ms-webticket", "cookie"]) {
      const digest = /^(?:Bearer |cwt=|cwt_ucwa=)(#[0-9a-f]{12})$/.exec(headers[name] ?? "")?.[1];
      if (digest !== undefined) innerTickets.add(digest);
    }
  }
  // Faults of what Postern depends on.
  const fail = (path: string) =>
    fetch(`${gateway.frontEnd}/_sim/fail`, { method: "POST", body: JSON.stringify({ path, kind: "drop" }) });
  await fail("/webticket/oauthtoken");
  await signIn(send, WINDOWS_GRANT, alice);
  await fail("/abs/handler");
  await ask({ path: "/abs/handler", headers: { "x-ms-webticket": `cwt=${tickets[0]}` } });
}

type Secret = readonly [name: string, text: string];

/** The secrets in every spelling in which a text could have them. */
function secrets(): readonly Secret[] {
  const all: Secret[] = [];
  const add = (name: string, bytes: Uint8Array): void => {
    const buffer = Buffer.from(bytes);
    for (const encoding of ["hex", "base64", "base64url"] as const) {
      all.push([`${name}, ${encoding}`, buffer.toString(encoding).replace(/=+$/, "")]);
    }
    all.push([`${name}, HEX`, buffer.toString("hex").toUpperCase()]);
  };
  for (const { account, password } of [gateway.alice, gateway.bob]) {
    for (const spelling of [password, password.replaceAll("-", "")]) {
      all.push([`${account}'s app password`, spelling], [`${account}'s app password`, spelling.toUpperCase()]);
      all.push([`${account}'s app password, percent-encoded`, encodeURIComponent(spelling)]);
      add(`${account}'s app password`, Buffer.from(spelling));
      add(`${account}'s app password as UTF-16`, Buffer.from(spelling, "utf16le"));
    }
    for (const hash of ntHashesOf(password)) add(`${account}'s NT hash`, hash);
  }
  for (const key of sealingKeys.split(" ")) add("sealing key", Buffer.from(key, "base64"));
  all.push(["the connector's secret", gateway.simulator.connectorKey]);
  for (const user of demoUsers) all.push([`${user.account}'s directory password`, user.directoryPassword]);
  return all;
}

function expectNoSecret(where: string, text: string): void {
  for (const [name, secret] of secrets()) expect(text.includes(secret), `${name} in ${where}`).toBe(false);
}

describe("S-16: after a session of every kind", () => {
  it("there is something to search, and the search finds what is there", () => {
    expect(answers.length).toBeGreaterThan(60);
    expect(gateway.log.length).toBeGreaterThan(20);
    expect(innerTickets.size).toBeGreaterThan(4);
    expect(() => expectNoSecret("a test", `x${gateway.alice.password}x`)).toThrow("alice's app password");
  });

  it("no secret is in an answer", () => expectNoSecret("an answer", answers.join("\n")));
  it("no secret is in the log", () => expectNoSecret("the log", gateway.log.join("\n")));
  it("no secret is on the terminal", () => expectNoSecret("the terminal", printed.join("\n")));

  it("no secret reached the Front-End", () => {
    const ledger = gateway.simulator.ledger();
    expectNoSecret("the ledger", JSON.stringify(ledger));
    expect(ledger.directoryPasswordAttempts).toEqual([]);
  });

  it("no secret is in the files of the gateway, as text or as bytes", async () => {
    const files = await filesIn(gateway.home);
    expect(files.length).toBeGreaterThan(2);
    for (const { path, bytes } of files) {
      expectNoSecret(path, bytes.toString("latin1"));
      for (const { password } of [gateway.alice, gateway.bob]) {
        for (const hash of ntHashesOf(password)) expect(bytes.includes(Buffer.from(hash)), path).toBe(false);
      }
      for (const key of sealingKeys.split(" ")) expect(bytes.includes(Buffer.from(key, "base64")), path).toBe(false);
    }
  });

  it("no compact ticket of the Front-End's is in an answer, the log or a file: only envelopes leave", async () => {
    const stored = (await filesIn(gateway.home)).map(({ bytes }) => bytes.toString("latin1"));
    for (const text of [...answers, ...gateway.log, ...printed, ...stored]) {
      for (const [candidate] of text.matchAll(/[A-Za-z0-9_-]{40,}/g)) {
        expect(innerTickets.has(ledgerDigest(candidate)), candidate.slice(0, 12)).toBe(false);
      }
    }
  });

  it("the log has no ticket, no NTLM message and no body, and each line stays one line", () => {
    for (const line of gateway.log) {
      expect(line).not.toMatch(/TlRMTVNT|cwt=|opaque=|PHNhbWw|Assertion|[A-Za-z0-9_+/-]{80,}/);
      expect(line.length).toBeLessThan(1000);
    }
  });
});

describe("S-12: what a challenge shows", () => {
  it("only configured public names", async () => {
    for (const scheme of ["NTLM", "Negotiate", "SPNEGO"] as const) {
      const { type2 } = await challengeFor(gateway, WINDOWS_GRANT, { scheme });
      const challenge = parseChallenge(type2);
      if (!challenge.ok) throw new Error(challenge.reason);
      const pairs = parseAvPairs(challenge.value.targetInfo);
      if (!pairs.ok) throw new Error(pairs.reason);
      const names = pairs.value
        .filter(({ id }) => id >= 1 && id <= 4)
        .map(({ value }) => Buffer.from(value).toString("utf16le"));
      expect(new Set(names)).toEqual(new Set(["CONTOSO", "POSTERN", "contoso.test", "web.contoso.test"]));
      expect(challenge.value.targetName).toBe("CONTOSO");
      for (const encoding of ["utf16le", "latin1"] as const) {
        const text = Buffer.from(type2).toString(encoding).toLowerCase();
        for (const inside of ["contoso.local", "fe01", "pool"]) expect(text).not.toContain(inside);
      }
    }
  });
});
