// S-88, S-89 and S-90 through the data plane: a browser goes the whole way, and everybody who tries another way is
// refused with one page. The pool counts what reaches it.

import { describe, expect, it } from "vitest";
import { eventsOf, KEYRING } from "../../test/kit/attempts.ts";
import { HOST } from "../../test/kit/config.ts";
import { must } from "../../test/kit/ntlm.ts";
import {
  agreed,
  browser,
  newEdge,
  PAGE,
  POOLS_WCTX,
  pageUser,
  REALM,
  STS_HOST,
  tokenFor,
  toldOf,
} from "../../test/kit/passive.ts";
import { openIssued, openStart, sealIssued, sealStart } from "../core/sts/flow.ts";
import { openTicket } from "../ticket/envelope.ts";

const edge = newEdge();

const ISSUED = "changed passive passive-token-issued";

/** The one page of every refusal. */
async function isStopped(answer: Response, posts: number, status = 403): Promise<void> {
  expect(answer.status).toBe(status);
  expect(await answer.text()).toContain("The sign-in did not finish");
  expect(answer.headers.get("cache-control")).toContain("no-store");
  expect(answer.headers.getSetCookie()).toEqual([]);
  expect(edge.behind.posts.length).toBe(posts);
}

describe("the whole way", () => {
  it("S-88 S-90: ends with a ticket in an envelope, one event of the sign-in, and one token at the pool", async () => {
    const who = await pageUser();
    const mine = browser(edge.config);
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
    expect(edge.behind.posts).toEqual([{ wresult: brought.wresult, wctx: POOLS_WCTX, cookie: "MS-WSMAN=fe01" }]);
    expect([...mine.jar.keys()].toSorted()).toEqual(["FedAuth", "FedAuth1", "MS-WSMAN", "__Host-pfs"]);
    expect(await (await mine.begin()).text()).toBe("You are signed in");
    const granted = await mine.grant();
    const { access_token: ticket } = await granted.json<{ access_token: string }>();
    const opened = openTicket(edge.config.keyring, ticket.slice("cwt=".length));
    expect([granted.status, opened?.sipUri]).toEqual([200, who.sipUri]);
    expect(await toldOf(who)).toEqual([ISSUED, "signed-in passive cwt"]);
    expect(edge.behind.grants.at(-1)).toMatch(/^MS-WSMAN=fe01; FedAuth=[^;]+; FedAuth1=[^;]+$/);
  });

  it("S-89: takes a second tab for a sign-in of its own", async () => {
    const who = await pageUser();
    const mine = browser(edge.config);
    const [one, other] = [await tokenFor(who, await mine.begin()), await tokenFor(who, await mine.begin())];
    expect((await mine.bring(one)).status).toBe(302);
    expect((await mine.bring(other)).status).toBe(302);
    expect((await mine.grant()).status).toBe(200);
    expect(edge.behind.posts.length).toBe(2);
  });
});

