// Sign-on by Postern's own token service against a pool that a test scripts, request by request. The black-box tests
// (test/conformance/passive-sign-on.test.ts) ask the simulated pool, which judges tokens.

import { beforeAll, describe, expect, it } from "vitest";
import { DOMAIN_SID, keysOf, SID, tokenKeyEntries } from "../../test/kit/token-keys.ts";
import { tokenFault } from "../core/lync/web-ticket.ts";
import type { TokenKey } from "../core/sts/keys.ts";
import type { FrontEndRequest } from "./front-end.ts";
import { type PassiveTarget, passiveSignOn } from "./passive-sign-on.ts";
import type { RequestCredentials } from "./sign-on.ts";

const HOST = "web.contoso.test";
const REALM = `https://${HOST}/passiveauth`;
const PAGE = "/PassiveAuth/PassiveAuth.aspx";
const MEX = "/WebTicket/WebTicketService.svc/mex";
const SERVICE = "/WebTicket/WebTicketAdvancedService.svc";
const ALICE = { upn: "alice@contoso.test", sid: SID };
const MINUTE = 60_000;

let key: TokenKey;
beforeAll(async () => {
  const [made] = await keysOf(...(await tokenKeyEntries(1)));
  if (made === undefined) throw new Error("no key");
  key = made;
});

const metadata = (...ports: readonly string[]) =>
  `<definitions><service>${ports.map((port) => `<port name="${port}"><address location="https://${HOST}${SERVICE}/${port}"/></port>`).join("")}</service></definitions>`;

const redirect = (changes: Readonly<Record<string, string>> = {}, at = "https://sts.contoso.test/passive") => {
  const query = new URLSearchParams({ wa: "wsignin1.0", wtrealm: REALM, wctx: "rm=0&id=passive", ...changes });
  return new Response(null, {
    status: 302,
    headers: { location: `${at}?${query}`, "set-cookie": "MS-WSMAN=fe01; path=/" },
  });
};
const session = (): Response => {
  const headers = new Headers({ location: PAGE });
  for (const line of ["FedAuth=one; path=/; HttpOnly", "FedAuth1=two; path=/PassiveAuth"])
    headers.append("set-cookie", line);
  return new Response(null, { status: 302, headers });
};
const never = (signal: AbortSignal | undefined) =>
  new Promise<Response>((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));
const broken = (): Promise<Response> => Promise.reject(new Error("Network connection lost."));

type Answer = (request: FrontEndRequest) => Response | Promise<Response>;

/** A pool that answers so, and counts. Every default is that of a pool that works. */
function scripted(script: { mex?: Answer; page?: Answer; post?: Answer } = {}, changes: Partial<PassiveTarget> = {}) {
  const asked: FrontEndRequest[] = [];
  let time = Date.now();
  const answers: Record<string, Answer> = {
    [`GET ${MEX}`]: script.mex ?? (() => new Response(metadata("WsFedPassive"))),
    [`GET ${PAGE}`]: script.page ?? (() => redirect()),
    [`POST ${PAGE}`]: script.post ?? (() => session()),
  };
  const target: PassiveTarget = {
    ...{ webHost: HOST, issuer: "http://sts.contoso.test/postern", tokenMinutes: 5, withinMs: 60_000 },
    expected: { host: "sts.contoso.test", realm: REALM, reply: `https://${HOST}${PAGE}`, plainHttp: false },
    ...{ domainSids: [DOMAIN_SID], deniedSids: [], keys: async () => [key] },
    frontEnd: {
      fetch: async (request) => {
        asked.push(request);
        const answer = answers[`${request.method} ${request.pathAndQuery}`];
        if (answer === undefined) throw new Error(`not expected: ${request.pathAndQuery}`);
        return answer(request);
      },
    },
    ...changes,
  };
  const signOn = passiveSignOn(target, () => time);
  return {
    asked,
    signOn,
    /** What was asked since the last call. */
    steps: () => asked.splice(0).map(({ method, pathAndQuery }) => `${method} ${pathAndQuery}`),
    later: (ms: number) => {
      time += ms;
    },
    soap: (user: Parameters<typeof signOn.credentialsFor>[0] = ALICE, afterRejection = false) =>
      signOn.credentialsFor(user, { service: "soap", afterRejection }),
    oauth: (user: Parameters<typeof signOn.credentialsFor>[0] = ALICE) =>
      signOn.credentialsFor(user, { service: "oauth", afterRejection: false }),
  };
}

const good = async (answer: ReturnType<ReturnType<typeof scripted>["soap"]>): Promise<RequestCredentials> => {
  const credentials = await answer;
  if (!credentials.ok) throw new Error(credentials.reason);
  return credentials.value;
};
const PORTS = [`GET ${MEX}`];
const VISIT = [`GET ${PAGE}`, `POST ${PAGE}`];
const WORDED = Buffer.from("<s:Envelope><s:Body>order</s:Body></s:Envelope>");

