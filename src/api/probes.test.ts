// `/live` and `/ready`: for whom they are there, what an outsider learns, and what they cost.

import { afterEach, describe, expect, it, vi } from "vitest";
import { HOST, worker } from "../../test/kit/admin-host.ts";
import { askApp } from "../../test/kit/ask-app.ts";
import type { Env } from "../config/env.ts";
import { forgetReadiness, READY_HOLDS_MS } from "./probes.ts";

const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
afterEach(() => {
  vi.useRealTimers();
  forgetReadiness();
  log.mockClear();
});

let networks = 0;
const ask = (host: string, path: string, on: Env = worker, init: RequestInit = {}) =>
  askApp(`https://${host}${path}`, { headers: { "cf-connecting-ip": `198.19.0.${++networks % 256}` }, ...init }, on);
async function shape(response: Response) {
  const headers = [...response.headers].map(([name, value]) => (name === "x-request-id" ? [name] : [name, value]));
  return [response.status, headers, await response.text()];
}
/** The Worker with a database that counts its queries, and fails if told so. */
function counting(fails: () => boolean = () => false) {
  const asked = { queries: 0, guards: 0 };
  const DB = new Proxy(worker.DB, {
    get: (target, name) => {
      if (name !== "prepare") return Reflect.get(target, name).bind(target);
      return (sql: string) => {
        asked.queries++;
        if (fails()) throw new Error("D1 is away");
        return target.prepare(sql);
      };
    },
  });
  const guards = <T extends object>(namespace: T): T =>
    new Proxy(namespace, {
      get: (target, name) => {
        if (name === "getByName") asked.guards++;
        const member: unknown = Reflect.get(target, name);
        return typeof member === "function" ? member.bind(target) : member;
      },
    });
  const on = { ...worker, DB, USER_GUARD: guards(worker.USER_GUARD), SOURCE_GUARD: guards(worker.SOURCE_GUARD) };
  return { asked, on };
}

describe("S-33 S-72: who is answered", () => {
  it("every host that is not public, in the same way: so nobody can tell the admin host from none", async () => {
    for (const path of ["/live", "/ready"]) {
      const elsewhere = await shape(await ask("nothing.contoso.test", path));
      expect([elsewhere[0], elsewhere[2]]).toEqual([200, `${path.slice(1)}\n`]);
      expect(await shape(await ask(HOST, path))).toEqual(elsewhere);
      expect(await shape(await ask(HOST, `${path}?x=1`))).toEqual(elsewhere);
      const wrong = { headers: { authorization: "Bearer wrong" } };
      expect(await shape(await ask(HOST, path, worker, wrong))).toEqual(elsewhere);
      expect((await ask(HOST, path, worker, { method: "HEAD" })).status).toBe(200);
    }
  });

  it("no public host has the paths, and no other path or method is answered", async () => {
    for (const host of ["web.contoso.test", "lyncdiscover.contoso.test"]) {
      for (const path of ["/live", "/ready"]) expect((await ask(host, path)).status, host + path).toBe(404);
    }
    for (const host of [HOST, "nothing.contoso.test"]) {
      for (const path of ["/live/", "/ready/x", "/LIVE", "/health"]) expect((await ask(host, path)).status).toBe(404);
      expect((await ask(host, "/ready", worker, { method: "POST" })).status).toBe(404);
    }
  });

  it("with a faulty configuration it lives and is not ready, and a public host says neither", async () => {
    const faulty = { ...worker, SIGN_ON: "nonsense" };
    expect((await ask(HOST, "/live", faulty)).status).toBe(200);
    expect((await ask(HOST, "/ready", faulty)).status).toBe(503);
    expect((await ask("web.contoso.test", "/live", faulty)).status).toBe(503);
    expect((await ask(HOST, "/live", { ...faulty, PUBLIC_HOSTS: 7 } as unknown as Env)).status).toBe(503);
  });
});

describe("S-44 S-72: /ready", () => {
  it("asks D1 and the guards once in some seconds, however many ask", async () => {
    const { asked, on } = counting();
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask(HOST, "/ready", on)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(asked).toEqual({ queries: 1, guards: 2 });
    await ask("nothing.contoso.test", "/ready", on);
    expect(asked).toEqual({ queries: 1, guards: 2 });
  });

  it("says in one word that D1 does not answer, leaves one line, and asks again after that time", async () => {
    let broken = true;
    const { asked, on } = counting(() => broken);
    for (let n = 0; n < 3; n++) {
      const answer = await ask(HOST, "/ready", on);
      expect([answer.status, await answer.text(), answer.headers.get("retry-after")]).toEqual([
        503,
        "not ready\n",
        "10",
      ]);
    }
    expect(asked.queries).toBe(1);
    expect(log.mock.calls).toHaveLength(1);
    broken = false;
    vi.useFakeTimers({ now: Date.now() + READY_HOLDS_MS + 1, toFake: ["Date"] });
    expect((await ask(HOST, "/ready", on)).status).toBe(200);
  });

  it("says so too when a guard does not answer", async () => {
    const silent = { getByName: () => ({ living: () => Promise.reject(new Error("gone")) }) };
    const answer = await ask(HOST, "/ready", { ...worker, USER_GUARD: silent } as unknown as Env);
    expect(answer.status).toBe(503);
  });

  it("gives a network that asks too often a 429, on every host alike", async () => {
    const none = { limit: async () => ({ success: false }) };
    for (const host of [HOST, "nothing.contoso.test"]) {
      const answer = await ask(host, "/ready", { ...worker, ANONYMOUS_SERVICES: none } as unknown as Env);
      expect(answer.status).toBe(429);
    }
  });
});
