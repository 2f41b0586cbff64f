// The admin API as the Worker serves it: what strangers see of it, what a key opens, and which faults it answers with.

import { env, runDurableObjectAlarm } from "cloudflare:test";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { answer, ask, fault, HOST, KEY, SECOND_KEY, worker } from "../../test/kit/admin-host.ts";
import { askApp } from "../../test/kit/ask-app.ts";
import { eventAt } from "../../test/kit/events.ts";
import { PATIENCE } from "../../test/kit/patience.ts";
import { findEvents } from "../../test/kit/stored-events.ts";
import type { Env } from "../config/env.ts";
import { DEFAULT_LIMITS } from "../core/lockout/limits.ts";
import { sourceGuardOf, whoKey } from "../guards/route.ts";
import { openDatabase } from "../store/database.ts";
import type { NetworkLockAnswer } from "./schemas/locks.ts";

const db = openDatabase(env.DB);

// Postern writes a line for each refusal.
const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
beforeEach(() => {
  log.mockClear();
});

describe("with a key", () => {
  it.each([
    ["GET", "/", 404, "no-such-resource"],
    ["GET", "/v1", 404, "no-such-resource"],
    ["GET", "/v1/locks/", 404, "no-such-resource"],
    ["POST", "/v1/locks", 405, "method-not-allowed"],
    ["DELETE", "/v1/locks/users/x%40y.test", 405, "method-not-allowed"],
    ["GET", "/v1/locks/users/x%40y.test/clear", 405, "method-not-allowed"],
    ["GET", "/v1/locks/users/nobody%40contoso.test", 404, "no-such-user"],
    ["POST", "/v1/locks/users/nobody%40contoso.test/clear", 404, "no-such-user"],
    ["GET", "/v1/locks/users/alice", 400, "unusable-name"],
    ["GET", "/v1/locks/users/a%00b%40y.test", 400, "unusable-name"],
    ["GET", "/v1/locks/users/%zz%40y.test", 404, "no-such-user"],
    ["GET", "/v1/locks/networks/web.contoso.test", 400, "unusable-network"],
    ["POST", "/v1/locks/networks/10.0.0.0%2F8/clear", 400, "unusable-network"],
  ])("%s %s is %i %s", async (method, path, status, code) => {
    expect(await fault(path, method)).toEqual([status, code]);
  });

  it("S-37: what fails behind it is a 503 with a code, and the log has no name that was asked for", async () => {
    const broken = { prepare: () => fail() } as unknown as D1Database;
    const response = await ask("/v1/locks/users/alice%40contoso.test", { key: KEY }, { ...worker, DB: broken });
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ code: "unavailable" });
    expect(JSON.stringify(log.mock.calls)).not.toContain("alice");
    const lines = log.mock.calls.map(([line]) => JSON.parse(line));
    expect(lines).toMatchObject([
      { event: "unavailable", reason: "admin" },
      { event: "request-refused", reason: "admin-request", detail: "unavailable", path: "/v1/locks/users/*" },
    ]);
  });
});