describe("S-96: a client of SOAP", () => {
  it("is signed on at the port for sessions, with every cookie of this one sign-on and Postern's own request", async () => {
    const { soap, steps } = scripted();
    const { headers, path, body, account } = await good(soap());
    expect({ headers, path, body, account }).toEqual({
      headers: { cookie: "MS-WSMAN=fe01; FedAuth=one; FedAuth1=two" },
      ...{ path: `${SERVICE}/WsFedPassive`, body: undefined, account: SID },
    });
    expect(steps()).toEqual([...PORTS, ...VISIT]);
  });

  it("is signed on with the token in the message where only that port is, and the pool's page is not asked", async () => {
    const { soap, steps } = scripted({ mex: () => new Response(metadata("WsFedBearer")) });
    const { headers, path, body, account } = await good(soap());
    expect({ headers, path, account }).toEqual({ headers: {}, path: `${SERVICE}/WsFedBearer`, account: SID });
    const message = Buffer.from(body?.(WORDED) ?? []).toString("utf8");
    expect(message).toMatch(
      /^<s:Envelope><s:Header><wsse:Security [^>]*s:mustUnderstand="1"><wsu:Timestamp .*<\/wsu:Timestamp><saml:Assertion .*<\/saml:Assertion><\/wsse:Security><\/s:Header><s:Body>order<\/s:Body><\/s:Envelope>$/,
    );
    expect(message.split(SID)).toHaveLength(2);
    expect(steps()).toEqual(PORTS);
  });

  it("costs no look at the metadata again for ten minutes", async () => {
    const { soap, steps, later } = scripted();
    await good(soap());
    later(9 * MINUTE);
    await good(soap());
    expect(steps()).toEqual([...PORTS, ...VISIT, ...VISIT]);
    later(2 * MINUTE);
    await good(soap());
    expect(steps()).toEqual([...PORTS, ...VISIT]);
  });

  it("is asked of the other port after the first one refused, and the metadata is read again", async () => {
    const { soap, steps } = scripted({ mex: () => new Response(metadata("WsFedBearer", "WsFedPassive")) });
    expect((await good(soap())).path).toBe(`${SERVICE}/WsFedPassive`);
    expect((await good(soap(ALICE, true))).path).toBe(`${SERVICE}/WsFedBearer`);
    expect(steps()).toEqual([...PORTS, ...VISIT, ...PORTS]);
  });

  it("gets a new token for each sign-on", async () => {
    const posted: string[] = [];
    const { soap } = scripted({
      post: ({ body }) => {
        posted.push(Buffer.from(body as Uint8Array).toString("utf8"));
        return session();
      },
    });
    await good(soap());
    await good(soap(ALICE, true));
    const ids = posted.map((form) => /AssertionID="([^"]+)"/.exec(new URLSearchParams(form).get("wresult") ?? "")?.[1]);
    expect(new Set(ids).size).toBe(2);
  });

  it.each([
    ["names no port for it", () => new Response(metadata("WebTicketServiceWinNegotiate"))],
    ["has no metadata", () => new Response("no", { status: 404 })],
    ["wants a password for it", () => new Response("no", { status: 401 })],
    ["answers with a page", () => new Response("<html><body>Error<br></body></html>")],
    ["answers with too much", () => new Response("<definitions>".padEnd(400 * 1024, " "))],
    ["sends elsewhere", () => new Response(null, { status: 302, headers: { location: "https://evil.test/mex" } })],
    ["names a port elsewhere", () => new Response(metadata("WsFedPassive").replace(SERVICE, "/Collect"))],
  ])("is refused where the pool %s", async (_, mex) => {
    const { soap, steps } = scripted({ mex });
    expect(await soap()).toEqual({ ok: false, reason: "sts-no-soap" });
    expect(steps()).toEqual(PORTS);
  });

  it("is tried again a minute after the pool named no port", async () => {
    let names: readonly string[] = [];
    const { soap, later, steps } = scripted({ mex: () => new Response(metadata(...names)) });
    expect(await soap()).toEqual({ ok: false, reason: "sts-no-soap" });
    names = ["WsFedPassive"];
    expect(await soap()).toEqual({ ok: false, reason: "sts-no-soap" });
    expect(steps()).toEqual(PORTS);
    later(MINUTE);
    expect(await soap()).toMatchObject({ ok: true });
  });

  it.each<[string, Answer]>([
    ["does not answer", broken],
    ["has a fault", () => new Response("no", { status: 500 })],
    ["is away behind its tunnel", () => new Response("no", { status: 502 })],
  ])("is refused where the pool %s, and that is not kept", async (_, mex) => {
    let answer = mex;
    const { soap } = scripted({ mex: (request) => answer(request) });
    expect(await soap()).toEqual({ ok: false, reason: "sts-unreachable" });
    answer = () => new Response(metadata("WsFedPassive"));
    expect(await soap()).toMatchObject({ ok: true });
  });
});

