// A sign-in at the page that its person approves in the portal, on another device: by a number, within two minutes, with
// a fresh factor. Everything else is a failed attempt.

import { env } from "cloudflare:test";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { eventsOf } from "../../test/kit/attempts.ts";
import type { PortalBrowser } from "../../test/kit/gateway/portal-browser.ts";
import {
  answerIn,
  linkFor,
  newcomer,
  numberIn,
  REPLY,
  stsBrowser,
  stsVariables,
  usePassive,
} from "../../test/kit/sts-host.ts";
import { guardOf } from "../guards/route.ts";

let variables: Awaited<ReturnType<typeof stsVariables>>;
beforeAll(async () => {
  variables = await stsVariables();
  await usePassive("may");
});
afterEach(() => {
  vi.useRealTimers();
});

function pass(ms: number): void {
  const now = Date.now() + ms;
  vi.useFakeTimers({ toFake: ["Date"] });
  vi.setSystemTime(now);
}

const addressOf = (account: string): string => `${account}@contoso.test`;

/** Somebody with codes, and a session of the portal whose factors are fresh. */
async function owner(account: string): Promise<PortalBrowser> {
  const portal = await newcomer(account, variables);
  await portal.setUpCodes();
  return portal;
}

/** A browser at the page that shows a number. `waiting`: where it waits. */
async function waiting(account: string) {
  const browser = stsBrowser(variables);
  const link = linkFor();
  await browser.open(link);
  const asked = await browser.ask(addressOf(account));
  const wctx = new URLSearchParams(link.split("?")[1]).get("wctx") ?? "";
  const again = () => browser.get(`/passive/wait?${new URLSearchParams({ wctx })}`);
  return { browser, page: asked, number: numberIn(asked), again, look: () => browser.get("/passive/wait/look") };
}

const requestIn = ({ text }: { readonly text: string }): string =>
  /name="request" value="([^"]+)"/.exec(text)?.[1] ?? "";
const numbersIn = ({ text }: { readonly text: string }): number[] =>
  [...text.matchAll(/name="number" value="(\d+)"/g)].map(([, number]) => Number(number));

const pick = (portal: PortalBrowser, request: string, number: number) =>
  portal.post("/approve", { request, number: String(number) });

/** The page's events, the oldest first. */
async function reasonsOf(account: string): Promise<string[]> {
  const events = await eventsOf(guardOf(env, `sip:${account}@contoso.test`));
  return events.filter(({ channel }) => channel === "passive").map(({ outcome, reason }) => `${outcome} ${reason}`);
}

