// The real connector, asked directly. It makes a token for an order as the contract words it, and for nothing else. It
// gives the same answer to everything else, and does not ask the directory about it. Each token is good for one request
// at Apache.

import { createHmac, randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { demoUsers, type Simulator, startSimulator } from "../../../simulator/simulator.ts";
import { FORM_HEADERS, send } from "../../../simulator/test-client.ts";
import { OAUTH_TOKEN_PATH, WINDOWS_GRANT } from "../token-requests.ts";
import type { ConnectorProcess } from "./connector.ts";
import { type Lab, startLab } from "./lab.ts";
import { FRONT_END_SERVICE, ISSUER } from "./names.ts";
import { type ConnectorAnswer, newSigningKey, type OrderChanges, sendOrder, signOrder } from "./order.ts";
import { describeLab } from "./requirements.ts";

const ALICE = {
  issuer: ISSUER,
  audience: "connector-a",
  user: "alice@contoso.test",
  service: FRONT_END_SERVICE,
};

describeLab("orders to the connector", () => {
  let lab: Lab;
  let simulator: Simulator;
  let connector: ConnectorProcess;
  beforeAll(async () => {
    lab = await startLab([{ name: "connector-a" }]);
    const { trustedProxy } = lab.proxy;
    simulator = await startSimulator({ users: demoUsers, port: lab.frontEndPort, trustedProxy });
    const [only] = lab.connectors;
    if (only === undefined) throw new Error("the lab has no connector");
    connector = only;
  });
  afterAll(() => Promise.all([simulator?.stop(), lab?.stop()]));

  const secrets: string[] = [];
  const order = (changes?: OrderChanges, signedBy = lab.key): string => signOrder(signedBy, ALICE, changes);
  const ask = async (text: string, contentType?: string): Promise<ConnectorAnswer> => {
    const answer = await sendOrder(connector.url, text, contentType);
    secrets.push(...text.split("."), answer.body.authorization?.slice(0, 100) ?? "");
    return answer;
  };
  const lastReason = (): string | undefined => connector.orders().at(-1)?.reason;
  /** How many Kerberos programs the connector has run. */
  const commandsRun = async (): Promise<string> => {
    const text = await (await fetch(`${connector.observeUrl}/metrics`)).text();
    return /^postern_connector_commands_total.*$/gm.exec(text)?.join() ?? "";
  };
  const atApache = async (authorization: string): Promise<number> => {
    const body = WINDOWS_GRANT;
    const headers = { ...FORM_HEADERS, authorization };
    const at = { url: lab.proxy.url, hosts: simulator.hosts };
    return (await send(at, { path: OAUTH_TOKEN_PATH, method: "POST", headers, body })).status;
  };

  it("an order gives a token that signs its user on at the Front-End, once", async () => {
    const { status, body } = await ask(order());
    expect([status, body.authorization]).toEqual([200, expect.stringMatching(/^Negotiate YI[A-Za-z0-9+/]+=*$/)]);
    const token = body.authorization ?? "";
    expect([await atApache(token), await atApache(token)]).toEqual([200, 401]);
    expect(simulator.ledger().signOns).toMatchObject([{ user: "sip:alice@contoso.test" }]);
  });

  it("S-3: an order replayed 50 times at once gives one token", async () => {
    const text = order();
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask(text)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const refused = answers.filter(({ status }) => status === 401);
    expect(refused.map(({ body }) => body)).toEqual(Array.from({ length: 49 }, () => ({ error: "unauthorized" })));
    expect(lastReason()).toBe("replayed");
  });

  const now = Math.floor(Date.now() / 1000);
  const usedId = randomBytes(16).toString("base64url");
  /** The order, with a signature by the algorithm that `alg` names. */
  const resigned = (header: Readonly<Record<string, unknown>>, signature: (signed: string) => string): string => {
    const signed = order({ header }).split(".").slice(0, 2).join(".");
    return `${signed}.${signature(signed)}`;
  };
  const hmac = (text: string): string =>
    createHmac("sha256", Buffer.from(lab.key.publicJwk.x, "base64url")).update(text).digest("base64url");
  const tampered = (text: string): string =>
    text.replace(/\.(.)([^.]*)$/, (_, a, b) => `.${a === "A" ? "B" : "A"}${b}`);
  const otherUser = (text: string): string => {
    const [header, claims = "", signature] = text.split(".");
    const changed = { ...JSON.parse(Buffer.from(claims, "base64url").toString()), sub: "bob@contoso.test" };
    return [header, Buffer.from(JSON.stringify(changed)).toString("base64url"), signature].join(".");
  };

  it.each<readonly [what: string, reason: string, forged: () => string]>([
    [
      "signed with another key under a known id",
      "wrong-signature",
      () => order({ header: { kid: lab.key.kid } }, newSigningKey()),
    ],
    ["of an unknown key", "unknown-key", () => order({}, newSigningKey())],
    ["without a key id", "unknown-key", () => order({ header: { kid: undefined } })],
    [
      "with a key of its own",
      "unknown-key",
      () => {
        const own = newSigningKey();
        return order({ header: { jwk: own.publicJwk } }, own);
      },
    ],
    ["with a changed signature", "wrong-signature", () => tampered(order())],
    ["with another user put in", "wrong-signature", () => otherUser(order())],
    ["without a signature (alg none)", "wrong-algorithm", () => resigned({ alg: "none" }, () => "")],
    ["with an HMAC under the public key", "wrong-algorithm", () => resigned({ alg: "HS256" }, hmac)],
    ["of another type", "wrong-type", () => order({ header: { typ: "JWT" } })],
    ["of another issuer", "wrong-issuer", () => order({ claims: { iss: "https://evil.test" } })],
    ["for another connector", "wrong-audience", () => order({ claims: { aud: "connector-b" } })],
    ["for two connectors", "wrong-audience", () => order({ claims: { aud: ["connector-a", "connector-b"] } })],
    ["that has expired", "expired", () => order({ claims: { iat: now - 60, exp: now - 10 } })],
    ["from the future", "issued-in-the-future", () => order({ claims: { iat: now + 600, exp: now + 630 } })],
    ["that lives for an hour", "lives-too-long", () => order({ claims: { exp: now + 3_600 } })],
    ["without an end", "bad-claims", () => order({ claims: { exp: undefined } })],
    ["without an id", "bad-claims", () => order({ claims: { jti: undefined } })],
    ["with a short id", "bad-claims", () => order({ claims: { jti: "1" } })],
    ["without a user", "bad-claims", () => order({ claims: { sub: undefined } })],
    ["that is no JWS", "malformed", () => "abc"],
  ])("an order %s is refused like any other; the log says %s", async (_, reason, forged) => {
    const before = await commandsRun();
    expect(await ask(forged())).toEqual({ status: 401, retryAfter: null, body: { error: "unauthorized" } });
    expect(lastReason()).toBe(reason);
    expect(await commandsRun()).toBe(before);
  });

  it("an order with an id that was used for somebody else is refused", async () => {
    expect((await ask(order({ claims: { jti: usedId } }))).status).toBe(200);
    expect((await ask(order({ claims: { jti: usedId, sub: "bob@contoso.test" } }))).status).toBe(401);
    expect(lastReason()).toBe("replayed");
  });

  it.each([
    [
      "for a service it does not serve",
      403,
      "service-not-allowed",
      () => ask(order({ claims: { service: "cifs/dc1.corp.contoso.test" } })),
    ],
    ["that is too long", 413, "too-large", () => ask(`${order()}${"A".repeat(4_096)}`)],
    ["of another media type", 415, "unsupported-media-type", () => ask(order(), "application/json")],
    ["that is empty", 400, "bad-request", () => ask("")],
  ])("an order %s is refused with %i %s", async (_, status, error, asked) => {
    expect(await asked()).toMatchObject({ status, body: { error } });
  });

  it("S-16: no part of an order and no token is in the log, nor the directory password of anybody", () => {
    const long = secrets.filter((text) => text.length > 40);
    expect(long.length).toBeGreaterThan(100);
    expect(long.filter((text) => connector.output().includes(text))).toEqual([]);
    expect(connector.output()).not.toContain(lab.directory.passwordOf("alice"));
  });
});
