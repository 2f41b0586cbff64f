// Metadata that a Front-End could answer with, in front of the whole Worker.

import { env as workerEnv } from "cloudflare:workers";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { app } from "../app.ts";
import type { Env } from "../config/env.ts";

beforeEach(() => {
  vi.spyOn(console, "log").mockImplementation(() => undefined);
});

const MEX = "https://web.contoso.test/WebTicket/WebTicketService.svc/mex";
const port = (address: string): string => `<port name="p"><address location="${address}"/></port>`;
const service = (...addresses: readonly string[]): string =>
  `<definitions xmlns="http://schemas.xmlsoap.org/wsdl/"><service>${addresses.map(port).join("")}</service></definitions>`;

/** What the gateway turns that answer into. */
async function relayed(body: BodyInit, contentType = "text/xml; charset=utf-8", status = 200): Promise<Response> {
  const headers = { "content-type": contentType, etag: '"1"', server: "IIS" };
  const ORIGIN = { fetch: async () => new Response(body, { status, headers }) } as unknown as Fetcher;
  const env = { ...workerEnv, CONNECTOR: ORIGIN, CONNECTOR_SECRET: "x", ORIGIN } as unknown as Env;
  return app.fetch(new Request(MEX, { headers: { "cf-connecting-ip": "192.0.2.1" } }), env);
}

const BASE = "https://web.contoso.test/WebTicket/WebTicketService.svc";

describe("S-38: the ports of metadata", () => {
  it.each([
    `${BASE}/Cert`,
    `${BASE}/%43ert`,
    `${BASE}/PIN`,
    `${BASE}//Cert`,
    `${BASE}/x`,
    "https://web.contoso.test/cscp",
    "",
  ])("%j is not announced", async (address) => {
    const answer = await relayed(service(`${BASE}/Auth`, address, BASE));
    expect([answer.status, await answer.text()]).toEqual([200, service(`${BASE}/Auth`, BASE)]);
    expect([answer.headers.get("etag"), answer.headers.get("server")]).toEqual(['"1"', null]);
  });

  it("a byte order mark stays in front of them", async () => {
    const answer = await relayed(`\ufeff${service(BASE, `${BASE}/Cert`)}`);
    expect(Buffer.from(await answer.arrayBuffer()).toString("utf8")).toBe(`\ufeff${service(BASE)}`);
  });
});

describe("S-37: metadata that cannot be read is not relayed", () => {
  it.each<[string, BodyInit, string?]>([
    ["no XML", "<definitions>"],
    ["nothing", ""],
    ["a page", "<!DOCTYPE html><html></html>"],
    ["another encoding", service(BASE), "text/xml; charset=utf-16"],
    ["another encoding in the prolog", `<?xml version="1.0" encoding="utf-16"?>${service(BASE)}`],
    ["broken UTF-8", new Uint8Array([0x3c, 0x61, 0x3e, 0xff])],
    ["far too much", service(BASE) + " ".repeat(300_000)],
  ])("%s", async (_, body, contentType) => {
    const answer = await relayed(body, contentType);
    expect([answer.status, answer.headers.get("retry-after"), await answer.text()]).toEqual([503, "10", ""]);
  });

  it("what is no metadata, such as a fault, is the client's to read", async () => {
    const answer = await relayed("<Fault/>", "text/xml", 500);
    expect([answer.status, await answer.text()]).toEqual([500, "<Fault/>"]);
  });
});
