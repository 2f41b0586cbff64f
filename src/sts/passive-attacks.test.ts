// Attacks on the page of the token service, inside workerd: what changes between two visits of one session, whose account
// it is, and with which key it signs. Every attempt has one event, and nobody sees why there was no token.

import { env } from "cloudflare:test";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { eventsOf } from "../../test/kit/attempts.ts";
import { answerIn, linkFor, newcomer, start, stsBrowser, stsVariables, usePassive } from "../../test/kit/sts-host.ts";
import { DOMAIN_SID, tokenKeyEntries } from "../../test/kit/token-keys.ts";
import { guardOf } from "../guards/route.ts";

let variables: Awaited<ReturnType<typeof stsVariables>>;
beforeAll(async () => {
  vi.spyOn(console, "log").mockImplementation(() => undefined);
  variables = await stsVariables();
  await usePassive("may");
});

/** Somebody who is signed in at the page, and has a token. */
async function atPage(account: string) {
  const portal = await newcomer(account, variables);
  const { app } = await portal.setUpCodes();
  const browser = stsBrowser(variables);
  await browser.open();
  const page = await browser.signIn(`${account}@contoso.test`, app.code());
  expect(answerIn(page)).toBeDefined();
  return { browser, app };
}

const setRow = async (account: string, set: string): Promise<void> => {
  await env.DB.prepare(`UPDATE users SET ${set}, revision = revision + 1 WHERE sip_uri = ?`)
    .bind(`sip:${account}@contoso.test`)
    .run();
};

/** The events of the page, without the first two: that somebody signed in there, and that there was a token. */
async function furtherEvents(account: string): Promise<string[]> {
  const events = await eventsOf(guardOf(env, `sip:${account}@contoso.test`));
  return events
    .filter(({ channel }) => channel === "passive")
    .slice(2)
    .map(({ outcome, reason }) => `${outcome} ${reason}`);
}

describe("S-97: each attempt at the page has one event, and gives no token", () => {
  it.each([
    ["loses the SID", "sid = NULL", "refused passive-no-account"],
    ["gets that of a built-in account", `sid = '${DOMAIN_SID}-500'`, "refused passive-no-account"],
    ["gets that of a built-in group", "sid = 'S-1-5-32-544'", "refused passive-no-account"],
    ["gets a foreign one", "sid = 'S-1-5-21-1-2-3-1104'", "refused passive-no-account"],
    ["gets one with a hostile ending", `sid = '${DOMAIN_SID}-1104]]>'`, "refused passive-no-account"],
    ["gets a name with a control character", `upn = 'a' || char(7) || '@contoso.test'`, "failed passive-no-token"],
    ["gets a name with the end of a CDATA section", `upn = 'a]]>&<"@contoso.test'`, "changed passive-token-issued"],
    ["gets a name of 600 characters", `upn = '${"a".repeat(600)}@contoso.test'`, "failed passive-no-token"],
  ])("of somebody who %s", async (what, set, event) => {
    const account = `hostile.${what.replaceAll(/[^a-z]/g, "")}`;
    const { browser } = await atPage(account);
    await setRow(account, set);
    const answer = answerIn(await browser.get(linkFor()));
    expect(answer === undefined).toBe(event !== "changed passive-token-issued");
    expect(answer?.wresult.includes('a]]&gt;&amp;&lt;"@contoso.test') ?? true).toBe(true);
    expect(await furtherEvents(account)).toEqual([event]);
  });

  it("of somebody whose SID another user has as well, at the next visit and at the next proof", async () => {
    const { browser, app } = await atPage("shared.one");
    await newcomer("shared.two", variables, "S-1-5-21-1-2-3-9999");
    await env.DB.prepare(
      "UPDATE users SET sid = (SELECT sid FROM users WHERE sip_uri = 'sip:shared.one@contoso.test') WHERE sip_uri = 'sip:shared.two@contoso.test'",
    ).run();
    expect(answerIn(await browser.get(linkFor()))).toBeUndefined();
    await browser.open(linkFor(start(), { wfresh: "0" }));
    const page = await browser.signIn("shared.one@contoso.test", app.code());
    expect([page.status, answerIn(page)]).toEqual([403, undefined]);
    const told = await furtherEvents("shared.one"); // without the end of the earlier session
    expect(told.filter((event) => !event.startsWith("changed"))).toEqual([
      "refused passive-sid-shared",
      "signed-in portal-signed-in",
      "refused passive-sid-shared",
    ]);
    await setRow("shared.two", "sid = NULL");
    expect(answerIn(await browser.get(linkFor()))).toBeDefined();
  });

  it("S-98: with a key whose certificate has not begun or has ended", async () => {
    const portal = await newcomer("early", variables);
    const { app } = await portal.setUpCodes();
    for (const shift of [7, -1_000]) {
      const entries = await tokenKeyEntries(1, Date.now() + shift * 86_400_000);
      const browser = stsBrowser({ ...variables, STS_KEYS: entries.join(" ") });
      await browser.open();
      expect(answerIn(await browser.signIn("early@contoso.test", app.code()))).toBeUndefined();
    }
    const events = await eventsOf(guardOf(env, "sip:early@contoso.test"));
    expect(events.filter(({ channel }) => channel === "passive").map(({ reason }) => reason)).toEqual([
      ...["portal-signed-in", "passive-no-token", "portal-signed-in", "passive-no-token"],
    ]);
  });
});