describe("S-33: without a right key", () => {
  it("every path and method has the answer of a host that is not there", async () => {
    const elsewhere = await askApp("https://nothing.contoso.test/v1/locks", {}, worker);
    const shapeOf = async (response: Response) => {
      const headers = [...response.headers].map(([name, value]) => (name === "x-request-id" ? [name] : [name, value]));
      return [response.status, headers, await response.text()];
    };
    const nothing = await shapeOf(elsewhere);
    expect([nothing[0], nothing[2]]).toEqual([404, ""]);
    const paths = ["/", "/v1/locks", "/v1/locks/", "/v1/locks/users/sip%3Aalice%40contoso.test", "/v1/nothing"];
    const ambiguous = ["/v1//locks", "/v1/locks/users/%zz", "/v1/%2e%2e/locks", "/v1/locks?key=x"];
    const table = "/Autodiscover/AutodiscoverService.svc/root"; // published on every other host
    for (const path of [...paths, ...ambiguous, table]) {
      for (const method of ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"]) {
        for (const authorization of [undefined, "Bearer x", `Basic ${btoa(`admin:${KEY}`)}`, `Bearer ${KEY}x`]) {
          const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
          expect(await shapeOf(await ask(path, { method, headers })), `${method} ${path}`).toEqual(nothing);
        }
      }
    }
  });

  it("S-25: wrong keys count against their network, durably and in the audit; a request without a key does not", async () => {
    const source = "198.51.100.20";
    const headers = { "cf-connecting-ip": source };
    await ask("/v1/locks", { headers });
    expect(await answer(`/v1/locks/networks/${source}`)).toMatchObject({ level: 0, waitUntil: null });
    for (let i = 0; i < 3; i++) await ask("/v1/locks", { key: "wrong", headers });
    const level = async () => (await answer<NetworkLockAnswer>(`/v1/locks/networks/${source}`)).level;
    await vi.waitFor(async () => expect(Math.ceil(await level())).toBe(3), PATIENCE); // counted beside the answer
    await runDurableObjectAlarm(sourceGuardOf(env, source));
    const events = await findEvents(db, { source }, 10);
    expect(events.map(({ channel, host, outcome }) => [channel, host, outcome])).toEqual(
      Array(3).fill(["admin", HOST, "refused"]),
    );
  });

  it("S-25: a network that is held off still gets the same 404, and the right key still opens", async () => {
    const source = "198.51.100.21";
    const headers = { "cf-connecting-ip": source };
    const network = sourceGuardOf(env, source);
    const about = { ...eventAt(0), source };
    for (let i = 0; i < DEFAULT_LIMITS.network.burst; i++) {
      await network.reserve(about, { name: whoKey(`any ${i}`), client: "" });
    }
    expect((await answer<NetworkLockAnswer>(`/v1/locks/networks/${source}`)).waitUntil).not.toBeNull();
    const wrong = await ask("/v1/locks", { key: SECOND_KEY.toLowerCase(), headers });
    expect([wrong.status, await wrong.text()]).toEqual([404, ""]);
    for (const key of [KEY, SECOND_KEY]) expect((await ask("/v1/locks", { key, headers })).status).toBe(200);
  });

  it("S-22: nothing is done about a wrong key before it is answered, also where there is no floor", async () => {
    let asked = 0;
    const reserve = async () => {
      asked++;
      return { kind: "refused" };
    };
    const counting = { ...worker, SOURCE_GUARD: { getByName: () => ({ reserve }) } as unknown as Env["SOURCE_GUARD"] };
    const { status } = await askApp(`https://${HOST}/v1/locks`, { headers: { authorization: "Bearer x" } }, counting);
    expect([status, asked]).toEqual([404, 0]);
    await vi.waitFor(() => expect(asked).toBe(1), PATIENCE);
  });

  it("S-22: the admin host answers at the floor, as a host that is not there does; a right key does not wait", async () => {
    const floor = 400;
    const { slowGuard, letGo } = guardThatWaits();
    const held = { ...worker, REFUSAL_FLOOR_MS: String(floor) };
    const slow = { ...held, SOURCE_GUARD: slowGuard };
    const timed = async (url: string, headers: Record<string, string>, on: Env) => {
      const began = performance.now();
      const { status } = await askApp(url, { headers }, on);
      return { status, took: performance.now() - began };
    };
    const wrong = { authorization: "Bearer wrong" };
    const refusals = await Promise.all([
      timed(`https://${HOST}/v1/locks`, {}, held),
      timed(`https://${HOST}/v1/locks`, wrong, held),
      timed(`https://${HOST}/v1/locks`, wrong, slow), // the answer does not wait for the counting of a wrong key
      timed(`http://${HOST}/v1/locks`, wrong, held),
      timed("https://nothing.contoso.test/v1/locks", {}, held),
      timed("https://nothing.contoso.test/v1/locks", wrong, held),
      timed("https://nothing.contoso.test/v1//locks", wrong, held),
      timed("https://192.0.2.80/", {}, held),
    ]);
    for (const { status, took } of refusals) {
      expect(status).toBe(404);
      expect(took).toBeGreaterThanOrEqual(floor - 2);
    }
    letGo(); // workerd does not end while something waits
    const unknown = () => answer<NetworkLockAnswer>("/v1/locks/networks/unknown");
    await vi.waitFor(async () => expect(Math.ceil((await unknown()).level)).toBe(1), PATIENCE); // the wrong key is counted
    await answer("/v1/locks"); // its code is loaded
    const soonest = async (on: Env) => {
      const took: number[] = [];
      // On a busy machine it is tried more often, until one answer comes at once.
      while (took.length < 5 || (Math.min(...took) >= floor / 2 && took.length < 50)) {
        took.push((await timed(`https://${HOST}/v1/nothing`, { authorization: `Bearer ${KEY}` }, on)).took);
      }
      return Math.min(...took);
    };
    expect(await soonest(held)).toBeLessThan(floor / 2);
  });

  it("S-37: a guard that fails makes no other answer, and opens nothing", async () => {
    const broken = { getByName: () => ({ reserve: () => Promise.reject(new Error("no guard")) }) };
    const on = { ...worker, SOURCE_GUARD: broken as unknown as Env["SOURCE_GUARD"] };
    const response = await ask("/v1/locks", { key: "wrong" }, on);
    expect([response.status, await response.text()]).toEqual([404, ""]);
    await vi.waitFor(() => expect(JSON.stringify(log.mock.calls)).toContain("admin-wrong-key"), PATIENCE);
  });

  it("a right key over http opens nothing, unless http is allowed, as for local runs", async () => {
    expect((await ask("/v1/locks", { key: KEY }, worker, "http")).status).toBe(404);
    expect((await ask("/v1/locks", { key: KEY }, { ...worker, PLAIN_HTTP: "allow" }, "http")).status).toBe(200);
  });

  it("there is no admin API without ADMIN_HOST, nor on a public host", async () => {
    const { ADMIN_HOST: _, ...without } = worker;
    expect((await ask("/v1/locks", { key: KEY }, without)).status).toBe(404);
    const headers = { authorization: `Bearer ${KEY}` };
    expect((await askApp("https://web.contoso.test/v1/locks", { headers }, worker)).status).toBe(404);
  });

  it("the host is known by any spelling, and by nothing but the host", async () => {
    const headers = { authorization: `Bearer ${KEY}` };
    const status = async (url: string) => (await askApp(url, { headers }, worker)).status;
    expect(await status("https://ADMIN.contoso.test:443/v1/locks")).toBe(200);
    expect(await status("https://admin.contoso.test.:8443/v1/locks")).toBe(200);
    expect(await status("https://web.contoso.test/https://admin.contoso.test/v1/locks")).not.toBe(200);
    expect(await status("https://admin.contoso.test.evil.test/v1/locks")).toBe(404);
  });
});

function fail(): never {
  throw new Error("no database");
}

/** A network's guard that answers when it is let go, and then at once. */
function guardThatWaits(): { readonly slowGuard: Env["SOURCE_GUARD"]; readonly letGo: () => void } {
  let letGo = (): void => undefined;
  const answered = new Promise<{ kind: "refused" }>((resolve) => {
    letGo = () => resolve({ kind: "refused" });
  });
  const slowGuard = { getByName: () => ({ reserve: () => answered }) } as unknown as Env["SOURCE_GUARD"];
  return { slowGuard, letGo };
}
