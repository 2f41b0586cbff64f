// S-22: the refusal floor counts from the end of the body. So somebody who sends the body late cannot choose the
// multiple of the floor at which the answer leaves. If it counted from the head, an answer would come 38 ms after a
// body that was 262 ms late.

import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestRequest } from "../../simulator/test-client.ts";
import { LONG_RUNS } from "../kit/runs.ts";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";
import { answerTo, authorization, challengeFor, withAuthorization } from "./support/ntlm.ts";
import { PASSWORD_CHANNELS } from "./support/passwords.ts";
import { creation, soap } from "./support/presenting.ts";
import { tokenRequest, WINDOWS_GRANT } from "./support/tickets.ts";

const FLOOR_MS = 300;
/** How late the body comes. If the floor counted from the head, 38 ms would be left. */
const LATE_MS = 262;
/** The random part of the floor, and what a busy machine may add. Together they are far from the next multiple. */
const SLACK_MS = 150;
const LEAST_TRIES = LONG_RUNS ? 5 : 2;
const MOST_TRIES = 12;

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ variables: { REFUSAL_FLOOR_MS: String(FLOOR_MS) } });
});
afterAll(() => gateway?.stop());

/** Sends the head, and later the body. Returns the answer's status, and how long after the body it came (ms). */
async function sendLate({ path, method = "POST", headers = {}, body = "" }: TestRequest) {
  const { hostname, port } = new URL(gateway.gateway);
  const socket = connect(Number(port), hostname);
  socket.setNoDelay(true);
  await once(socket, "connect");
  const bytes = Buffer.from(body);
  const lines = Object.entries({ host: "web.contoso.test", ...headers, "content-length": String(bytes.length) });
  socket.write(`${method} ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`);
  await delay(LATE_MS);
  const complete = performance.now(); // before the write: a busy machine may stop here for long after it
  socket.write(bytes);
  const [first] = (await once(socket, "data")) as [Buffer];
  const after = performance.now() - complete;
  socket.destroy();
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(first.toString("latin1"))?.[1] ?? 0), after };
}

let networks = 0;
const elsewhere = (request: TestRequest): TestRequest => ({
  ...request,
  headers: { ...request.headers, "cf-connecting-ip": `198.51.100.${++networks}` },
});

/** Of some tries the one that waited least. A busy machine gets more tries, until one is answered in time. */
async function soonest(request: () => Promise<TestRequest>) {
  const answers: Awaited<ReturnType<typeof sendLate>>[] = [];
  let after = Number.POSITIVE_INFINITY;
  while (answers.length < LEAST_TRIES || (after >= FLOOR_MS + SLACK_MS && answers.length < MOST_TRIES)) {
    const answer = await sendLate(elsewhere(await request()));
    answers.push(answer);
    after = Math.min(after, answer.after);
  }
  expect(new Set(answers.map(({ status }) => status)).size).toBe(1);
  return { status: answers[0]?.status, after };
}

function leavesAtAMultiple({ after }: { readonly after: number }): void {
  expect(after).toBeGreaterThan(FLOOR_MS - 5); // the two clocks differ, and the last byte is on its way
  expect(after).toBeLessThan(FLOOR_MS + SLACK_MS);
}

describe("S-22: a body that comes late", () => {
  it.each(PASSWORD_CHANNELS)("with a password in it, over $name", async ({ request }) => {
    leavesAtAMultiple(await soonest(async () => request(gateway.bob.upn, "wrong")));
    leavesAtAMultiple(await soonest(async () => request("nobody@contoso.test", "wrong")));
  });

  it.each([
    ["OAuth", () => WINDOWS_GRANT],
    ["WS-Trust", () => tokenRequest("saml", gateway.bob.sipUri)],
  ])("behind an NTLM answer in its head, over %s", async (_, service) => {
    for (const user of ["bob", "nobody"]) {
      const answer = await soonest(async () => {
        const how = { password: "wrong", user };
        const challenged = await challengeFor(gateway, WINDOWS_GRANT, how);
        return withAuthorization(service(), authorization(answerTo(challenged, gateway.bob, how), 3));
      });
      expect(answer.status).toBe(401);
      leavesAtAMultiple(answer);
    }
  });

  it.each([
    ["in its head, where a device names itself", () => creation("late")],
    ["in it", () => soap(FORGED)],
  ])("with a ticket that nobody issued %s", async (_, request) => {
    const headers = { "x-ms-webticket": `opaque=${Buffer.from(FORGED).toString("base64")}` };
    const answer = await soonest(async () => ({ ...request(), headers: { ...request().headers, ...headers } }));
    expect(answer.status).toBe(401);
    leavesAtAMultiple(answer);
  });
});

const FORGED =
  '<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:1.0:assertion"><saml:Conditions NotOnOrAfter="2099-01-01T00:00:00Z"/>' +
  "<saml:Subject><saml:NameIdentifier>sip:bob@contoso.test</saml:NameIdentifier></saml:Subject></saml:Assertion>";
