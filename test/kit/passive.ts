// A passive sign-in as tests inside workerd drive it: a browser with its cookies, the gateway's data plane, a pool that
// keeps its sessions in cookies and counts what reaches it, and Postern's page, which makes a token and seals it.

import { env } from "cloudflare:test";
import { beforeEach, expect, vi } from "vitest";
import { auditEvent } from "../../src/audit/event.ts";
import type { Config } from "../../src/config/config.ts";
import type { Policy } from "../../src/core/policy/types.ts";
import { hashOf, ISSUED_LASTS_MS, type Issued, openStart, sealIssued } from "../../src/core/sts/flow.ts";
import { dataPlane } from "../../src/gateway/data-plane.ts";
import { guardOf } from "../../src/guards/route.ts";
import { openDatabase } from "../../src/store/database.ts";
import { addUser, findForSignIn } from "../../src/store/directory.ts";
import { eventsOf, KEYRING } from "./attempts.ts";
import { configWith, HOST } from "./config.ts";
import { apply } from "./devices.ts";
import { ABOUT } from "./events.ts";
import { must } from "./ntlm.ts";

export const PAGE = `https://${HOST}/PassiveAuth/PassiveAuth.aspx`;
export const TOKEN_SERVICE = `https://${HOST}/WebTicket/oauthtoken`;
export const STS_HOST = "sts.contoso.test";
export const REALM = `https://${HOST}/passiveauth`;
const RU = "/PassiveAuth/PassiveAuth.aspx";
export const POOLS_WCTX = `rm=0&id=passive&ru=${encodeURIComponent(RU)}`;

/** A compact ticket with that SID in it, as a Front-End writes it. */
export function ticketFor(sid: string): string {
  const [, , authority = 0, ...parts] = sid.split("-").map(Number);
  const bytes = Buffer.alloc(8 + 4 * parts.length);
  bytes.writeUInt8(1, 0);
  bytes.writeUInt8(parts.length, 1);
  bytes.writeUInt32BE(authority, 4);
  for (const [at, part] of parts.entries()) bytes.writeUInt32LE(part, 8 + 4 * at);
  return Buffer.concat([Buffer.of(0, 1, 1, bytes.length), bytes]).toString("base64url");
}

export type Pool = {
  /** What was posted to `/PassiveAuth`. */
  readonly posts: { readonly wresult: string; readonly wctx: string; readonly cookie: string }[];
  /** Cookies that came with a request for a ticket. */
  readonly grants: string[];
  /** Changes what the pool does. */
  readonly does: {
    location?: string;
    status?: number;
    refusesTokens?: boolean;
    forgets?: boolean;
    /** Answers a posted token in its own way. `session`: the lines that give a session. */
    answers?: (session: readonly string[]) => Response;
    /** Answers a browser with a session. */
    shows?: () => Response;
    ticketSid?: string;
  };
  readonly fetch: Config["frontEnd"]["fetch"];
};