describe("S-91: an approval on another device", () => {
  it("lets in whoever shows the number that the person picks with a fresh factor, once", async () => {
    const portal = await owner("approve.good");
    const { page, number, again, look, browser } = await waiting("approve.good");
    expect([page.status, number >= 10, answerIn(page)]).toEqual([200, true, undefined]);
    expect([(await look()).status, answerIn(await again())]).toEqual([204, undefined]);
    expect((await portal.get("/")).text).toContain('href="/approve"');
    const shown = await portal.get("/approve");
    expect(numbersIn(shown)).toHaveLength(6);
    expect(numbersIn(shown)).toContain(number);
    const approved = await pick(portal, requestIn(shown), number);
    expect([approved.status, approved.text.includes("Approved")]).toEqual([200, true]);
    expect((await look()).status).toBe(200);
    const answer = answerIn(await again());
    expect(answer?.action).toBe(REPLY);
    expect(answer?.wresult).toContain("http://schemas.microsoft.com/claims/multipleauthn");
    expect(await reasonsOf("approve.good")).toEqual(["signed-in portal-signed-in", "changed passive-token-issued"]);
    expect(answerIn(await again())).toBeUndefined(); // it was used
    expect(answerIn(await browser.get(linkFor()))?.action).toBe(REPLY); // now there is a session
    expect((await portal.get("/security")).text).toContain("an approval, for Lync");
  });

  it("asks the person for a fresh factor first, and the number waits meanwhile", async () => {
    const portal = await owner("approve.stale");
    pass(6 * 60_000);
    const { number, again } = await waiting("approve.stale");
    const shown = await portal.get("/approve");
    const asked = await pick(portal, requestIn(shown), number);
    expect([asked.status, asked.text.includes("Is it you?")]).toEqual([403, true]);
    expect(answerIn(await again())).toBeUndefined();
    expect(await reasonsOf("approve.stale")).toEqual([]);
  });

  it("ends with a wrong number, and nobody is let in", async () => {
    const portal = await owner("approve.wrong");
    const { number, again } = await waiting("approve.wrong");
    const shown = await portal.get("/approve");
    const wrong = numbersIn(shown).find((each) => each !== number) ?? 0;
    const answer = await pick(portal, requestIn(shown), wrong);
    expect([answer.status, answer.text.includes("another number")]).toEqual([409, true]);
    expect((await pick(portal, requestIn(shown), number)).status).toBe(409);
    expect([(await again()).status, answerIn(await again())]).toEqual([200, undefined]);
    expect(await reasonsOf("approve.wrong")).toEqual(["refused approval-wrong-number"]);
  });

  it("ends when the person says that it is somebody else, which counts as a failed attempt of that place", async () => {
    const portal = await owner("approve.no");
    const { again, look } = await waiting("approve.no");
    const declined = await portal.post("/approve/not-me", { request: requestIn(await portal.get("/approve")) });
    expect(declined.status).toBe(200);
    // Whoever asked learns nothing of it: the page waits as it does for nobody.
    expect([(await look()).status, (await again()).status, answerIn(await again())]).toEqual([204, 200, undefined]);
    expect(await reasonsOf("approve.no")).toEqual(["refused approval-declined"]);
    const { pairs } = await guardOf(env, "sip:approve.no@contoso.test").locks();
    expect(pairs.map(({ failures }) => failures)).toContain(1);
  });

  it("waits two minutes, and one request at a time: a second one from elsewhere is refused, and looks the same", async () => {
    const portal = await owner("approve.two");
    const first = await waiting("approve.two");
    const second = await waiting("approve.two");
    expect([second.page.status, second.number >= 10]).toEqual([200, true]);
    const shown = await portal.get("/approve");
    expect(numbersIn(shown)).toContain(first.number);
    expect(await reasonsOf("approve.two")).toEqual(["refused approval-waiting"]);
    pass(120_000);
    expect((await portal.get("/approve")).text).toContain("No sign-in waits for you now.");
    expect((await pick(portal, requestIn(shown), first.number)).status).not.toBe(200);
    expect([(await first.again()).status, (await second.again()).status]).toEqual([403, 403]);
    expect(await reasonsOf("approve.two")).toEqual(["refused approval-waiting", "refused approval-expired"]);
  });

  it("gives the answer to the browser that asked, and to no other one with its cookie", async () => {
    const portal = await owner("approve.thief");
    const { browser, number } = await waiting("approve.thief");
    const shown = await portal.get("/approve");
    await pick(portal, requestIn(shown), number);
    const thief = stsBrowser(variables);
    await thief.open();
    thief.cookies.set("__Host-postern-wait", browser.cookies.get("__Host-postern-wait") ?? "");
    const wctx = thief.fields().flow;
    expect(answerIn(await thief.get(`/passive/wait?${new URLSearchParams({ wctx })}`))).toBeUndefined();
  });

  it("S-22: a name that nobody has, and one that may not, get a number that waits as well", async () => {
    await newcomer("approve.no.sid", variables, null);
    for (const account of ["approve.nobody", "approve.no.sid"]) {
      const { page, number, again, look } = await waiting(account);
      expect([account, page.status, number >= 10]).toEqual([account, 200, true]);
      expect([account, (await look()).status]).toEqual([account, 204]);
      expect((await again()).status).toBe(200);
      pass(120_000);
      expect([account, (await again()).status]).toEqual([account, 403]);
      vi.useRealTimers();
    }
    expect(await reasonsOf("approve.no.sid")).toEqual(["refused passive-no-account"]);
  });

  it("S-22: a browser waits with a cookie of one length, whoever was named", async () => {
    await owner("approve.somebody");
    const lengths = new Set<number | undefined>();
    for (const account of ["approve.somebody", "approve.somebody.else.with.a.long.name", "approve.none"]) {
      const { browser } = await waiting(account);
      lengths.add(browser.cookies.get("__Host-postern-wait")?.length);
    }
    expect([...lengths]).toEqual([expect.any(Number)]);
  });

  it("drops a request when the person ends every session", async () => {
    const portal = await owner("approve.ended");
    const { number, again } = await waiting("approve.ended");
    const shown = await portal.get("/approve");
    await pick(portal, requestIn(shown), number);
    await portal.post("/security/sessions/end-others");
    expect(answerIn(await again())).toBeUndefined();
  });
});
