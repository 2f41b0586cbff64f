// S-37 inside workerd. Here each thing that Postern depends on can be made to fail by itself: database, guard,
// connector, Front-End. After each failure the answer is 503 with a time to come back, and nothing passes.

import { env as workerEnv } from "cloudflare:workers";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { clientAuthenticate, clientNegotiate, PROFILES } from "../../test/kit/ntlm-client.ts";
import { app } from "../app.ts";
import type { Env } from "../config/env.ts";
import { generateAppPassword, ntHashesOf } from "../core/credentials/app-password.ts";
import { sealHashes } from "../core/credentials/sealed-hash.ts";
import { type Keyring, parseKeyring } from "../core/crypto/keyring.ts";
import { sourceGuardOf } from "../guards/route.ts";
import { openDatabase } from "../store/database.ts";
import { addAppPassword, addUser } from "../store/directory.ts";
import { newCredentialId } from "../store/ids.ts";
import { sealTicket } from "../ticket/envelope.ts";

const WEB = "https://web.contoso.test";
const TOKEN_SERVICE = `${WEB}/WebTicket/oauthtoken`;
const password = generateAppPassword();
let keyring: Keyring;

beforeEach(() => {
  vi.spyOn(console, "log").mockImplementation(() => undefined); // Postern logs each fault, and there are many here
});

beforeAll(async () => {
  const parsed = parseKeyring(workerEnv.SEALING_KEYS);
  if (!parsed.ok) throw new Error(parsed.reason);
  keyring = parsed.value;
  const db = openDatabase(workerEnv.DB);
  const who = { sipUri: "sip:dave@contoso.test", upn: "dave@contoso.test", account: "CONTOSO\\dave" };
  const added = await addUser(db, who, Date.now());
  if (!added.ok) throw new Error(added.reason);
  const id = newCredentialId();
  const place = { userId: added.value.id, credentialId: id };
  const ntHashes = sealHashes(keyring, place, ntHashesOf(password));
  await addAppPassword(db, { id, userId: place.userId, label: "test", ntHashes }, Date.now());
});

type Asked = { readonly request: Request };
const fetcher = (answer: (request: Request) => Response | Promise<Response>, asked: Asked[] = []): Fetcher =>
  ({
    fetch: async (input: RequestInfo, init?: RequestInit) => {
      const request = new Request(input, init);
      asked.push({ request });
      return answer(request);
    },
  }) as unknown as Fetcher;

const token = { access_token: "cwt=AAEBfrontend", expires_in: 3600, token_type: "Bearer" };
const connector = fetcher(() => Response.json({ authorization: "Negotiate YII=" }));
const origin = fetcher(() => Response.json(token));

const world = (changes: Partial<Env> = {}): Env => ({
  ...(workerEnv as unknown as Env),
  CONNECTOR: connector,
  CONNECTOR_SECRET: "secret",
  ORIGIN: origin,
  ...changes,
});
const ask = async (request: Request, env: Env): Promise<Response> => app.fetch(request, env);

const post = (authorization?: string): Request =>
  new Request(TOKEN_SERVICE, {
    method: "POST",
    body: "grant_type=urn:microsoft.rtc:windows",
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      ...(authorization === undefined ? {} : { authorization }),
    },
  });

/** Both legs of a sign-in; the first one needs nothing that could fail. */
async function signIn(env: Env, how: { readonly user?: string; readonly password?: string } = {}): Promise<Response> {
  const type1 = clientNegotiate(PROFILES.sipe);
  const challenge = await ask(post(`NTLM ${Buffer.from(type1).toString("base64")}`), env);
  const type2 = Buffer.from(challenge.headers.get("www-authenticate")?.slice("NTLM ".length) ?? "", "base64");
  const type3 = clientAuthenticate(PROFILES.sipe, {
    type1,
    type2,
    user: how.user ?? "dave",
    domain: "CONTOSO",
    password: how.password ?? password,
    workstation: "PC",
    now: Date.now(),
  });
  return ask(post(`NTLM ${Buffer.from(type3).toString("base64")}`), env);
}

async function expectUnavailable(answer: Response): Promise<void> {
  expect([answer.status, await answer.text()]).toEqual([503, ""]);
  expect(answer.headers.get("retry-after")).toMatch(/^[1-9]\d*$/);
  expect(JSON.stringify([...answer.headers])).not.toMatch(/contoso|sql|durable|exception/i);
}

const broken = (): never => {
  throw new Error("D1_ERROR: no such table: names at fe01.contoso.local");
};
const failingDatabase = { prepare: broken, batch: broken, exec: broken, dump: broken } as unknown as D1Database;
const guardsThat = (fail: () => never): Env["USER_GUARD"] =>
  ({
    getByName: () => ({ signIn: fail, refuseStranger: fail, verdictOn: fail, rememberTicket: fail }),
  }) as unknown as Env["USER_GUARD"];
