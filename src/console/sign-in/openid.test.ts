// The two steps at the console's end, with a provider and a frame that stand in for the real ones: who gets a session,
// and what belongs to one browser. test/conformance has the same with the real ones.

import { env } from "cloudflare:test";
import { Hono } from "hono";
import { beforeEach, describe, expect, it } from "vitest";
import { ok } from "../../core/result.ts";
import type { Administrator } from "../../store/administrators.ts";
import { openDatabase } from "../../store/database.ts";
import { type Identity, identityOf } from "../../web/identity/identity.ts";
import type { OpenIdProvider } from "../../web/identity/openid.ts";
import {
  type ComeBack,
  OPENID_CALLBACK_PATH,
  type OpenIdPort,
  openidRoutes,
} from "../../web/identity/openid-routes.ts";
import { administratorFor } from "../../web/identity/provision.ts";
import { IDENTITY_REFUSALS, type IdentityRefusal } from "./identity-refusals.ts";

const NOW = 1_795_000_000_000;
const ORIGIN = "https://console.contoso.test";
const REFUSED = "https://id.contoso.test/refused";
const db = openDatabase(env.DB);

const PROVISIONING = {
  roles: { claim: "groups", byValue: new Map([["lync-admins", "admin"]] as const) },
  about: {
    ...{ requestId: "r", channel: "command" as const, host: "console.contoso.test", source: "192.0.2.1" },
    ...{ userAgent: "", workstation: "" },
  },
};

let people = 0;
let carol: Identity;
let finished: Awaited<ReturnType<OpenIdProvider["finish"]>>;
let browsers: Map<string, object>;
let sessions: ComeBack<Administrator>[];
let begun: { readonly fresh?: boolean; readonly redirectUri: string }[];
let counted: number;
let waiting: boolean;

/** A request of a browser, in which somebody may be signed in. */
const ask = async (path: string, { browser = "hers", person }: { browser?: string; person?: string } = {}) => {
  const port: OpenIdPort<Administrator, IdentityRefusal> = {
    provider: {
      begin: async (beginning) => {
        begun.push(beginning);
        return { ok: true, value: { url: "https://id.contoso.test/authorize?x=1", kept: `kept-${begun.length}` } };
      },
      finish: async (callback) =>
        callback.searchParams.has("down") ? { ok: false, reason: "provider-unreachable", detail: "down" } : finished,
    },
    ...{ now: NOW, origin: ORIGIN, person: async () => person },
    find: async ({ issuer, claims }) => {
      const identity = identityOf({ ...claims }, { source: "oidc", issuer, vouched: false });
      if (!identity.ok) return identity;
      const made = await administratorFor(identity.value, { ...PROVISIONING, db, now: NOW });
      return made.ok ? ok({ id: made.value.id, who: made.value }) : made;
    },
    isCounted: (reason) => IDENTITY_REFUSALS[reason].counted,
    keep: async (data) => void browsers.set(browser, data),
    take: async () => {
      const kept = browsers.get(browser);
      browsers.delete(browser);
      return kept;
    },
    attempt: async (check) => {
      if (waiting) return undefined;
      const answer = await check();
      if (answer === undefined) counted++;
      return answer;
    },
    startSession: async (who) => {
      sessions.push(who);
      return new Response("signed in");
    },
    refuse: async (reason, detail = "") =>
      Response.redirect(`${REFUSED}?${new URLSearchParams({ reason, detail })}`, 302),
  };
  const app = new Hono().route(
    "/",
    openidRoutes(async () => port),
  );
  return app.request(`${ORIGIN}${path}`);
};
const reason = async (answer: Promise<Response>) =>
  new URL((await answer).headers.get("location") ?? REFUSED).searchParams.get("reason");
const callback = `${OPENID_CALLBACK_PATH}?code=c&state=s`;

beforeEach(() => {
  carol = {
    ...{ source: "oidc", issuer: "https://id.contoso.test", subject: `c-${++people}`, emailVerified: true },
    ...{ email: `c-${people}@contoso.test`, name: "Carol", claims: {} },
  };
  carol = { ...carol, claims: { sub: carol.subject, email: carol.email, email_verified: true, groups: "lync-admins" } };
  finished = { ok: true, value: carol };
  browsers = new Map();
  sessions = [];
  begun = [];
  counted = 0;
  waiting = false;
});

