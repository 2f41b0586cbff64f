// Bodies pass while they are still coming, in both directions. A request that waits for an event may wait: nothing in
// the gateway collects a large body or gives up on a quiet one.

import { createHash } from "node:crypto";
import { type ClientRequest, request as httpRequest, type IncomingMessage } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { phoneOf, phoneTicket, startApplication } from "./support/devices.ts";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";
import { compactTicket } from "./support/tickets.ts";

let gateway: TestGateway;
let ticket: string;
beforeAll(async () => {
  gateway = await startTestGateway();
  ticket = await phoneTicket(gateway, gateway.alice);
});
afterAll(() => gateway?.stop());

const MB = 1024 * 1024;

/** A request whose body the test writes, and its answer. */
function begin(
  method: string,
  path: string,
  headers: Record<string, string | number>,
): { readonly outgoing: ClientRequest; readonly answer: Promise<IncomingMessage> } {
  const { hostname, port } = new URL(gateway.gateway);
  const all = { host: "web.contoso.test", authorization: `Bearer cwt=${ticket}`, ...headers };
  const outgoing = httpRequest({ hostname, port, method, path, headers: all, agent: false });
  const answer = new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.on("response", resolve);
    outgoing.on("error", reject);
  });
  return { outgoing, answer };
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error("waited ten seconds");
    await pause(10);
  }
}

/** SHA-256 of the simulator's file of so many bytes: byte n is n modulo 251. */
function fileDigest(bytes: number): string {
  const hash = createHash("sha256");
  const period = Uint8Array.from({ length: 251 * 4096 }, (_, n) => n % 251);
  for (let at = 0; at < bytes; at += period.length)
    hash.update(period.subarray(0, Math.min(period.length, bytes - at)));
  return hash.digest("hex");
}

describe("a download", () => {
  it("of 50 MB arrives whole, its first bytes long before its last", async () => {
    const { outgoing, answer } = begin("GET", "/abs/files/large-50MB", {});
    outgoing.end();
    const response = await answer;
    expect([response.statusCode, response.headers["content-length"]]).toEqual([200, String(50 * MB)]);
    const hash = createHash("sha256");
    let length = 0;
    for await (const chunk of response) {
      if (length === 0) await pause(300); // a slow reader makes the sender wait and fills no memory
      hash.update(chunk as Buffer);
      length += (chunk as Buffer).length;
    }
    expect([length, hash.digest("hex")]).toEqual([50 * MB, fileDigest(50 * MB)]);
  });

  it("that the client breaks off does no harm to the next", async () => {
    const { outgoing, answer } = begin("GET", "/abs/files/large-50MB", {});
    outgoing.on("error", () => undefined);
    outgoing.end();
    (await answer).destroy();
    const next = await gateway.send({ path: "/abs/x.lsabs", headers: { "x-ms-webticket": `cwt=${ticket}` } });
    expect([next.status, next.bytes.length]).toEqual([200, 4096]);
  });
});

describe("S-17: a download whose device is blocked", () => {
  it("breaks off, and the next one does not begin", async () => {
    const { bob, adminHost, adminKey } = gateway;
    const bobs = await compactTicket(gateway, bob);
    await startApplication(gateway, bobs, phoneOf(bob));
    const { outgoing, answer } = begin("GET", "/abs/files/large-50MB", { authorization: `Bearer cwt=${bobs}` });
    outgoing.end();
    const response = await answer;
    expect(response.statusCode).toBe(200);
    let received = 0;
    response.on("data", (chunk: Buffer) => {
      received += chunk.length;
      response.pause(); // at a rate that would take minutes
      setTimeout(() => response.resume(), 50);
    });
    const ended = new Promise((resolve) => {
      response.on("error", resolve);
      response.on("end", () => resolve("whole"));
    });
    await until(() => received > 0);
    const blocked = await gateway.send({
      path: `/v1/users/${bob.upn}/devices/${encodeURIComponent(phoneOf(bob))}/block`,
      host: adminHost,
      method: "POST",
      headers: { authorization: `Bearer ${adminKey}`, "content-type": "application/json" },
      body: "{}",
    });
    expect(blocked.status).toBe(200);
    expect(await ended).toMatchObject({ code: "ECONNRESET" });
    expect(received).toBeLessThan(50 * MB);
    const next = await gateway.send({ path: "/abs/x.lsabs", headers: { "x-ms-webticket": `cwt=${bobs}` } });
    expect(next.status).toBe(401);
  });
});

describe("an upload", () => {
  const UPLOADS = [
    ["told by Content-Length", { "content-length": 20 * MB }],
    ["in chunks", { "transfer-encoding": "chunked" }],
  ] as const;

  it.each(UPLOADS)("of 20 MB, %s, reaches the Front-End before its last byte is sent", async (_, headers) => {
    gateway.simulator.clearLedger();
    const { outgoing, answer } = begin("POST", "/CollabContent/slides", { ...headers });
    const piece = Buffer.alloc(MB, "s");
    for (let sent = 0; sent < 10; sent++) outgoing.write(piece);
    await until(() => gateway.simulator.ledger().requests.length === 1);
    for (let sent = 10; sent < 20; sent++) outgoing.write(piece);
    outgoing.end();
    const response = await answer;
    response.resume();
    expect(response.statusCode).toBe(200);
    const [arrived] = gateway.simulator.ledger().requests;
    expect([arrived?.host, arrived?.path]).toEqual(["web.contoso.test", "/CollabContent/slides"]);
  });
});

describe("a long poll", () => {
  it("of more than five seconds is held, and answered when the event comes", async () => {
    const headers = { authorization: `Bearer cwt=${ticket}` };
    const started = await startApplication(gateway, ticket, phoneOf(gateway.alice));
    const application = /applications\/(\d+)/.exec(started)?.[1] ?? "";
    const path = `/ucwa/oauth/v1/applications/${application}/events?ack=1`;
    const begun = Date.now();
    const poll = gateway.send({ path, headers });
    await pause(5_500);
    await fetch(`${gateway.frontEnd}/_sim/event`, {
      method: "POST",
      body: JSON.stringify({ application, event: { type: "arrived-late" } }),
    });
    const answer = await poll;
    expect([answer.status, answer.text.includes("arrived-late")]).toEqual([200, true]);
    expect(Date.now() - begun).toBeGreaterThan(5_000);
  });
});
