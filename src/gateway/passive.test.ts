// S-88, S-89 and S-90 through the data plane: a browser goes the whole way, and everybody who tries another way is
// refused with one page. The pool counts what reaches it.

import { env } from "cloudflare:test";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { eventsOf, KEYRING } from "../../test/kit/attempts.ts";
import { HOST } from "../../test/kit/config.ts";
import { ABOUT } from "../../test/kit/events.ts";
import { must } from "../../test/kit/ntlm.ts";
import {
  agreed,
  browser,
  gatewayOf,
  PAGE,
  POOLS_WCTX,
  type Pool,
  pageUser,
  pool,
  profileOf,
  REALM,
  STS_HOST,
  tokenFor,
} from "../../test/kit/passive.ts";
import type { Config } from "../config/config.ts";
import { openIssued, openStart, sealIssued, sealStart } from "../core/sts/flow.ts";
import { openTicket } from "../ticket/envelope.ts";

let behind: Pool;
let config: Config;

beforeEach(() => {
  vi.spyOn(console, "log").mockImplementation(() => undefined);
  behind = pool();
  config = gatewayOf(behind);
});

/** Goes the whole way up to the pool's own page. */
async function signedIn(who: Awaited<ReturnType<typeof pageUser>>, mine = browser(config)) {
  const brought = await tokenFor(who, await mine.begin());
  expect((await mine.bring(brought)).status).toBe(302);
  return { mine, brought };
}

const reasonsOf = async ({ guard }: Awaited<ReturnType<typeof pageUser>>): Promise<string[]> =>
  (await eventsOf(guard)).map(({ outcome, channel, reason }) => `${outcome} ${channel} ${reason}`);

const ISSUED = "changed passive passive-token-issued";

/** The one page of every refusal. */
async function isStopped(answer: Response, posts: number, status = 403): Promise<void> {
  expect(answer.status).toBe(status);
  expect(await answer.text()).toContain("The sign-in did not finish");
  expect(answer.headers.get("cache-control")).toContain("no-store");
  expect(answer.headers.getSetCookie()).toEqual([]);
  expect(behind.posts.length).toBe(posts);
}

describe("the whole way", () => {
  it("S-88 S-90: ends with a ticket in an envelope, one event of the sign-in, and one token at the pool", async () => {
    const who = await pageUser();
    const mine = browser(config);
    const first = await mine.grant();
    expect([first.status, await first.json()]).toEqual([
      400,
      { error: "invalid_grant", ms_rtc_passiveauthuri: `${PAGE}?lc=1` },
    ]);
    expect(first.headers.get("x-ms-diagnostics")).toContain("28020");
    const begun = await mine.begin();
    const location = new URL(begun.headers.get("location") ?? "");
    expect([begun.status, location.origin, location.pathname]).toEqual([302, `https://${STS_HOST}`, "/passive"]);
    expect(location.searchParams.get("wtrealm")).toBe(REALM);
    expect(begun.headers.getSetCookie().at(-1)).toMatch(
      /^__Host-pf=[\w-]{43}; Max-Age=600; Path=\/; Secure; HttpOnly; SameSite=Lax$/,
    );
    const brought = await tokenFor(who, begun);
    const accepted = await mine.bring(brought);
    expect([accepted.status, accepted.headers.get("location")]).toEqual([302, "/PassiveAuth/PassiveAuth.aspx"]);
    expect(behind.posts).toEqual([{ wresult: brought.wresult, wctx: POOLS_WCTX, cookie: "MS-WSMAN=fe01" }]);
    expect([...mine.jar.keys()].toSorted()).toEqual(["FedAuth", "FedAuth1", "MS-WSMAN", "__Host-pfs"]);
    expect(await (await mine.begin()).text()).toBe("You are signed in");
    const granted = await mine.grant();
    const { access_token: ticket } = await granted.json<{ access_token: string }>();
    const opened = openTicket(config.keyring, ticket.slice("cwt=".length));
    expect([granted.status, opened?.sipUri]).toEqual([200, who.sipUri]);
    expect(await reasonsOf(who)).toEqual([ISSUED, "signed-in passive cwt"]);
    expect(behind.grants.at(-1)).toMatch(/^MS-WSMAN=fe01; FedAuth=[^;]+; FedAuth1=[^;]+$/);
  });

  it("S-89: takes a second tab for a sign-in of its own", async () => {
    const who = await pageUser();
    const mine = browser(config);
    const [one, other] = [await tokenFor(who, await mine.begin()), await tokenFor(who, await mine.begin())];
    expect((await mine.bring(one)).status).toBe(302);
    expect((await mine.bring(other)).status).toBe(302);
    expect((await mine.grant()).status).toBe(200);
    expect(behind.posts.length).toBe(2);
  });
});

