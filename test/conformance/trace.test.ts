// One id from the client to the Front-End, and `postern trace`: one sign-in with every step, time and reason. Real
// connectors' listeners and logs stand behind the gateway.

import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { TestResponse } from "../../simulator/test-client.ts";
import type { TraceAnswer, TracedSignInAnswer } from "../../src/api/schemas/trace.ts";
import { signingKey } from "../../src/core/crypto/signing-keys.ts";
import { consoleAs } from "../kit/gateway/console.ts";
import { PATIENCE } from "../kit/patience.ts";
import { startTestConnector, type TestConnector } from "./support/connector.ts";
import { phoneOf } from "./support/devices.ts";
import { type Person, startTestGateway, type TestGateway } from "./support/gateway.ts";
import { type HowToSignIn, signIn } from "./support/ntlm.ts";
import { operator } from "./support/operator.ts";
import { creation } from "./support/presenting.ts";
import { ANONYMOUS_GRANT, accessTokenIn, WINDOWS_GRANT } from "./support/tickets.ts";

const FORGED = "forged-by-the-client";
let a: TestConnector;
let b: TestConnector;
let gateway: TestGateway;

beforeAll(async () => {
  const [secret, tokenKey] = [randomBytes(32), randomBytes(32)];
  const options = { publicJwk: (await signingKey(secret)).publicJwk, tokenKey };
  a = await startTestConnector({ ...options, name: "connector-a" });
  b = await startTestConnector({ ...options, name: "connector-b" });
  gateway = await startTestGateway({
    simulator: { signOnKey: tokenKey },
    connectors: [a.url, b.url],
    variables: {
      SIGN_ON: "connector",
      SIGN_ON_KEYS: `${secret.toString("base64")} ${randomBytes(32).toString("base64")}`,
      CONNECTORS: "connector-a=binding:CONNECTOR connector-b=binding:CONNECTOR_2",
    },
  });
});
afterAll(async () => {
  await gateway?.stop();
  await Promise.all([a?.stop(), b?.stop()]);
});

const grant = (source: string, headers: Readonly<Record<string, string>> = {}) => ({
  ...WINDOWS_GRANT,
  headers: { ...WINDOWS_GRANT.headers, "cf-connecting-ip": source, "x-request-id": FORGED, ...headers },
});
const enters = (source: string, who: Person, how: HowToSignIn = {}) => signIn(gateway, grant(source), who, how);
const idOf = ({ headers }: TestResponse): string => String(headers["x-request-id"]);
const linesOf = (id: string): Record<string, unknown>[] =>
  gateway.log.filter((line) => line.includes(id)).map((line) => JSON.parse(line));

/** The trace of a request, once its event has reached the audit. */
const trace = (...argv: readonly string[]): Promise<TracedSignInAnswer> =>
  vi.waitFor(async () => {
    const { signIns } = (await operator(gateway, "trace", ...argv)) as TraceAnswer;
    const [first] = signIns;
    if (first === undefined) throw new Error("not there yet");
    return first;
  }, PATIENCE);
const stepOf = ({ steps }: TracedSignInAnswer, part: string) => steps.find((step) => step.part === part);
const decider = ({ steps }: TracedSignInAnswer) => steps.find(({ result }) => result === "decided");

