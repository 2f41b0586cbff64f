// Attacks on the browser's way at the edge, through the data plane: answers of the pool that are no acceptance, addresses
// that lead away, cookies that another host of the domain has set, and what changes while a sign-in is on its way.

import { describe, expect, it } from "vitest";
import { eventsOf } from "../../test/kit/attempts.ts";
import { HOST } from "../../test/kit/config.ts";
import { browser, newEdge, type PageUser, pageUser, STS_HOST, tokenFor } from "../../test/kit/passive.ts";
import type { Config } from "../config/config.ts";

const edge = newEdge();

const reasonsOf = async ({ guard }: PageUser): Promise<string[]> => (await eventsOf(guard)).map(({ reason }) => reason);

/** Goes up to the pool's answer to the token. */
async function brought(who: PageUser, mine = browser(edge.config)) {
  return { mine, answer: await mine.bring(await tokenFor(who, await mine.begin())) };
}

const answering =
  (status: number, headers: Readonly<Record<string, string>>, body: string | null = null) =>
  () =>
    new Response(body, { status, headers });

describe("S-97: only a session is an acceptance", () => {
  it.each([
    ["an error page with 200 and a cookie", answering(200, { "set-cookie": "ASP.NET_SessionId=x; path=/" }, "sorry")],
    [
      "a way to an error page, with a cookie",
      answering(302, { location: "/error.aspx?aspxerrorpath=/x", "set-cookie": "LB=1" }),
    ],
    [
      "a way to its own page, with a load balancer's cookie",
      answering(302, { location: "/PassiveAuth/PassiveAuth.aspx", "set-cookie": "LB=1" }),
    ],
    [
      "a way back to the token service",
      answering(302, { location: `https://${STS_HOST}/passive?wa=wsignin1.0`, "set-cookie": "LB=1" }),
    ],
    ["a page without a cookie", answering(200, {}, "welcome")],
  ])("not %s", async (_, answers) => {
    const who = await pageUser();
    edge.behind.does.answers = answers;
    const { mine, answer } = await brought(who);
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([503, []]);
    expect(await answer.text()).toContain("The sign-in did not finish");
    expect(mine.jar.has("__Host-pfs")).toBe(false);
    expect(await reasonsOf(who)).toEqual(["passive-token-issued", "passive-not-accepted"]);
    expect(edge.behind.posts).toHaveLength(1);
  });

  it.each([
    ["a pool whose sessions fail", answering(500, {})],
    ["one that leads the browser to an error page", answering(302, { location: "/e.aspx?x=1&aspxerrorpath=%2f" })],
  ])("not that of %s", async (_, shows) => {
    const who = await pageUser();
    edge.behind.does.shows = shows;
    expect((await brought(who)).answer.status).toBe(503);
  });

  it("but that of a pool which leads on at its own host", async () => {
    edge.behind.does.shows = answering(302, { location: "/PassiveAuth/Done.aspx" });
    expect((await brought(await pageUser())).answer.status).toBe(302);
  });
});

describe("S-97: nobody is led away", () => {
  it.each([
    "https://evil.test/",
    "//evil.test/",
    "/\\evil.test/",
    "https://web.contoso.test.evil.test/",
    `http://${HOST}/`,
    "data:text/html,x",
  ])("by a pool that answers a token with %s", async (location) => {
    const who = await pageUser();
    edge.behind.does.answers = (session) => {
      const answer = answering(302, { location })();
      for (const line of session) answer.headers.append("set-cookie", line);
      return answer;
    };
    const { answer } = await brought(who);
    expect([answer.status, answer.headers.get("location")]).toEqual([503, null]);
  });

  it("by the pool's page, when somebody made the link up", async () => {
    const { mine } = await brought(await pageUser());
    edge.behind.does.shows = answering(302, { location: "https://evil.test/" });
    const answer = await mine.begin("?ru=https%3a%2f%2fevil.test%2f");
    expect([answer.status, answer.headers.get("location")]).toEqual([503, null]);
  });
});

describe("S-97: a host beside the web host", () => {
  it("gets none of the pool's cookies, and no script does", async () => {
    const own = edge.behind.fetch;
    const wide = {
      ...edge.config,
      frontEnd: {
        fetch: async (asked: Parameters<Config["frontEnd"]["fetch"]>[0]) => {
          const answer = await own(asked);
          const lines = answer.headers
            .getSetCookie()
            .map((line) => `${line.split(";")[0]}; DOMAIN = contoso.test; path=/; SameSite=Lax`);
          const headers = new Headers(answer.headers);
          headers.delete("set-cookie");
          for (const line of lines) headers.append("set-cookie", line);
          return new Response(answer.body, { status: answer.status, headers });
        },
      },
    };
    const mine = browser(wide);
    const begun = await mine.begin();
    const answer = await mine.bring(await tokenFor(await pageUser(), begun));
    const lines = [...begun.headers.getSetCookie(), ...answer.headers.getSetCookie()];
    expect(lines.filter((line) => line.startsWith("FedAuth"))).toHaveLength(2);
    for (const line of lines) {
      expect(line).not.toMatch(/domain/i);
      expect(line).toMatch(/; Secure(?:;|$)/);
      expect(line).toMatch(/; HttpOnly(?:;|$)/);
    }
    expect(lines.find((line) => line.startsWith("FedAuth="))).toMatch(/; path=\/; SameSite=Lax; Secure; HttpOnly$/);
  });

  it.each([
    ["another case of the prefix", (name: string) => name.replace("__Host-", "__HOST-")],
    ["a vertical tab before the name", (name: string) => `\u000b${name}`],
  ])("cannot set a browser's session or nonce, with %s", async (_, spelt) => {
    const attacker = browser(edge.config);
    const token = await tokenFor(await pageUser(), await attacker.begin());
    const nonce = attacker.jar.get("__Host-pf") ?? "";
    const victim = browser(edge.config);
    victim.jar.set(spelt("__Host-pf"), nonce);
    expect((await victim.bring(token)).status).toBe(403);
    expect(edge.behind.posts).toHaveLength(0);
    await attacker.bring(token);
    for (const [name, value] of attacker.jar) victim.jar.set(name === "__Host-pfs" ? spelt(name) : name, value);
    expect((await victim.begin()).status).toBe(302); // to the page, as for a stranger
    expect((await attacker.begin()).status).toBe(200);
  });
});