/** A pool whose token is `<token sid="…"/>`. */
export function pool(): Pool {
  const sessions = new Map<string, string>();
  const posts: Pool["posts"] = [];
  const grants: string[] = [];
  const does: Pool["does"] = {};
  const sidOf = (cookie = ""): string | undefined => {
    const whole = /FedAuth=([^;]+); FedAuth1=([^;]+)/.exec(cookie);
    return whole === null || does.forgets === true ? undefined : sessions.get(`${whole[1]}${whole[2]}`);
  };
  const redirect = (location: string, cookies: readonly string[]): Response => {
    const headers = new Headers({ location });
    for (const each of cookies) headers.append("set-cookie", each);
    return new Response(null, { status: 302, headers });
  };
  const fetch: Pool["fetch"] = async ({ pathAndQuery, method, headers, body }) => {
    const cookie = new Headers(headers).get("cookie") ?? undefined;
    if (/^\/WebTicket\/oauthtoken/.test(pathAndQuery)) {
      grants.push(cookie ?? "");
      const sid = sidOf(cookie);
      if (sid === undefined) {
        const uri = "https://fe01.contoso.local/PassiveAuth/PassiveAuth.aspx?lc=1";
        return Response.json({ error: "invalid_grant", ms_rtc_passiveauthuri: uri }, { status: 400 });
      }
      return Response.json({ access_token: `cwt=${ticketFor(does.ticketSid ?? sid)}`, expires_in: 28_800 });
    }
    if (method === "POST") {
      const form = new URLSearchParams(Buffer.from(body as Uint8Array).toString("utf8"));
      const wresult = form.get("wresult") ?? "";
      posts.push({ wresult, wctx: form.get("wctx") ?? "", cookie: cookie ?? "" });
      if (does.refusesTokens === true) return new Response("ID4175", { status: 500 });
      const value = crypto.randomUUID();
      sessions.set(value, /sid="([^"]+)"/.exec(wresult)?.[1] ?? "");
      const halves = [`FedAuth=${value.slice(0, 8)}`, `FedAuth1=${value.slice(8)}`];
      const lines = halves.map((half) => `${half}; path=/; secure; HttpOnly`);
      return does.answers?.(lines) ?? redirect(RU, lines);
    }
    if (sidOf(cookie) !== undefined) return does.shows?.() ?? new Response("You are signed in");
    if (does.status !== undefined) return new Response("no", { status: does.status });
    const query = new URLSearchParams({
      wa: "wsignin1.0",
      wtrealm: REALM,
      wctx: POOLS_WCTX,
      wct: "2026-11-28T00:00:00Z",
    });
    return redirect(does.location ?? `https://${STS_HOST}/passive?${query}`, ["MS-WSMAN=fe01; path=/"]);
  };
  return { posts, grants, does, fetch };
}

/** The gateway in front of that pool. */
export const gatewayOf = (behind: Pool, changes: Partial<Config> = {}): Config => ({
  ...configWith(behind.fetch),
  sts: {
    ...{ host: STS_HOST, issuer: `http://${STS_HOST}/postern`, tokenMinutes: 5, deniedSids: [] },
    ...{ domainSids: ["S-1-5-21-1-2-3"], certificates: [], remarks: [], keys: async () => [] },
    realms: new Map([[HOST, { realm: REALM, reply: PAGE }]]),
  },
  ...changes,
});

/** A browser with its jar. */
export function browser(config: Config, userAgent = "Mozilla/5.0") {
  const jar = new Map<string, string>();
  const send = async (url: string, init: RequestInit = {}, bindings = env): Promise<Response> => {
    const headers = new Headers(init.headers);
    headers.set("user-agent", userAgent);
    headers.set("cf-connecting-ip", "192.0.2.77");
    if (jar.size > 0) headers.set("cookie", [...jar].map(([name, value]) => `${name}=${value}`).join("; "));
    const answer = await dataPlane(new Request(url, { redirect: "manual", ...init, headers }), bindings, config);
    for (const line of answer.headers.getSetCookie()) {
      const [pair = ""] = line.split(";");
      const [name, value] = [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)];
      if (/max-age=0\b/i.test(line)) jar.delete(name);
      else jar.set(name, value);
    }
    return answer;
  };
  const form = (url: string, fields: Readonly<Record<string, string>>, bindings = env): Promise<Response> =>
    send(
      url,
      {
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: new URLSearchParams(fields).toString(),
      },
      bindings,
    );
  return {
    jar,
    send,
    form,
    /** State A. */
    begin: (query = "", bindings = env) => send(PAGE + query, {}, bindings),
    /** State E. */
    bring: ({ wresult, wctx }: Brought, bindings = env) => form(PAGE, { wa: "wsignin1.0", wresult, wctx }, bindings),
    /** State F. */
    grant: (bindings = env) => form(TOKEN_SERVICE, { grant_type: "urn:microsoft.rtc:passive" }, bindings),
  };
}