describe("a sign-in at the provider", () => {
  it("begins with the configured address to come back to, and ends in a session", async () => {
    const sent = await ask("/sign-in/openid?next=/users/alice");
    expect([sent.status, sent.headers.get("location")]).toEqual([303, "https://id.contoso.test/authorize?x=1"]);
    expect(begun).toMatchObject([{ redirectUri: `${ORIGIN}/sign-in/openid/callback`, fresh: false }]);
    expect(await (await ask(callback)).text()).toBe("signed in");
    expect(sessions).toMatchObject([
      {
        who: { email: carol.email, role: "admin" },
        freshAt: 0,
        next: "/users/alice",
        fresh: false,
      },
    ]);
    expect(counted).toBe(0);
  });

  it("says when the person proved to be there, and never that it will be", async () => {
    for (const [said, freshAt] of [
      [NOW - 9_000, NOW - 9_000],
      [NOW + 9_000, NOW],
    ] as const) {
      finished = { ok: true, value: { ...carol, authenticatedAt: said } };
      await ask("/sign-in/openid");
      await ask(callback);
      expect(sessions.at(-1)?.freshAt).toBe(freshAt);
    }
  });

  it("S-25: that another browser began is refused and counted (login CSRF)", async () => {
    await ask("/sign-in/openid", { browser: "mallory's" });
    expect(await reason(ask(callback))).toBe("no-ceremony");
    expect([sessions, counted]).toEqual([[], 1]);
  });

  it("S-25: is finished once, also when the first time failed", async () => {
    await ask("/sign-in/openid");
    await ask(callback);
    expect(await reason(ask(callback))).toBe("no-ceremony");
    expect(sessions).toHaveLength(1);
    await ask("/sign-in/openid");
    expect(await reason(ask(`${callback}&down`))).toBe("provider-unreachable");
    expect(await reason(ask(callback))).toBe("no-ceremony");
    expect([sessions.length, counted]).toEqual([1, 2]);
  });

  it("S-25: counts what may be made up, and not what the provider itself says", async () => {
    for (const [refused, times] of [
      ["answer-invalid", 1],
      ["code-refused", 2],
      ["provider-refused", 2],
      ["provider-misconfigured", 2],
    ] as const) {
      finished = { ok: false, reason: refused };
      await ask("/sign-in/openid");
      expect(await reason(ask(callback))).toBe(refused);
      expect(counted).toBe(times);
    }
  });

  it("of somebody without a role or a verified address ends without a session", async () => {
    finished = { ok: true, value: { ...carol, claims: { ...carol.claims, groups: "staff" } } };
    await ask("/sign-in/openid");
    expect(await reason(ask(callback))).toBe("no-role");
    finished = { ok: true, value: { ...carol, claims: { ...carol.claims, email_verified: false } } };
    await ask("/sign-in/openid");
    expect(await reason(ask(callback))).toBe("email-unverified");
    expect([sessions, counted]).toEqual([[], 0]);
  });

  it("of a network that has to wait is not tried, and can be finished later", async () => {
    await ask("/sign-in/openid");
    waiting = true;
    expect(await reason(ask(callback))).toBe("waiting");
    waiting = false;
    expect(await (await ask(callback)).text()).toBe("signed in");
  });
});

describe("a fresh factor at the provider", () => {
  it("is one for somebody who is signed in", async () => {
    await ask("/sign-in/openid?fresh=1");
    expect(begun.at(-1)?.fresh).toBe(false);
    await ask("/sign-in/openid?fresh=1", { person: "a_1" });
    expect(begun.at(-1)?.fresh).toBe(true);
  });

  it("is refused from another person than the one who is signed in", async () => {
    await ask("/sign-in/openid");
    await ask(callback);
    const { id } = sessions[0]?.who ?? { id: "" };
    await ask("/sign-in/openid?fresh=1", { person: "a_of_somebody_else" });
    expect(await reason(ask(callback, { person: "a_of_somebody_else" }))).toBe("someone-else");
    await ask("/sign-in/openid?fresh=1", { person: id });
    expect(await (await ask(callback, { person: id })).text()).toBe("signed in");
    expect(sessions).toHaveLength(2);
  });
});