describe("S-74: one id", () => {
  it("is the same for the client, the log, the audit, the connector and the Front-End, and none is forged", async () => {
    a.lines.length = 0;
    let answer: TestResponse | undefined;
    const { requests } = await gateway.arrivals(async () => {
      answer = await enters("203.0.113.10", gateway.alice);
    });
    if (answer === undefined) throw new Error("no answer");
    expect(answer.status).toBe(200);
    const id = idOf(answer);
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect(requests.map(({ headers }) => headers["x-request-id"])).toEqual([id]);
    expect(a.lines).toMatchObject([{ event: "authorization", request: id, outcome: "minted" }]);
    await vi.waitFor(() => expect(linesOf(id)).toMatchObject([{ event: "sign-in", requestId: id }]), PATIENCE);
    expect((await trace("--request", id)).event).toMatchObject({ requestId: id, outcome: "signed-in" });
  });

  it("is in the lines about a connector and a Front-End that fail", async () => {
    a.mode = "dead";
    await fetch(`${gateway.frontEnd}/_sim/fail`, {
      method: "POST",
      body: JSON.stringify({ path: WINDOWS_GRANT.path, kind: "drop" }),
    });
    const answer = await enters("203.0.113.11", gateway.alice);
    a.mode = "good";
    expect(answer.status).toBe(503);
    const id = idOf(answer);
    await vi.waitFor(() => {
      const reasons = linesOf(id).map(({ reason }) => reason);
      expect(reasons).toEqual(["connector", "front-end", "front-end-unreachable"]);
    }, PATIENCE);
    const traced = await trace("--request", id);
    expect(stepOf(traced, "connector")?.detail).toMatch(/connector-a: no answer, connector-b/);
    expect(decider(traced)).toMatchObject({ part: "front-end" });
    expect(traced.steps.at(-1)).toMatchObject({ part: "answer", detail: expect.stringContaining("503") });
  });

  it("is the one that a device's request had, which leads to its sign-in", async () => {
    const signedIn = await enters("203.0.113.12", gateway.alice);
    const ticket = accessTokenIn(signedIn.text);
    const creating = creation(phoneOf(gateway.alice));
    const named = await gateway.send({
      ...creating,
      headers: { ...creating.headers, "x-ms-webticket": `cwt=${ticket}`, "cf-connecting-ip": "203.0.113.12" },
    });
    expect(named.status).toBe(201);
    const traced = await vi.waitFor(async () => {
      const found = await trace("--request", idOf(signedIn));
      expect(found.later).not.toEqual([]);
      return found;
    }, PATIENCE);
    expect(traced.steps.at(-1)).toMatchObject({ part: "device", result: "decided" });
    expect(traced.device).toMatchObject({ judgement: { action: "allow" } });
    expect(traced.device?.steps.at(-2)).toMatchObject({ step: "enrolled", outcome: "decided" });
    expect((await trace("--request", idOf(named))).event.id).toBe(traced.event.id);
  });
});