const networkGuardsThat = (fail: () => never): Env["SOURCE_GUARD"] =>
  ({ getByName: () => ({ reserve: fail, settle: fail, recordStranger: fail }) }) as unknown as Env["SOURCE_GUARD"];
const rejecting = (): never => Promise.reject(new Error("Durable Object reset")) as never;

/** Guards with some methods replaced. */
function withCalls<T extends Env["USER_GUARD"] | Env["SOURCE_GUARD"]>(
  guards: T,
  changes: Record<string, () => never>,
): T {
  return new Proxy(guards, {
    get: (target, key) =>
      key !== "getByName"
        ? Reflect.get(target, key)
        : (name: string) =>
            new Proxy(target.getByName(name), {
              get: (guard, method) => changes[String(method)] ?? Reflect.get(guard, method),
            }),
  });
}

/** A password, as OAuth sends it. */
const grant = (env: Env, username: string, typed: string): Promise<Response> => {
  const body = new URLSearchParams({ grant_type: "password", username, password: typed }).toString();
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  return ask(new Request(TOKEN_SERVICE, { method: "POST", body, headers }), env);
};

describe("a user without a UPN", () => {
  it("is signed on under no other name: 503, and the connector is not asked", async () => {
    await workerEnv.DB.prepare("UPDATE users SET upn = NULL WHERE sip_uri = 'sip:dave@contoso.test'").run();
    const asked: Asked[] = [];
    const env = world({ CONNECTOR: fetcher(() => Response.json({ authorization: "Negotiate YII=" }), asked) });
    await expectUnavailable(await signIn(env));
    expect(asked).toEqual([]);
    await workerEnv.DB.prepare("UPDATE users SET upn = 'dave@contoso.test' WHERE upn IS NULL").run();
    expect((await signIn(env)).status).toBe(200);
    expect(asked.length).toBe(1);
  });
});