describe("S-88: only the very bytes that Postern made reach the pool, once", () => {
  it("not a second time, from the same browser or after its session", async () => {
    const who = await pageUser();
    const { mine, brought } = await edge.signedIn(who);
    await isStopped(await mine.bring(brought), 1);
    expect(await toldOf(who)).toContain("refused passive passive-other-browser"); // its nonce is used up as well
  });

  it("not a second time with the nonce copied, and of two at one moment one", async () => {
    const who = await pageUser();
    const mine = browser(edge.config);
    const brought = await tokenFor(who, await mine.begin());
    const copy = browser(edge.config);
    for (const [name, value] of mine.jar) copy.jar.set(name, value);
    const answers = await Promise.all([mine.bring(brought), copy.bring(brought)]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([302, 403]);
    expect(edge.behind.posts.length).toBe(1);
    expect(await toldOf(who)).toEqual([ISSUED, "refused passive passive-repeated"]);
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
    const mine = browser(edge.config);
    const brought = await tokenFor(who, await mine.begin());
    await isStopped(await mine.bring({ ...brought, wresult: change(brought.wresult) }), 0);
    expect(await toldOf(who)).toEqual([ISSUED, "refused passive passive-altered"]);
    expect((await mine.bring(brought)).status).toBe(302); // and nobody has used it up
  });

  it("not with a wctx of somebody's own: changed, the start's, the pool's, or sealed with another key", async () => {
    const who = await pageUser();
    const mine = browser(edge.config);
    const begun = await mine.begin();
    const brought = await tokenFor(who, begun);
    const changed = Buffer.from(brought.wctx, "base64url");
    changed[40] = (changed[40] ?? 0) ^ 1;
    const start = new URL(begun.headers.get("location") ?? "").searchParams.get("wctx") ?? "";
    for (const wctx of [changed.toString("base64url"), start, POOLS_WCTX, "", "x".repeat(25_000)]) {
      await isStopped(await mine.bring({ ...brought, wctx }), 0);
    }
    expect(await toldOf(who)).toEqual([ISSUED]);
  });

  it("not a stale one", async () => {
    const who = await pageUser();
    const mine = browser(edge.config);
    await isStopped(await mine.bring(await tokenFor(who, await mine.begin(), { until: Date.now() })), 0);
    expect(await toldOf(who)).toEqual([ISSUED, "refused passive passive-expired"]);
  });

  it("not one whose id the guard has never agreed to", async () => {
    const who = await pageUser();
    const mine = browser(edge.config);
    await isStopped(await mine.bring(await tokenFor(who, await mine.begin(), { id: "_of-nobody" })), 0);
    expect(await toldOf(who)).toEqual([ISSUED, "refused passive passive-unknown"]);
  });

  it("not for a user who was disabled meanwhile, or whom the policy has closed the page to", async () => {
    const disabled = await pageUser();
    const mine = browser(edge.config);
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
    expect((await toldOf(disabled)).at(-1)).toBe("refused passive user-disabled");
    const never = await pageUser();
    const other = await tokenFor(never, await mine.begin());
    const later = await pageUser({ never: [never.sipUri.slice(4)] });
    await agreed(never, "_y");
    expect(later.userId).not.toBe(never.userId);
    await isStopped(await mine.bring(other), 0);
    expect((await toldOf(never)).at(-1)).toBe("refused passive passive-not-allowed");
  });

  it("not another form: a field too many, twice, missing, another type, or longer than 32 KB", async () => {
    const who = await pageUser();
    const mine = browser(edge.config);
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
    expect([long.status, edge.behind.posts.length]).toEqual([413, 0]);
    const byGet = await mine.send(`${PAGE}?${body}`);
    expect([byGet.status, edge.behind.posts.length]).toEqual([400, 0]);
  });
});

describe("S-89: a sign-in belongs to the browser that began it", () => {
  it("a stolen page is worth nothing in another browser, and the person's own still works", async () => {
    const who = await pageUser();
    const mine = browser(edge.config);
    const brought = await tokenFor(who, await mine.begin());
    const thief = browser(edge.config);
    await isStopped(await thief.bring(brought), 0);
    await thief.begin();
    await isStopped(await thief.bring(brought), 0);
    expect((await mine.bring(brought)).status).toBe(302);
    expect(await toldOf(who)).toContain("refused passive passive-other-browser");
  });

  it("an attacker's token does not sign a victim in as the attacker", async () => {
    const attacker = await pageUser();
    const brought = await tokenFor(attacker, await browser(edge.config).begin());
    const victim = browser(edge.config);
    await victim.begin();
    await isStopped(await victim.bring(brought), 0);
  });

  it("a token begun at another host, another pool or for another realm ends here", async () => {
    const who = await pageUser();
    const mine = browser(edge.config);
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
    edge.behind.does.location = location;
    await isStopped(await browser(edge.config).begin(), 0, 503);
  });

  it("an answer of the pool that is no redirect reaches nobody without a session", async () => {
    edge.behind.does.status = 200;
    await isStopped(await browser(edge.config).begin(), 0, 503);
  });

  it("realm and reply come from the configuration, whatever the query says", async () => {
    const begun = await browser(edge.config).begin("?ru=https%3a%2f%2fevil.test%2f&realm=x&reply=x");
    const sealed = new URL(begun.headers.get("location") ?? "").searchParams.get("wctx") ?? "";
    expect(must(openStart(KEYRING, sealed, Date.now()))).toMatchObject({
      realm: REALM,
      reply: PAGE,
      webHost: HOST,
      pool: "",
    });
    for (const name of ["wreply", "WREPLY", "wa", "wctx", "wresult", "wtrealm", "wresultptr", "%77reply"]) {
      expect((await browser(edge.config).begin(`?${name}=x`)).status, name).toBe(400);
    }
  });

  it("a text that Postern sealed for something else begins nothing", async () => {
    const begun = await browser(edge.config).begin();
    const sealed = new URL(begun.headers.get("location") ?? "").searchParams.get("wctx") ?? "";
    const start = must(openStart(KEYRING, sealed, Date.now()));
    expect(openIssued(KEYRING, sealStart(KEYRING, start), Date.now())).toEqual({ ok: false, reason: "not-ours" });
  });
});

describe("when the pool does not do its part", () => {
  it("a token that it does not accept ends in the page, with its event", async () => {
    const who = await pageUser();
    edge.behind.does.refusesTokens = true;
    const mine = browser(edge.config);
    await isStopped(await mine.bring(await tokenFor(who, await mine.begin())), 1, 503);
    expect(await toldOf(who)).toEqual([ISSUED, "failed passive passive-not-accepted"]);
  });

  it("a browser that loses the pool's cookies brings three tokens, and then the person gets a page", async () => {
    const who = await pageUser();
    const mine = browser(edge.config);
    for (let round = 1; round <= 3; round++) {
      expect((await mine.bring(await tokenFor(who, await mine.begin()))).status, `round ${round}`).toBe(302);
      mine.jar.delete("FedAuth");
    }
    await isStopped(await mine.begin(), 3, 503);
  });

  it("a session that it does not know any more ends with where to sign in", async () => {
    const who = await pageUser();
    const { mine } = await edge.signedIn(who);
    edge.behind.does.forgets = true;
    const answer = await mine.grant();
    expect([answer.status, await answer.json()]).toEqual([
      400,
      { error: "invalid_grant", ms_rtc_passiveauthuri: PAGE },
    ]);
    expect((await toldOf(who)).at(-1)).toBe("failed passive front-end-400");
  });
});

describe("S-38: what is open", () => {
  it("nothing without a token service, and nothing at a host that has no relying party", async () => {
    for (const sts of [undefined, { ...(edge.config.sts ?? ({} as never)), realms: new Map() }]) {
      const closed = browser({ ...edge.config, sts });
      expect((await closed.begin()).status).toBe(404);
      expect((await closed.bring({ wresult: "x", wctx: "x" })).status).toBe(404);
      const grant = await closed.grant();
      expect([grant.status, await grant.json()]).toEqual([400, { error: "unsupported_grant_type" }]);
    }
    expect([edge.behind.posts, edge.behind.grants]).toEqual([[], []]);
  });

  it.each(["/PassiveAuth/", "/PassiveAuth/x.aspx", "/passiveauth/federationmetadata/2007-06/federationmetadata.xml"])(
    "%s is closed, and the page is open in every spelling of its letters",
    async (path) => {
      expect((await browser(edge.config).send(`https://${HOST}${path}`)).status).toBe(404);
      expect((await browser(edge.config).send(PAGE.toLowerCase())).status).toBe(302);
    },
  );

  it("a network over its budget is told so, and the pool hears nothing", async () => {
    const over = { limit: async () => ({ success: false }) };
    const busy = browser({ ...edge.config, budgets: { services: over, pages: over } });
    expect((await busy.begin()).status).toBe(429);
    expect((await busy.bring({ wresult: "x", wctx: "x" })).status).toBe(429);
    expect((await busy.grant()).status).toBe(429);
    expect([edge.behind.posts, edge.behind.grants]).toEqual([[], []]);
  });
});