describe("S-93: before the request for the ticket", () => {
  const every = [
    ["oauth", "oauth"],
    ["soap", "soap"],
  ] as const;

  it.each(every)("a pool that is slow anywhere ends the sign-on in time (%s)", async (_, service) => {
    for (const script of [{ page: never }, { post: never }, ...(service === "soap" ? [{ mex: never }] : [])]) {
      const slow = Object.fromEntries(
        Object.entries(script).map(([at, hang]) => [at, ({ signal }: FrontEndRequest) => hang(signal)]),
      );
      expect(await scripted(slow, { withinMs: 50 })[service]()).toEqual({ ok: false, reason: "sts-unreachable" });
    }
  });

  it("metadata that begins and does not end is no answer", async () => {
    const endless: Answer = () =>
      new Response(new ReadableStream({ start: (controller) => controller.enqueue(Buffer.from("<definitions>")) }));
    expect(await scripted({ mex: endless }, { withinMs: 50 }).soap()).toEqual({ ok: false, reason: "sts-unreachable" });
  });

  it.each<[string, string, Parameters<typeof scripted>[0]]>([
    ["a page that cannot be reached", "sts-unreachable", { page: broken }],
    ["a page behind a dead tunnel", "sts-unreachable", { page: () => new Response("", { status: 503 }) }],
    ["a page that answers 200", "sts-redirect-unexpected", { page: () => new Response("<html>Error</html>") }],
    ["a page that answers 500", "sts-redirect-unexpected", { page: () => new Response("", { status: 500 }) }],
    [
      "a redirect to another host",
      "sts-redirect-unexpected",
      { page: () => redirect({}, "https://evil.test/passive") },
    ],
    [
      "a redirect to a longer host",
      "sts-redirect-unexpected",
      { page: () => redirect({}, "https://sts.contoso.test.evil.test/passive") },
    ],
    [
      "a redirect without TLS",
      "sts-redirect-unexpected",
      { page: () => redirect({}, "http://sts.contoso.test/passive") },
    ],
    ["a redirect for another pool", "sts-redirect-unexpected", { page: () => redirect({ wtrealm: `${REALM}/` }) }],
    [
      "a redirect with another reply",
      "sts-redirect-unexpected",
      { page: () => redirect({ wreply: "https://evil.test/" }) },
    ],
    ["a redirect that signs out", "sts-redirect-unexpected", { page: () => redirect({ wa: "wsignout1.0" }) }],
    ["an oversize redirect", "sts-redirect-unexpected", { page: () => redirect({ wctx: "a".repeat(40_000) }) }],
    ["a token that nobody takes in", "sts-unreachable", { post: broken }],
    ["a token behind a dead tunnel", "sts-unreachable", { post: () => new Response("", { status: 504 }) }],
    [
      "a token for nobody",
      "sts-user-unknown-to-pool",
      {
        post: () => new Response("", { status: 403, headers: { "x-ms-diagnostics": '28000;source="fe01"' } }),
      },
    ],
    ["a token that is not taken", "sts-token-refused", { post: () => new Response("", { status: 500 }) }],
    ["an error page for the token", "sts-token-refused", { post: () => new Response("<html>Error</html>") }],
    [
      "no cookie for the token",
      "sts-token-refused",
      { post: () => new Response(null, { status: 302, headers: { location: "/" } }) },
    ],
    [
      "a cookie that is taken back",
      "sts-token-refused",
      {
        post: () => new Response(null, { status: 302, headers: { location: "/", "set-cookie": "FedAuth=; path=/" } }),
      },
    ],
    [
      "a cookie beside an error",
      "sts-token-refused",
      {
        post: () => new Response("", { status: 403, headers: { "set-cookie": "FedAuth=one; path=/" } }),
      },
    ],
  ])("%s is %s for both kinds of client", async (_, reason, script) => {
    for (const [service] of every) expect(await scripted(script)[service]()).toEqual({ ok: false, reason });
  });

  it.each([
    ["there is no key", async () => []],
    ["its certificate has ended", async () => [{ ...key, notAfter: Date.now() - MINUTE }]],
    ["it is damaged", () => Promise.reject(new Error("damaged"))],
  ])("sts-not-configured where %s", async (_, keys) => {
    for (const names of [["WsFedPassive"], ["WsFedBearer"]]) {
      const mex = () => new Response(metadata(...names));
      expect(await scripted({ mex }, { keys }).soap()).toEqual({ ok: false, reason: "sts-not-configured" });
    }
    expect(await scripted({}, { keys }).oauth()).toEqual({ ok: false, reason: "sts-not-configured" });
    expect(await scripted({}, { keys }).signOn.ready?.()).toEqual({ ok: false, reason: "sts-not-configured" });
  });

  it("S-94: a user without a SID that may be signed for costs the pool nothing", async () => {
    for (const [service] of every) {
      for (const sid of [null, undefined, "S-1-5-21-1-2-3-1104", `${DOMAIN_SID}-500`, "alice"]) {
        const pool = scripted();
        expect(await pool[service]({ upn: ALICE.upn, sid })).toEqual({ ok: false, reason: "sts-no-sid" });
        expect(pool.steps()).toEqual([]);
      }
    }
  });
});