describe("S-37: each thing a sign-in depends on", () => {
  it("works: the ticket goes out in an envelope", async () => {
    const answer = await signIn(world());
    expect(answer.status).toBe(200);
    const { access_token: text } = (await answer.json()) as typeof token;
    expect(text).toMatch(/^cwt=/);
    expect(text).not.toContain("frontend");
  });

  const asked: Asked[] = [];
  const witness = fetcher(() => Response.json(token), asked);
  it.each([
    ["the database fails", { DB: failingDatabase }],
    ["the guard cannot be called", { USER_GUARD: guardsThat(broken) }],
    ["the guard does not answer", { USER_GUARD: guardsThat(rejecting) }],
    ["the guards cannot be found", { USER_GUARD: { getByName: broken } as unknown as Env["USER_GUARD"] }],
    ["the network's guard cannot be called", { SOURCE_GUARD: networkGuardsThat(broken) }],
    ["the network's guard does not answer", { SOURCE_GUARD: networkGuardsThat(rejecting) }],
    ["the networks' guards cannot be found", { SOURCE_GUARD: { getByName: broken } as unknown as Env["SOURCE_GUARD"] }],
    ["the connector is down", { CONNECTOR: fetcher(() => Promise.reject(new Error("Network connection lost."))) }],
    ["the connector does not know the user", { CONNECTOR: fetcher(() => new Response("", { status: 404 })) }],
    ["the connector talks nonsense", { CONNECTOR: fetcher(() => new Response("<html>")) }],
    ["the connector offers NTLM", { CONNECTOR: fetcher(() => Response.json({ authorization: "NTLM TlRM" })) }],
  ])("%s: 503, and the Front-End is not asked", async (_, changes) => {
    asked.length = 0;
    await expectUnavailable(await signIn(world({ ORIGIN: witness, ...changes })));
    expect(asked).toEqual([]);
  });

  it.each([
    ["is down", () => Promise.reject(new Error("Network connection lost."))],
    [
      "does not take the sign-on",
      () => new Response("401 fe01", { status: 401, headers: { "www-authenticate": "NTLM" } }),
    ],
    ["answers what is no ticket", () => Response.json({ token: "x" })],
    ["answers a page", () => new Response("<html>welcome</html>")],
    ["answers nothing", () => new Response(null)],
    [
      "answers in another charset",
      () => new Response("{}", { headers: { "content-type": "text/json; charset=utf-16" } }),
    ],
    ["answers without end", () => new Response("x".repeat(300 * 1024))],
    ["answers a ticket that has expired", () => Response.json({ ...token, expires_in: 0 })],
    ["breaks off in the middle", () => new Response(brokenOff())],
  ])("the Front-End %s: 503, and no ticket", async (_, answer) => {
    await expectUnavailable(await signIn(world({ ORIGIN: fetcher(answer) })));
  });

  it("the guard cannot remember the ticket: 503, because it could not be revoked", async () => {
    const real = workerEnv.USER_GUARD as unknown as Env["USER_GUARD"];
    const forgetful = {
      getByName: (name: string) => ({
        signIn: (attempt: never) => real.getByName(name).signIn(attempt),
        rememberTicket: rejecting,
      }),
    } as unknown as Env["USER_GUARD"];
    await expectUnavailable(await signIn(world({ USER_GUARD: forgetful })));
  });

  it("a wrong password stays a refusal when everything behind it is down", async () => {
    const down = fetcher(() => Promise.reject(new Error("down")));
    const answer = await signIn(world({ ORIGIN: down, CONNECTOR: down }), { password: "wrong" });
    expect([answer.status, answer.headers.get("www-authenticate")]).toEqual([401, "NTLM"]);
  });

  /** The real guards, with one call replaced. */
  const usersGuards = (changes: Record<string, () => never>) =>
    withCalls(workerEnv.USER_GUARD as unknown as Env["USER_GUARD"], changes);
  const networksGuards = (changes: Record<string, () => never>) =>
    withCalls(workerEnv.SOURCE_GUARD as unknown as Env["SOURCE_GUARD"], changes);

  it("S-24: the user's guard is overloaded: 503, and nothing is counted against the network", async () => {
    const headers = { "content-type": "application/x-www-form-urlencoded", "cf-connecting-ip": "198.51.100.77" };
    const body = "grant_type=password&username=dave%40contoso.test&password=x";
    const env = world({ USER_GUARD: usersGuards({ signIn: rejecting }) });
    await expectUnavailable(await ask(new Request(TOKEN_SERVICE, { method: "POST", body, headers }), env));
    const network = sourceGuardOf(workerEnv as unknown as Env, "198.51.100.77");
    await expect.poll(async () => (await network.lock()).level).toBe(0);
  });

  it("the network's guard cannot take back a success: the ticket goes out all the same", async () => {
    const logged = vi.spyOn(console, "log").mockImplementation(() => undefined);
    expect((await signIn(world({ SOURCE_GUARD: networksGuards({ settle: rejecting }) }))).status).toBe(200);
    await expect
      .poll(() => logged.mock.calls.map(([line]) => JSON.parse(line)))
      .toContainEqual(expect.objectContaining({ event: "unavailable", reason: "settle" }));
  });

  it("the network's guard cannot take back a repeated mistake: it stays a refusal", async () => {
    const env = world({ SOURCE_GUARD: networksGuards({ settle: rejecting }) });
    for (let i = 0; i < 2; i++) expect((await grant(env, "dave@contoso.test", "wrong")).status).toBe(400);
  });

  it.each([
    ["the network's guard has no room for its event", { SOURCE_GUARD: networksGuards({ recordStranger: rejecting }) }],
    ["nobody does the work", { USER_GUARD: usersGuards({ refuseStranger: rejecting }) }],
    ["the database fails", { DB: failingDatabase }],
  ])("a name that belongs to nobody, and %s: 503, because a refusal has to be in the audit", async (_, changes) => {
    await expectUnavailable(await signIn(world(changes), { user: "nobody" }));
    await expectUnavailable(await grant(world(changes), "nobody@contoso.test", "x"));
  });

  it("S-39: the guard cannot keep the event of a sign-in that failed behind it: 503, and no pass", async () => {
    const env = world({
      USER_GUARD: usersGuards({ recordEnd: rejecting }),
      CONNECTOR: fetcher(() => Promise.reject(new Error("Network connection lost."))),
    });
    await expectUnavailable(await signIn(env));
  });

  it("S-22: with a part of it down, an unknown name and a known one get the same 503", async () => {
    for (const changes of [
      { DB: failingDatabase },
      { USER_GUARD: guardsThat(rejecting) },
      { SOURCE_GUARD: networkGuardsThat(rejecting) },
    ]) {
      const answers = [await signIn(world(changes)), await signIn(world(changes), { user: "nobody" })];
      const [known, unknown] = answers.map(({ status, headers }) => [
        status,
        [...headers].map(([name, value]) => (name === "x-request-id" ? name : [name, value])),
      ]);
      expect(unknown).toEqual(known);
    }
  });
});

function brokenOff(): ReadableStream<Uint8Array> {
  return new ReadableStream({
    pull(controller) {
      controller.enqueue(new TextEncoder().encode('{"access_token":"cwt=AAE'));
      controller.error(new Error("the connection was closed"));
    },
  });
}