describe("S-88: only the very bytes that Postern made reach the pool, once", () => {
  it("not a second time, from the same browser or after its session", async () => {
    const who = await pageUser();
    const { mine, brought } = await signedIn(who);
    await isStopped(await mine.bring(brought), 1);
    expect(await reasonsOf(who)).toContain("refused passive passive-other-browser"); // its nonce is used up as well
  });

  it("not a second time with the nonce copied, and of two at one moment one", async () => {
    const who = await pageUser();
    const mine = browser(config);
    const brought = await tokenFor(who, await mine.begin());
    const copy = browser(config);
    for (const [name, value] of mine.jar) copy.jar.set(name, value);
    const answers = await Promise.all([mine.bring(brought), copy.bring(brought)]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([302, 403]);
    expect(behind.posts.length).toBe(1);
    expect(await reasonsOf(who)).toEqual([ISSUED, "refused passive passive-repeated"]);
  });

  it.each([
    ["a DOCTYPE before it", (text: string) => `<!DOCTYPE x [<!ENTITY e "">]>${text}`],
    ["another SID in it", (text: string) => text.replace(/sid="[^"]*"/, 'sid="S-1-5-21-1-2-3-500"')],
    ["a forged token around it", (text: string) => `<token sid="S-1-5-21-1-2-3-500">${text}</token>`],
    ["a comment in it", (text: string) => text.replace("<token", "<token<!-- -->")],
    ["a line break behind it", (text: string) => `${text}\r\n`],
    ["nothing", () => ""],
  ])("not with %s", async (_, change) => {
    const who = await pageUser();
    const mine = browser(config);
    const brought = await tokenFor(who, await mine.begin());
    await isStopped(await mine.bring({ ...brought, wresult: change(brought.wresult) }), 0);
    expect(await reasonsOf(who)).toEqual([ISSUED, "refused passive passive-altered"]);
    expect((await mine.bring(brought)).status).toBe(302); // and nobody has used it up
  });

  it("not with a wctx of somebody's own: changed, the start's, the pool's, or sealed with another key", async () => {
    const who = await pageUser();
    const mine = browser(config);
    const begun = await mine.begin();
    const brought = await tokenFor(who, begun);
    const changed = Buffer.from(brought.wctx, "base64url");
    changed[40] = (changed[40] ?? 0) ^ 1;
    const start = new URL(begun.headers.get("location") ?? "").searchParams.get("wctx") ?? "";
    for (const wctx of [changed.toString("base64url"), start, POOLS_WCTX, "", "x".repeat(25_000)]) {
      await isStopped(await mine.bring({ ...brought, wctx }), 0);
    }
    expect(await reasonsOf(who)).toEqual([ISSUED]);
  });

  it("not a stale one", async () => {
    const who = await pageUser();
    const mine = browser(config);
    await isStopped(await mine.bring(await tokenFor(who, await mine.begin(), { until: Date.now() })), 0);
    expect(await reasonsOf(who)).toEqual([ISSUED, "refused passive passive-expired"]);
  });

  it("not one whose id the guard has never agreed to", async () => {
    const who = await pageUser();
    const mine = browser(config);
    await isStopped(await mine.bring(await tokenFor(who, await mine.begin(), { id: "_of-nobody" })), 0);
    expect(await reasonsOf(who)).toEqual([ISSUED, "refused passive passive-unknown"]);
  });

  it("not for a user who was disabled meanwhile, or whom the policy has closed the page to", async () => {
    const disabled = await pageUser();
    const mine = browser(config);
    const brought = await tokenFor(disabled, await mine.begin());
    const profile = {
      subject: { ...(await import("../../test/kit/passive.ts").then((kit) => kit.profileOf(disabled))).subject },
    };
    const subject = { ...profile.subject, disabled: true, revision: profile.subject.revision + 1 };
    await disabled.guard.passive({
      ...{ kind: "issue", id: "_x", until: Date.now() + 1000, profile: { subject, policyVersion: 0 } },
      event: (await eventsOf(disabled.guard))[0] ?? ({} as never),
    });
    await isStopped(await mine.bring(brought), 0);
    expect((await reasonsOf(disabled)).at(-1)).toBe("refused passive user-disabled");
    const never = await pageUser();
    const other = await tokenFor(never, await mine.begin());
    const later = await pageUser({ never: [never.sipUri.slice(4)] });
    await agreed(never, "_y");
    expect(later.userId).not.toBe(never.userId);
    await isStopped(await mine.bring(other), 0);
    expect((await reasonsOf(never)).at(-1)).toBe("refused passive passive-not-allowed");
  });

  it("not another form: a field too many, twice, missing, another type, or longer than 32 KB", async () => {
    const who = await pageUser();
    const mine = browser(config);
    const { wresult, wctx } = await tokenFor(who, await mine.begin());
    const fields = { wa: "wsignin1.0", wresult, wctx };
    for (const wrong of [
      { ...fields, wreply: PAGE },
      { wresult, wctx },
      { ...fields, wa: "wsignout1.0" },
    ]) {
      await isStopped(await mine.form(PAGE, wrong), 0);
    }
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const body = new URLSearchParams(fields).toString();
    const twice = { method: "POST", headers, body: `${body}&wresult=x` };
    await isStopped(await mine.send(PAGE, twice), 0);
    await isStopped(await mine.send(PAGE, { method: "POST", headers: { "content-type": "text/xml" }, body }), 0);
    const long = await mine.bring({ wresult: "x".repeat(33_000), wctx });
    expect([long.status, behind.posts.length]).toEqual([413, 0]);
    const byGet = await mine.send(`${PAGE}?${body}`);
    expect([byGet.status, behind.posts.length]).toEqual([400, 0]);
  });
});

describe("S-89: a sign-in belongs to the browser that began it", () => {
  it("a stolen page is worth nothing in another browser, and the person's own still works", async () => {
    const who = await pageUser();
    const mine = browser(config);
    const brought = await tokenFor(who, await mine.begin());
    const thief = browser(config);
    await isStopped(await thief.bring(brought), 0);
    await thief.begin();
    await isStopped(await thief.bring(brought), 0);
    expect((await mine.bring(brought)).status).toBe(302);
    expect(await reasonsOf(who)).toContain("refused passive passive-other-browser");
  });

  it("an attacker's token does not sign a victim in as the attacker", async () => {
    const attacker = await pageUser();
    const brought = await tokenFor(attacker, await browser(config).begin());
    const victim = browser(config);
    await victim.begin();
    await isStopped(await victim.bring(brought), 0);
  });

  it("a token begun at another host, another pool or for another realm ends here", async () => {
    const who = await pageUser();
    const mine = browser(config);
    const brought = await tokenFor(who, await mine.begin());
    const issued = must(openIssued(KEYRING, brought.wctx, Date.now()));
    for (const change of [
      { webHost: "web.fabrikam.test" },
      { pool: "web2" },
      { realm: `${REALM}/` },
      { reply: `${PAGE}x` },
    ]) {
      const wctx = sealIssued(KEYRING, { ...issued, start: { ...issued.start, ...change } });
      await isStopped(await mine.bring({ ...brought, wctx }), 0);
    }
  });

  it.each([
    ["another token service", `https://sts.evil.test/passive?wa=wsignin1.0&wtrealm=${encodeURIComponent(REALM)}`],
    ["a host that ends the same", `https://x${STS_HOST}/passive?wa=wsignin1.0&wtrealm=${encodeURIComponent(REALM)}`],
    ["a name in the address", `https://${STS_HOST}@evil.test/passive?wa=wsignin1.0`],
    ["another path", `https://${STS_HOST}/metadata?wa=wsignin1.0&wtrealm=${encodeURIComponent(REALM)}`],
    ["http", `http://${STS_HOST}/passive?wa=wsignin1.0&wtrealm=${encodeURIComponent(REALM)}`],
    ["another realm", `https://${STS_HOST}/passive?wa=wsignin1.0&wtrealm=${encodeURIComponent(`${REALM}/`)}`],
    ["two realms", `https://${STS_HOST}/passive?wa=wsignin1.0&wtrealm=${encodeURIComponent(REALM)}&WTREALM=x`],
    [
      "another reply",
      `https://${STS_HOST}/passive?wa=wsignin1.0&wtrealm=${encodeURIComponent(REALM)}&wreply=https://evil.test/`,
    ],
    ["a sign-out", `https://${STS_HOST}/passive?wa=wsignout1.0&wtrealm=${encodeURIComponent(REALM)}`],
    [
      "a long wctx",
      `https://${STS_HOST}/passive?wa=wsignin1.0&wtrealm=${encodeURIComponent(REALM)}&wctx=${"x".repeat(8193)}`,
    ],
  ])("a pool that redirects to %s redirects nobody", async (_, location) => {
    behind.does.location = location;
    await isStopped(await browser(config).begin(), 0, 503);
  });

  it("an answer of the pool that is no redirect reaches nobody without a session", async () => {
    behind.does.status = 200;
    await isStopped(await browser(config).begin(), 0, 503);
  });

  it("realm and reply come from the configuration, whatever the query says", async () => {
    const begun = await browser(config).begin("?ru=https%3a%2f%2fevil.test%2f&realm=x&reply=x");
    const sealed = new URL(begun.headers.get("location") ?? "").searchParams.get("wctx") ?? "";
    expect(must(openStart(KEYRING, sealed, Date.now()))).toMatchObject({
      realm: REALM,
      reply: PAGE,
      webHost: HOST,
      pool: "",
    });
    for (const name of ["wreply", "WREPLY", "wa", "wctx", "wresult", "wtrealm", "wresultptr", "%77reply"]) {
      expect((await browser(config).begin(`?${name}=x`)).status, name).toBe(400);
    }
  });

  it("a text that Postern sealed for something else begins nothing", async () => {
    const begun = await browser(config).begin();
    const sealed = new URL(begun.headers.get("location") ?? "").searchParams.get("wctx") ?? "";
    const start = must(openStart(KEYRING, sealed, Date.now()));
    expect(openIssued(KEYRING, sealStart(KEYRING, start), Date.now())).toEqual({ ok: false, reason: "not-ours" });
  });
});

describe("S-90: the pool's cookies work for the user and the session they were made for", () => {
  it("without Postern's own cookie they do not reach the pool", async () => {
    const { mine } = await signedIn(await pageUser());
    mine.jar.delete("__Host-pfs");
    expect((await mine.grant()).status).toBe(400);
    expect(behind.grants).toEqual([""]);
    expect((await mine.begin()).status).toBe(302);
  });

  it("another user's cookies beside one's own session do not reach the pool, and the audit says so", async () => {
    const who = await pageUser();
    const { mine } = await signedIn(who);
    const { mine: theirs } = await signedIn(await pageUser());
    for (const name of ["FedAuth", "FedAuth1"]) mine.jar.set(name, theirs.jar.get(name) ?? "");
    const answer = await mine.grant();
    expect([answer.status, await answer.json()]).toEqual([
      400,
      { error: "invalid_grant", ms_rtc_passiveauthuri: PAGE },
    ]);
    expect(behind.grants).toEqual([]);
    expect(await reasonsOf(who)).toContain("refused passive passive-other-cookies");
  });

  it("one part of them missing, or there twice, is as good as none", async () => {
    const { mine } = await signedIn(await pageUser());
    const part = mine.jar.get("FedAuth1") ?? "";
    mine.jar.delete("FedAuth1");
    expect((await mine.grant()).status).toBe(400);
    mine.jar.set("FedAuth1", `${part}; FedAuth1=x`);
    expect((await mine.grant()).status).toBe(400);
    expect(behind.grants).toEqual([]);
  });

  it("a ticket of another account is not relayed, and neither is one that names none", async () => {
    const who = await pageUser();
    const { mine } = await signedIn(who);
    behind.does.ticketSid = "S-1-5-21-1-2-3-500";
    expect((await mine.grant()).status).toBe(503);
    expect((await reasonsOf(who)).at(-1)).toBe("failed passive ticket-of-another-user");
  });

  it("ends with the token's time, and with the user", async () => {
    const who = await pageUser();
    const mine = browser(config);
    await mine.bring(await tokenFor(who, await mine.begin(), { tokenUntil: Date.now() }));
    expect((await mine.grant()).status).toBe(400);
    expect(behind.grants).toEqual([""]);
    const gone = await pageUser();
    const { mine: theirs } = await signedIn(gone);
    await env.DB.prepare("UPDATE users SET disabled_at = 1 WHERE id = ?").bind(gone.userId).run();
    expect((await theirs.grant()).status).toBe(400);
    expect((await reasonsOf(gone)).at(-1)).toBe("refused passive user-disabled");
  });

  it("bring no ticket after their user's sessions were ended, the ticket they brought is dead, and one may come again", async () => {
    const who = await pageUser();
    const { mine } = await signedIn(who);
    const { mine: other, brought } = await signedIn(who);
    const third = browser(config);
    const onItsWay = await tokenFor(who, await third.begin());
    const granted = (await (await mine.grant()).json()) as { access_token: string };
    const envelope = granted.access_token.replace(/^cwt=/, "");
    const ticket = openTicket(KEYRING, envelope)?.id ?? "";
    const [about, by] = [
      { ...ABOUT, channel: "command" as const },
      { by: "0123abcd", why: "" },
    ];
    expect(await who.guard.living([ticket])).toEqual([ticket]);
    const ended = await who.guard.portal(await profileOf(who), { kind: "end-sessions", about, actor: by });
    expect(ended).toMatchObject({ kind: "ended" });
    expect(await who.guard.living([ticket])).toEqual([]);
    const refused = await mine.grant();
    expect([refused.status, mine.jar.get("__Host-pfs")]).toEqual([400, undefined]);
    expect(await refused.json()).toMatchObject({ ms_rtc_passiveauthuri: PAGE });
    expect((await reasonsOf(who)).at(-1)).toBe("failed passive ended-meanwhile");
    // Neither a token on its way nor one that was used before opens anything again.
    expect([(await third.bring(onItsWay)).status, (await other.bring(brought)).status]).toEqual([403, 403]);
    expect((await other.grant()).status).toBe(400);
    await mine.bring(await tokenFor(who, await mine.begin()));
    expect((await mine.grant()).status).toBe(200);
  });

  it("do not reach the pool at any other address, and Postern's own cookies never do", async () => {
    const { mine } = await signedIn(await pageUser());
    mine.jar.set("other", "1");
    let cookie: string | undefined;
    const spied = browser({
      ...config,
      frontEnd: {
        fetch: async ({ headers }) => {
          cookie = new Headers(headers).get("cookie") ?? undefined;
          return new Response("page");
        },
      },
    });
    for (const [name, value] of mine.jar) spied.jar.set(name, value);
    await spied.send(`https://${HOST}/meet/alice/x`);
    expect(cookie).toBe("MS-WSMAN=fe01; other=1");
  });

  it("the pool cannot set Postern's own cookies", async () => {
    const who = await pageUser();
    const own = behind.fetch;
    const sly = browser({
      ...config,
      frontEnd: {
        fetch: async (asked) => {
          const answer = await own(asked);
          const headers = new Headers(answer.headers);
          headers.append("set-cookie", "__Host-pfs=stolen; path=/; secure");
          return new Response(answer.body, { status: answer.status, headers });
        },
      },
    });
    await sly.bring(await tokenFor(who, await sly.begin()));
    expect(sly.jar.get("__Host-pfs")).not.toBe("stolen");
    expect((await sly.grant()).status).toBe(200);
  });
});

describe("when the pool does not do its part", () => {
  it("a token that it does not accept ends in the page, with its event", async () => {
    const who = await pageUser();
    behind.does.refusesTokens = true;
    const mine = browser(config);
    await isStopped(await mine.bring(await tokenFor(who, await mine.begin())), 1, 503);
    expect(await reasonsOf(who)).toEqual([ISSUED, "failed passive passive-not-accepted"]);
  });

  it("a browser that loses the pool's cookies brings three tokens, and then the person gets a page", async () => {
    const who = await pageUser();
    const mine = browser(config);
    for (let round = 1; round <= 3; round++) {
      expect((await mine.bring(await tokenFor(who, await mine.begin()))).status, `round ${round}`).toBe(302);
      mine.jar.delete("FedAuth");
    }
    await isStopped(await mine.begin(), 3, 503);
  });

  it("a session that it does not know any more ends with where to sign in", async () => {
    const who = await pageUser();
    const { mine } = await signedIn(who);
    behind.does.forgets = true;
    const answer = await mine.grant();
    expect([answer.status, await answer.json()]).toEqual([
      400,
      { error: "invalid_grant", ms_rtc_passiveauthuri: PAGE },
    ]);
    expect((await reasonsOf(who)).at(-1)).toBe("failed passive front-end-400");
  });
});

describe("S-38: what is open", () => {
  it("nothing without a token service, and nothing at a host that has no relying party", async () => {
    for (const sts of [undefined, { ...(config.sts ?? ({} as never)), realms: new Map() }]) {
      const closed = browser({ ...config, sts });
      expect((await closed.begin()).status).toBe(404);
      expect((await closed.bring({ wresult: "x", wctx: "x" })).status).toBe(404);
      const grant = await closed.grant();
      expect([grant.status, await grant.json()]).toEqual([400, { error: "unsupported_grant_type" }]);
    }
    expect([behind.posts, behind.grants]).toEqual([[], []]);
  });

  it.each(["/PassiveAuth/", "/PassiveAuth/x.aspx", "/passiveauth/federationmetadata/2007-06/federationmetadata.xml"])(
    "%s is closed, and the page is open in every spelling of its letters",
    async (path) => {
      expect((await browser(config).send(`https://${HOST}${path}`)).status).toBe(404);
      expect((await browser(config).send(PAGE.toLowerCase())).status).toBe(302);
    },
  );

  it("a network over its budget is told so, and the pool hears nothing", async () => {
    const over = { limit: async () => ({ success: false }) };
    const busy = browser({ ...config, budgets: { services: over, pages: over } });
    expect((await busy.begin()).status).toBe(429);
    expect((await busy.bring({ wresult: "x", wctx: "x" })).status).toBe(429);
    expect((await busy.grant()).status).toBe(429);
    expect([behind.posts, behind.grants]).toEqual([[], []]);
  });
});
