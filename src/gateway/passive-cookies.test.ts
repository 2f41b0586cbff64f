// S-90: the pool's cookies that stand for a session, through the data plane. They work for the user and the browser they
// were made for, as long as the user's guard knows the session.

import { env } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { KEYRING } from "../../test/kit/attempts.ts";
import { HOST } from "../../test/kit/config.ts";
import { ABOUT } from "../../test/kit/events.ts";
import { browser, newEdge, PAGE, pageUser, profileOf, tokenFor, toldOf } from "../../test/kit/passive.ts";
import { openTicket } from "../ticket/envelope.ts";

const edge = newEdge();

describe("S-90: the pool's cookies work for the user and the session they were made for", () => {
  it("without Postern's own cookie they do not reach the pool", async () => {
    const { mine } = await edge.signedIn(await pageUser());
    mine.jar.delete("__Host-pfs");
    expect((await mine.grant()).status).toBe(400);
    expect(edge.behind.grants).toEqual([""]);
    expect((await mine.begin()).status).toBe(302);
  });

  it("another user's cookies beside one's own session do not reach the pool, and the audit says so", async () => {
    const who = await pageUser();
    const { mine } = await edge.signedIn(who);
    const { mine: theirs } = await edge.signedIn(await pageUser());
    for (const name of ["FedAuth", "FedAuth1"]) mine.jar.set(name, theirs.jar.get(name) ?? "");
    const answer = await mine.grant();
    expect([answer.status, await answer.json()]).toEqual([
      400,
      { error: "invalid_grant", ms_rtc_passiveauthuri: PAGE },
    ]);
    expect(edge.behind.grants).toEqual([]);
    expect(await toldOf(who)).toContain("refused passive passive-other-cookies");
  });

  it("one part of them missing, or there twice, is as good as none", async () => {
    const { mine } = await edge.signedIn(await pageUser());
    const part = mine.jar.get("FedAuth1") ?? "";
    mine.jar.delete("FedAuth1");
    expect((await mine.grant()).status).toBe(400);
    mine.jar.set("FedAuth1", `${part}; FedAuth1=x`);
    expect((await mine.grant()).status).toBe(400);
    expect(edge.behind.grants).toEqual([]);
  });

  it("a ticket of another account is not relayed, and neither is one that names none", async () => {
    const who = await pageUser();
    const { mine } = await edge.signedIn(who);
    edge.behind.does.ticketSid = "S-1-5-21-1-2-3-500";
    expect((await mine.grant()).status).toBe(503);
    expect((await toldOf(who)).at(-1)).toBe("failed passive ticket-of-another-user");
  });

  it("ends with the token's time, and with the user", async () => {
    const who = await pageUser();
    const mine = browser(edge.config);
    await mine.bring(await tokenFor(who, await mine.begin(), { tokenUntil: Date.now() }));
    expect((await mine.grant()).status).toBe(400);
    expect(edge.behind.grants).toEqual([""]);
    const gone = await pageUser();
    const { mine: theirs } = await edge.signedIn(gone);
    await env.DB.prepare("UPDATE users SET disabled_at = 1 WHERE id = ?").bind(gone.userId).run();
    expect((await theirs.grant()).status).toBe(400);
    expect((await toldOf(gone)).at(-1)).toBe("refused passive user-disabled");
  });

  it("bring no ticket after their user's sessions were ended, the ticket they brought is dead, and one may come again", async () => {
    const who = await pageUser();
    const { mine } = await edge.signedIn(who);
    const { mine: other, brought } = await edge.signedIn(who);
    const third = browser(edge.config);
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
    expect((await toldOf(who)).at(-1)).toBe("failed passive ended-meanwhile");
    // Neither a token on its way nor one that was used before opens anything again.
    expect([(await third.bring(onItsWay)).status, (await other.bring(brought)).status]).toEqual([403, 403]);
    expect((await other.grant()).status).toBe(400);
    await mine.bring(await tokenFor(who, await mine.begin()));
    expect((await mine.grant()).status).toBe(200);
  });

  it("do not reach the pool at any other address, and Postern's own cookies never do", async () => {
    const { mine } = await edge.signedIn(await pageUser());
    mine.jar.set("other", "1");
    let cookie: string | undefined;
    const spied = browser({
      ...edge.config,
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
    const own = edge.behind.fetch;
    const sly = browser({
      ...edge.config,
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