describe("S-37: each thing a ticketed request depends on", () => {
  const ticketed = (id: string): Request => {
    const ticket = {
      kind: "user",
      sipUri: "sip:dave@contoso.test",
      id,
      expiresAt: Date.now() + 60_000,
      inner: "AAEB",
      pool: "",
    } as const;
    const headers = { authorization: `Bearer cwt=${sealTicket(keyring, ticket)}` };
    return new Request(`${WEB}/ucwa/oauth/v1/applications/1`, { headers });
  };

  it.each([
    ["cannot be called", guardsThat(broken)],
    ["does not answer", guardsThat(rejecting)],
  ])("the guard %s: 503, and the Front-End is not asked", async (name, guards) => {
    const asked: Asked[] = [];
    const env = world({ USER_GUARD: guards, ORIGIN: fetcher(() => new Response("secret"), asked) });
    await expectUnavailable(await ask(ticketed(name), env));
    expect(asked).toEqual([]);
  });

  it.each([
    ["fails in the middle of its work", "x is not a function", false],
    ["is of release 0.1.0", 'The RPC receiver does not implement the method "verdictOn".', true],
  ])("the guard %s: whether it is asked in the old way", async (_, fault, isAskedAgain) => {
    const judge = vi.fn(async () => ({ kind: "served" }));
    const guard = { verdictOn: () => Promise.reject(new TypeError(fault)), judge };
    const USER_GUARD = { getByName: () => guard } as unknown as Env["USER_GUARD"];
    const answer = await ask(ticketed(fault), world({ USER_GUARD }));
    expect([answer.status, judge.mock.calls.length]).toEqual(isAskedAgain ? [200, 1] : [503, 0]);
  });

  it("the guard does not know the ticket: the challenge, and the Front-End is not asked", async () => {
    const asked: Asked[] = [];
    const answer = await ask(
      ticketed("never relayed"),
      world({ ORIGIN: fetcher(() => new Response("secret"), asked) }),
    );
    expect([answer.status, asked]).toEqual([401, []]);
  });

  it("the database is not asked at all", async () => {
    expect((await ask(ticketed("never relayed"), world({ DB: failingDatabase }))).status).toBe(401);
  });
});

describe("S-37: the Front-End behind an open row", () => {
  const open = (init: RequestInit = {}): Request => new Request(`${WEB}/CollabContent/x`, init);

  it("is down: 503", async () => {
    await expectUnavailable(await ask(open(), world({ ORIGIN: fetcher(() => Promise.reject(new Error("down"))) })));
  });

  it("answers chunk by chunk: so does the gateway", async () => {
    const { readable, writable } = new IdentityTransformStream();
    const answer = await ask(open(), world({ ORIGIN: fetcher(() => new Response(readable)) }));
    const writer = writable.getWriter();
    const reader = answer.body?.getReader();
    for (const text of ["first", "second", "third"]) {
      const written = writer.write(new TextEncoder().encode(text));
      expect(new TextDecoder().decode((await reader?.read())?.value)).toBe(text);
      await written;
    }
    await writer.close();
    expect((await reader?.read())?.done).toBe(true);
  });

  it("breaks off in the middle of an answer: the client's connection breaks too, and it gets no whole answer", async () => {
    const answer = await ask(open(), world({ ORIGIN: fetcher(() => new Response(brokenOff())) }));
    await expect(answer.text()).rejects.toThrow();
  });

  it("S-34: is disconnected when a body of unknown length breaks off, or grows too long", async () => {
    const tooLong = (): ReadableStream<Uint8Array> => {
      let left = 130;
      return new ReadableStream({
        pull: (controller) => (left-- > 0 ? controller.enqueue(new Uint8Array(1024 * 1024)) : controller.close()),
      });
    };
    for (const [body, status] of [
      [brokenOff(), 400],
      [tooLong(), 413],
    ] as const) {
      const signals: (AbortSignal | null | undefined)[] = [];
      const reading = {
        fetch: async (_input: RequestInfo, init?: RequestInit) => {
          signals.push(init?.signal);
          await new Response(init?.body).arrayBuffer();
          return new Response("took it for whole");
        },
      } as unknown as Fetcher;
      const answer = await ask(open({ method: "POST", body }), world({ ORIGIN: reading }));
      expect([answer.status, signals.map((signal) => signal?.aborted)]).toEqual([status, [true]]);
    }
  });
});

describe("plain http", () => {
  it("opens discovery and meetings only, unless a local run allows more", async () => {
    const status = async (path: string, env = world()): Promise<number> =>
      (await ask(new Request(`http://web.contoso.test${path}`), env)).status;
    for (const path of ["/WebTicket/oauthtoken", "/WebTicket/WebTicketService.svc", "/abs/", "/ucwa/v1/x"]) {
      expect([await status(path), await status(path, world({ PLAIN_HTTP: "allow" }))], path).toEqual([404, 401]);
    }
    expect(await status("/meet/x")).toBe(200);
  });
});