export type Brought = { readonly wresult: string; readonly wctx: string };

let users = 0;
/** A user whom only the calling test has, and whom the policy lets sign in by the page. */
export async function pageUser(passive: Partial<Policy["passive"]> = {}) {
  const account = `page${++users}`;
  const sipUri = `sip:${account}@contoso.test`;
  const { id } = must(
    await addUser(openDatabase(env.DB), { sipUri, account: `CONTOSO\\${account}`, upn: `${account}@contoso.test` }, 0),
  );
  await apply({ passive: { mode: "may", must: [], never: [], may: [], ...passive } });
  return { userId: id, sipUri, sid: `S-1-5-21-1-2-3-${2000 + users}`, guard: guardOf(env, sipUri) };
}

export type PageUser = Awaited<ReturnType<typeof pageUser>>;

/** The profile with which the page asks the guard. */
export async function profileOf({ sipUri }: Pick<PageUser, "sipUri">) {
  const record = await findForSignIn(openDatabase(env.DB), sipUri.slice("sip:".length), Date.now());
  if (record === undefined) throw new Error("nobody");
  return { subject: record.subject, policyVersion: record.policyVersion };
}

/** Asks the guard for a token, as the page does. */
export async function agreed(who: PageUser, id: string, until = Date.now() + ISSUED_LASTS_MS) {
  const { userId, sipUri: user } = who;
  const decision = { outcome: "changed", reason: "passive-token-issued", userId, user, why: id } as const;
  const event = auditEvent({ ...ABOUT, channel: "passive" }, decision, Date.now());
  return who.guard.passive({ kind: "issue", id, until, profile: await profileOf(who), event });
}

/** What the page makes for a browser that came with this redirect: the two fields of its form. */
export async function tokenFor(who: PageUser, redirect: Response, changes: Partial<Issued> = {}): Promise<Brought> {
  const sealed = new URL(redirect.headers.get("location") ?? "").searchParams.get("wctx") ?? "";
  const start = must(openStart(KEYRING, sealed, Date.now()));
  const { userId, sipUri, sid } = who;
  const id = `_${crypto.randomUUID()}`;
  const wresult = `<token sid="${sid}" id="${id}"/>`;
  const verdict = await agreed(who, id);
  if (verdict.kind !== "agreed") throw new Error(JSON.stringify(verdict));
  const until = Date.now() + ISSUED_LASTS_MS;
  const of = { userId, sipUri, sid, id, factors: "two-factors", tokenUntil: until, until } as const;
  return { wresult, wctx: sealIssued(KEYRING, { start, digest: hashOf(wresult), ...of, ...changes }) };
}

/** A pool and the gateway before it. */
export type Edge = {
  behind: Pool;
  config: Config;
  /** Goes the whole way up to the pool's own page. */
  readonly signedIn: (
    who: PageUser,
    mine?: ReturnType<typeof browser>,
  ) => Promise<{ mine: ReturnType<typeof browser>; brought: Awaited<ReturnType<typeof tokenFor>> }>;
};

/** An edge that is new for each test of the file that calls this. Nothing is logged. */
export function newEdge(): Edge {
  const made = () => {
    const behind = pool();
    return { behind, config: gatewayOf(behind) };
  };
  const edge: Edge = {
    ...made(),
    signedIn: async (who, mine = browser(edge.config)) => {
      const brought = await tokenFor(who, await mine.begin());
      expect((await mine.bring(brought)).status).toBe(302);
      return { mine, brought };
    },
  };
  beforeEach(() => {
    vi.spyOn(console, "log").mockImplementation(() => undefined);
    Object.assign(edge, made());
  });
  return edge;
}

/** The events of a user so far, in words. */
export const toldOf = async ({ guard }: PageUser): Promise<string[]> =>
  (await eventsOf(guard)).map(({ outcome, channel, reason }) => `${outcome} ${channel} ${reason}`);
