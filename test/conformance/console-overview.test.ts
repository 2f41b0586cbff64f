// The first page of the console over HTTP: what waits for somebody, who must wait, how much happened, and whether all
// works.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ConsoleUser, consoleAs } from "../kit/gateway/console.ts";
import { startApplication } from "./support/devices.ts";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";
import { compactTicket } from "./support/tickets.ts";

let gateway: TestGateway;
let viewer: ConsoleUser;
let helpdesk: ConsoleUser;

beforeAll(async () => {
  gateway = await startTestGateway();
  viewer = await consoleAs(gateway, "viewer");
  helpdesk = await consoleAs(gateway, "helpdesk");
  const { status } = await gateway.send({
    ...{ path: `/v1/users/${gateway.alice.upn}`, method: "PATCH", host: gateway.adminHost },
    headers: { authorization: `Bearer ${gateway.adminKey}`, "content-type": "application/json" },
    body: JSON.stringify({ enrolment: "approval", displayName: "Alice <Adams>" }),
  });
  expect(status).toBe(200);
});
afterAll(() => gateway?.stop());

const overview = async (who: ConsoleUser): Promise<string> => (await who.get("/")).text;

describe("what waits for an approval", () => {
  it("comes first, with its place, and is let in by one click that leads back", async () => {
    expect(await overview(viewer)).toContain("No device waits.");
    await startApplication(gateway, await compactTicket(gateway, gateway.alice), "phone").catch(() => undefined);
    await expect.poll(() => overview(helpdesk), { timeout: 60_000 }).toContain('id="waiting"');
    const html = await overview(helpdesk);
    expect(html).toContain("Alice &lt;Adams&gt;");
    expect(html.indexOf('id="waiting"')).toBeLessThan(html.indexOf("Sign-ins of the last 24 hours"));
    const action = /action="(\/users\/u_\w+\/devices\/d_\w+\/approve)"/.exec(html)?.[1] ?? "";
    expect(await overview(viewer)).not.toContain("/approve");
    expect((await viewer.post(action)).status).toBe(403);
    const approved = await helpdesk.post(action, { to: "overview" });
    expect([approved.status, approved.headers.location]).toEqual([303, "/?done=approved"]);
    const after = (await helpdesk.get("/?done=approved")).text;
    for (const said of ["The device is approved.", "No device waits."]) expect(after).toContain(said);
  });
});

describe("the chart", () => {
  it("is drawn with attributes and classes alone, and is a table too", async () => {
    const html = await overview(viewer);
    expect(html).toMatch(/<svg[^>]*role="img"[^>]*aria-label="Sign-ins of the last 24 hours: [^"]+"/);
    expect(html).not.toMatch(/\sstyle=|<style|<script(?![^>]* src=)|\son\w+=/);
    expect(html.match(/<th scope="row">/g)).toHaveLength(24);
  });
});

describe("who must wait, and the health", () => {
  it("are parts for a script, and pages for a link", async () => {
    for (const [path, said] of [
      ["/overview/waits", "Who must wait after wrong passwords"],
      ["/overview/health", "Health"],
    ] as const) {
      const part = (await viewer.get(path, { "hx-request": "true" })).text;
      expect(part).toMatch(/^<section/);
      expect(part).toContain(said);
      expect((await viewer.get(path)).text).toMatch(/^<!doctype html>/);
      expect(await overview(viewer)).toContain(`hx-get="${path}"`);
    }
    const health = (await viewer.get("/overview/health")).text;
    for (const said of ["Front-End", "works", "SEALING_KEYS", "PLAIN_HTTP"]) expect(health).toContain(said);
  });

  it("a person and a network that wait may try again after a click", async () => {
    const headers = { "cf-connecting-ip": "198.51.100.99" };
    const there: TestGateway = {
      ...gateway,
      send: (request) => gateway.send({ ...request, headers: { ...request.headers, ...headers } }),
    };
    const tries = Array.from({ length: 60 }, (_, n) => ({ ...gateway.bob, account: n < 8 ? "bob" : `nobody${n}` }));
    for (const who of tries) await compactTicket(there, { ...who, password: "wrong" }).catch(() => undefined);
    const waits = async (who: ConsoleUser): Promise<string> => (await who.get("/overview/waits")).text;
    await expect.poll(() => waits(helpdesk), { timeout: 60_000 }).toContain("bob@contoso.test");
    const html = await waits(helpdesk);
    expect(html).toContain("198.51.100.99");
    const action = /action="([^"]+\/unlock)"/.exec(html)?.[1] ?? "";
    expect((await waits(viewer)).split("<main")[1]).not.toContain('<form method="post" action="/users');
    const unlocked = await helpdesk.post(action, { to: "overview" });
    expect([unlocked.status, unlocked.headers.location]).toEqual([303, "/?done=unlocked"]);
    const clear = "/overview/networks/clear";
    expect((await viewer.post(clear, { network: "198.51.100.99" })).status).toBe(403);
    const stale = await consoleAs(gateway, "helpdesk", { provedAgo: 10 * 60_000 });
    expect((await stale.post(clear, { network: "198.51.100.99" })).text).toContain("Is it you?");
    expect((await helpdesk.post(clear, { network: "198.51.100.99" })).headers.location).toBe("/?done=network-cleared");
    expect((await helpdesk.post(clear, { network: "not one" })).status).toBe(422);
    expect(await waits(helpdesk)).toContain("Nobody has to wait.");
  });
});
