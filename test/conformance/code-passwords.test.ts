// App passwords that ask for a code (S-64), from outside: the person sets up an authenticator app in the portal, the
// help desk makes the app password, and clients sign in with both. In this file a code holds for one minute.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withAuthenticator, withCodePassword } from "../kit/gateway/code-password.ts";
import { portalBrowser } from "../kit/gateway/portal-browser.ts";
import { type Person, startTestGateway, type TestGateway } from "./support/gateway.ts";
import { signIn } from "./support/ntlm.ts";
import { operator } from "./support/operator.ts";
import { PASSWORD_CHANNELS } from "./support/passwords.ts";
import { shapeOf } from "./support/shape.ts";
import { WINDOWS_GRANT } from "./support/tickets.ts";

const HOLDS_MS = 60_000;
const people = ["ann", "ben", "cat", "don", "eve", "fox"];
const account = (name: string) => ({
  ...{ sipUri: `sip:${name}@contoso.test`, upn: `${name}@contoso.test`, domain: "CONTOSO", account: name },
});

let gateway: TestGateway;
beforeAll(async () => {
  const variables = { PASSWORD_CODE_MINUTES: String(HOLDS_MS / 60_000) };
  gateway = await startTestGateway({
    moreUsers: people.map(account),
    variables,
    simulator: { newcomersAt: "contoso.test" },
  });
});
afterAll(() => gateway?.stop());

const command = (...argv: readonly string[]): Promise<unknown> => operator(gateway, ...argv);

/** A person with an app and an app password that asks for its codes. `typed`: what the person types now. */
async function withCode(name: string) {
  const { app, id, password } = await withCodePassword(gateway, command, `${name}@contoso.test`);
  const who: Person = { ...account(name), password };
  return { who, id, password, code: () => app.code() };
}

let places = 0;
const place = () => ({ "cf-connecting-ip": `198.51.100.${++places}` });
type Place = ReturnType<typeof place>;

const ntlm = (who: Person, password: string, headers: Place, request = WINDOWS_GRANT) =>
  signIn({ send: (each) => gateway.send({ ...each, headers: { ...each.headers, ...headers } }) }, request, who, {
    password,
  });

async function reasonsOf(name: string): Promise<readonly string[]> {
  const events = (await command("audit", "--user", `${name}@contoso.test`)) as { reason: string }[];
  return events.map(({ reason }) => reason);
}

/** The reason arrives in D1 a moment after the answer. */
const expectReason = (name: string, reason: string) => expect.poll(() => reasonsOf(name)).toContain(reason);

describe("S-64: an app password that asks for a code", () => {
  it("holds for its place and its time only: not elsewhere, and not later", async () => {
    const { who, password, code } = await withCode("ann");
    const [home, elsewhere] = [place(), place()];
    const typed = password + code();
    const before = Date.now();
    const both = await Promise.all([ntlm(who, typed, home), ntlm(who, typed, home)]); // at one moment
    expect(both.map(({ status }) => status)).toEqual([200, 200]);
    expect((await ntlm(who, typed, elsewhere)).status).toBe(401);
    await expectReason("ann", "code-used");
    await new Promise((resolve) => setTimeout(resolve, before + HOLDS_MS + 2_000 - Date.now()));
    expect((await ntlm(who, typed, home)).status).toBe(401);
    code(); // the oldest that is good now may not be in a moment
    expect((await ntlm(who, password + code(), home)).status).toBe(200);
  });

  it.each(PASSWORD_CHANNELS.map((channel, at) => [channel.name, channel, people[at + 1] ?? ""] as const))(
    "goes over %s, once",
    async (_, channel, name) => {
      const { who, password, code } = await withCode(name);
      const typed = password + code();
      const send = (password: string, headers: Place) => {
        const request = channel.request(who.upn, password);
        return gateway.send({ ...request, headers: { ...request.headers, ...headers } });
      };
      const home = place();
      expect(channel.ticketIn(await send(typed, home))).not.toBe("");
      expect(channel.ticketIn(await send(typed, home))).not.toBe("");
      const wrong = shapeOf(await send("not the password", place()));
      expect(shapeOf(await send(typed, place()))).toEqual(wrong);
      expect(shapeOf(await send(password, place()))).toEqual(wrong);
      expect(shapeOf(await send(`${password}000000`, place()))).toEqual(wrong);
      for (const reason of ["code-used", "code-missing", "code-wrong"]) await expectReason(name, reason);
    },
  );

  it("is refused over NTLM as a wrong password is, whatever is wrong with the code (S-22)", async () => {
    const { who, password, code } = await withCode("don");
    const home = place();
    const used = password + code();
    expect((await ntlm(who, used, home)).status).toBe(200);
    const answers = [used, password, `${password}12345`, code(), "not the password"];
    const shapes = await Promise.all(answers.map(async (each) => shapeOf(await ntlm(who, each, place()))));
    expect(new Set(shapes.map((each) => JSON.stringify(each))).size).toBe(1);
    expect(gateway.log.join("\n")).not.toContain(password);
  });

  it("does not take a code that has signed somebody in to the portal", async () => {
    const { who, password, code } = await withCode("eve");
    const used = code();
    expect((await portalBrowser(gateway).signIn(who.upn, used)).status).toBe(303);
    expect((await ntlm(who, password + used, place())).status).toBe(401);
    await expectReason("eve", "code-used");
    const next = code();
    expect((await ntlm(who, password + next, place())).status).toBe(200);
    expect((await portalBrowser(gateway).signIn(who.upn, next)).status).toBe(403);
  });

  it("is not made for somebody without an authenticator app, and the command says what to do", async () => {
    const create = () => command("password", "create", "fox@contoso.test", "--with-code");
    await expect(create()).rejects.toThrow(/no authenticator app[\s\S]*in the portal, under Security/);
    await withAuthenticator(gateway, command, "fox@contoso.test");
    expect(await create()).toMatchObject({ asksCode: true });
  });
});