describe("S-96: the answer to the request for the ticket", () => {
  const fault = (diagnostics: string) => tokenFault({ code: "FailedAuthentication", reason: "No.", diagnostics });
  const unknown = { "x-ms-diagnostics": '28000;source="fe01";reason="User is not SIP enabled."' };
  const judge = async (service: "oauth" | "soap", status: number, body: string | null, headers: HeadersInit = {}) => {
    const credentials = await good(scripted()[service]());
    const judged = await credentials.judge?.(new Response(body, { status, headers }));
    return judged?.ok === true ? [judged.value.status, await judged.value.text()] : judged?.reason;
  };

  it.each<[string, number, string | null, HeadersInit, unknown]>([
    ["a fault of no valid token", 500, fault("28020"), {}, "sts-grant-refused"],
    ["a fault of a kind that is not allowed", 500, fault("28029"), {}, "sts-grant-refused"],
    [
      "a fault without a number",
      500,
      "<e:Envelope xmlns:e='e'><e:Body><e:Fault/></e:Body></e:Envelope>",
      {},
      "sts-grant-refused",
    ],
    ["a fault of another's address", 500, fault("28022"), {}, "sts-grant-refused"],
    ["a fault of an unknown account", 500, fault("28000"), {}, "sts-user-unknown-to-pool"],
    ["an unknown account in the header", 403, "no", unknown, "sts-user-unknown-to-pool"],
    ["an unknown account in the header of a fault", 500, "no", unknown, "sts-user-unknown-to-pool"],
    ["a fault that is very long", 500, fault("28020").padEnd(100_000, " "), {}, "sts-grant-refused"],
    ["401", 401, "no", {}, "sts-grant-refused"],
    ["404", 404, "no", {}, "sts-grant-refused"],
    ["a redirect", 302, null, { location: "https://sts.contoso.test/passive" }, "sts-grant-refused"],
    ["an internal error by its number", 500, fault("28001"), {}, [500, fault("28001")]],
    ["an internal error as a page", 500, "<html>500<br></html>", {}, [500, "<html>500<br></html>"]],
    ["a ticket, which is read elsewhere", 200, "<Assertion/>", {}, [200, "<Assertion/>"]],
  ])("%s", async (_, status, body, headers, expected) => {
    expect(await judge("soap", status, body, headers)).toEqual(expected);
  });

  it("that breaks off is none", async () => {
    const { judge: judged } = await good(scripted().soap());
    const body = new ReadableStream({
      start: (controller) => controller.enqueue(Buffer.from("<s:Envelope>")),
      pull: () => Promise.reject(new Error("Network connection lost.")),
    });
    expect(await judged?.(new Response(body, { status: 500 }))).toEqual({ ok: false, reason: "sts-unreachable" });
  });

  it("of the grant is judged by its status alone", async () => {
    expect(await judge("oauth", 400, "no")).toBe("sts-grant-refused");
    expect(await judge("oauth", 302, null)).toBe("sts-grant-refused");
    expect(await judge("oauth", 403, "no", unknown)).toBe("sts-user-unknown-to-pool");
    expect(await judge("oauth", 500, fault("28020"))).toEqual([500, fault("28020")]);
  });
});

describe("S-96: whether the pool is ready", () => {
  it("asks the page, the key and the ports, and makes no token", async () => {
    const { signOn, steps } = scripted();
    expect(await signOn.ready?.()).toEqual({ ok: true, value: undefined });
    expect(steps()).toEqual([`GET ${PAGE}`, ...PORTS]);
  });

  it.each<[string, Parameters<typeof scripted>[0]]>([
    ["sts-unreachable", { page: broken }],
    ["sts-redirect-unexpected", { page: () => redirect({ wtrealm: "https://other.test/" }) }],
    ["sts-no-soap", { mex: () => new Response(metadata()) }],
    ["sts-unreachable", { mex: broken }],
  ])("is %s", async (reason, script) => {
    expect(await scripted(script).signOn.ready?.()).toEqual({ ok: false, reason });
  });
});