describe("S-74: a traced sign-in", () => {
  it("that succeeded has every step with its time", async () => {
    const answer = await enters("203.0.113.20", gateway.alice);
    const traced = await trace("--request", idOf(answer));
    expect(traced.steps.map(({ part, result }) => `${part} ${result}`)).toEqual([
      "request passed",
      "network-guard passed",
      "directory passed",
      "user-guard passed",
      "sign-on-line passed",
      "connector passed",
      "front-end passed",
      "ticket passed",
      "answer passed",
      "device not-reached",
    ]);
    const times = traced.steps.flatMap(({ at }) => at ?? []);
    expect(times).toEqual(times.toSorted((x, y) => x - y));
    expect(traced.passwords.filter(({ used }) => used)).toMatchObject([{ state: "live" }]);
    expect(stepOf(traced, "ticket")?.detail).toMatch(/It ends at \d{4}-/);
    expect(stepOf(traced, "request")?.detail).toContain("203.0.113.20");
  });

  it("with a wrong password says which app passwords it was not", async () => {
    const answer = await enters("203.0.113.21", gateway.bob, { password: "Winter2026!" });
    const traced = await trace("--request", idOf(answer));
    expect(decider(traced)).toMatchObject({ part: "user-guard" });
    expect(traced.passwords.map(({ detail }) => detail)).toContain("Does not fit what was typed.");
    expect(traced.passwords.every(({ used }) => !used)).toBe(true);
    expect(JSON.stringify(traced)).not.toContain("Winter2026");
  });

  it("with a revoked app password says which one, and in German", async () => {
    const made = (await operator(gateway, "password", "create", gateway.bob.sipUri, "--label", "Old phone")) as {
      id: string;
      password: string;
    };
    await operator(gateway, "password", "revoke", gateway.bob.sipUri, made.id, "--yes");
    const answer = await enters("203.0.113.22", gateway.bob, { password: made.password });
    expect(answer.status).toBe(401);
    const traced = await trace("--request", idOf(answer), "--language", "de");
    expect(traced.event.reason).toBe("revoked-password");
    expect(traced.passwords.find(({ id }) => id === made.id)).toMatchObject({ used: true, state: "revoked" });
    expect(stepOf(traced, "directory")?.detail).toMatch(/^Der Name gehört/);
  });

  it("of a network that has to wait names its guard, and until when", async () => {
    const source = "203.0.113.23";
    let answer = await enters(source, gateway.bob, { password: "x0" });
    for (let time = 1; time < 30; time++) answer = await enters(source, gateway.bob, { password: `x${time}` });
    const traced = await vi.waitFor(async () => {
      const found = await trace(gateway.bob.sipUri, "--source", source);
      expect(found.event.reason).toBe("waiting");
      return found;
    }, PATIENCE);
    expect(decider(traced)?.detail).toMatch(/has to wait until/);
    expect(idOf(answer)).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("under a name that nobody has is found by its network, without the name", async () => {
    const nobody = { ...gateway.alice, account: "zebulon" };
    const answer = await enters("203.0.113.24", nobody, { password: "Winter2026!" });
    const traced = await trace("--source", "203.0.113.24");
    expect(decider(traced)).toMatchObject({
      part: "directory",
      detail: expect.stringContaining("Nobody has the name"),
    });
    expect(traced.event).toMatchObject({ requestId: idOf(answer), user: null });
    expect(JSON.stringify(traced)).not.toMatch(/zebulon|Winter2026/i);
    await expect(operator(gateway, "trace", "zebulon@contoso.test")).rejects.toThrow(/keeps no name that nobody has/);
  });

  it("that no connector could sign on ends at the connector", async () => {
    a.mode = b.mode = "no-directory";
    const answer = await enters("203.0.113.25", gateway.bob);
    a.mode = b.mode = "good";
    expect(answer.status).toBe(503);
    expect(decider(await trace("--request", idOf(answer)))).toMatchObject({
      part: "connector",
      detail: expect.stringMatching(/connector-a: 503 [a-z-]+, connector-b: 503 [a-z-]+/),
    });
  });

  it("of a meeting guest has the guest's steps", async () => {
    const headers = { ...ANONYMOUS_GRANT.headers, "cf-connecting-ip": "203.0.113.26" };
    const answer = await gateway.send({ ...ANONYMOUS_GRANT, headers });
    const traced = await trace("--source", "203.0.113.26");
    expect(traced.event).toMatchObject({ channel: "guest", requestId: idOf(answer) });
    expect(traced.steps.map(({ part }) => part)).toEqual(["request", "network-guard", "front-end", "ticket", "answer"]);
  });
});

it("the console shows the steps on the page of the event, and of a person's last sign-in, in both languages", async () => {
  const answer = await enters("203.0.113.30", gateway.bob, { password: "Winter2026!" });
  const { event } = await trace("--request", idOf(answer));
  const viewer = await consoleAs(gateway, "viewer");
  for (const [language, title, part] of [
    ["en", "Step by step", "Guard of the user"],
    ["de", "Schritt für Schritt", "Wächter des Benutzers"],
  ] as const) {
    for (const path of [`/audit/${event.id}`, `/users/${event.userId}/trace`]) {
      const { status, text } = await viewer.get(path, { "accept-language": language });
      expect([path, status]).toEqual([path, 200]);
      expect(text).toContain(title);
      expect(text).toContain(part);
      expect(text).not.toContain("Winter2026");
    }
  }
  expect((await viewer.get(`/users/${event.userId}`)).text).toContain(`/users/${event.userId}/trace`);
});

it("a request that is no sign-in is explained as `why` does", async () => {
  const answer = await gateway.send({ path: "/nothing-here" });
  const id = idOf(answer);
  await vi.waitFor(() => expect(linesOf(id)).toHaveLength(1), PATIENCE);
  const { writeFileSync } = await import("node:fs");
  writeFileSync(`${gateway.home}/log.jsonl`, `${gateway.log.join("\n")}\n`);
  expect(await operator(gateway, "trace", "--request", id)).toMatchObject({
    refusals: [{ line: { reason: "not-published", requestId: id } }],
  });
});
