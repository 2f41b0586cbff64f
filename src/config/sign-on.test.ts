import { describe, expect, it } from "vitest";
import type { SignOn } from "../origin/sign-on.ts";
import type { Env } from "./env.ts";
import { readPools } from "./pools.ts";
import { readSignOns } from "./sign-on.ts";

const KEY = Buffer.alloc(32, 7).toString("base64");
const OTHER_KEY = Buffer.alloc(32, 9).toString("base64");
const asked: string[] = [];
/** The orders, each a JWT. */
const orders: string[] = [];
const binding = (name: string): Fetcher =>
  ({
    fetch: async (url: string, init?: RequestInit) => {
      asked.push(`${name} ${url}`);
      orders.push(String(init?.body));
      return Response.json({ authorization: "Negotiate YII=" });
    },
  }) as unknown as Fetcher;

const good = {
  SIGN_ON: "connector",
  SIGN_ON_KEYS: KEY,
  CONNECTORS: "connector-a=binding:CONNECTOR",
  CONNECTOR: binding("CONNECTOR"),
};
const read = (changes: Readonly<Record<string, unknown>> = {}): { faults: string[]; signOn: SignOn | undefined } => {
  const faults: string[] = [];
  const env = { SEALING_KEYS: OTHER_KEY, ...good, ...changes } as unknown as Env;
  const hosts = ["web.contoso.test"];
  const pools = readPools(env, hosts, "web.contoso.test", []);
  return { faults, signOn: readSignOns(env, pools, 6_000, faults)?.[0] };
};

describe("SIGN_ON = connector", () => {
  it.each([
    ["one binding", {}],
    ["two bindings", { CONNECTORS: "connector-a=binding:CONNECTOR, b=binding:CONNECTOR_2", CONNECTOR_2: binding("2") }],
    ["a tunnel", { CONNECTORS: "b=https://b.contoso.net", ACCESS_CLIENT_ID: "id", ACCESS_CLIENT_SECRET: "secret" }],
    ["a service of another name", { SIGN_ON_SERVICE: "HTTP/pool01.corp.contoso.test" }],
    ["a change of keys", { SIGN_ON_KEYS: `${KEY} ${Buffer.alloc(32, 8).toString("base64")}` }],
  ])("%s is right", (_, changes) => {
    expect(read(changes)).toMatchObject({ faults: [], signOn: { credentialsFor: expect.any(Function) } });
  });

  it("S-69: an order names the service of its pool, and the same issuer for every pool", async () => {
    const hosts = ["web.contoso.test", "web2.contoso.test"];
    const env = {
      ...{ SEALING_KEYS: OTHER_KEY, ...good, POOLS: "main=web.contoso.test emea=web2.contoso.test" },
      POOL_SERVICES: "emea=HTTP/pool2.corp.contoso.test",
    } as unknown as Env;
    const signOns = readSignOns(env, readPools(env, hosts, "web.contoso.test", []), 6_000, []) ?? [];
    orders.length = 0;
    for (const signOn of signOns) {
      await signOn.credentialsFor({ upn: "alice@corp.contoso.test" }, { afterRejection: false });
    }
    const claims = orders.map(
      (order) => JSON.parse(Buffer.from(order.split(".")[1] ?? "", "base64url").toString()) as Record<string, unknown>,
    );
    expect(claims.map(({ service, iss }) => [service, iss])).toEqual([
      ["HTTP/web.contoso.test", "https://web.contoso.test"],
      ["HTTP/pool2.corp.contoso.test", "https://web.contoso.test"],
    ]);
    asked.length = 0;
  });

  it("asks the connector at its binding", async () => {
    const { signOn } = read();
    const answer = await signOn?.credentialsFor({ upn: "alice@corp.contoso.test" }, { afterRejection: false });
    expect([answer?.ok, asked]).toEqual([true, ["CONNECTOR http://connector-a/v1/authorization"]]);
  });

  it.each([
    ["no key", { SIGN_ON_KEYS: undefined }, "SIGN_ON_KEYS is missing"],
    ["a short key", { SIGN_ON_KEYS: "c2hvcnQ=" }, "not a base64 key of 32 bytes"],
    ["one key twice", { SIGN_ON_KEYS: `${KEY} ${KEY}` }, "the same key twice"],
    ["the sealing key", { SIGN_ON_KEYS: OTHER_KEY }, "a key of SEALING_KEYS"],
    ["an admin key", { ADMIN_KEYS: KEY }, "a key of SEALING_KEYS or ADMIN_KEYS"],
    ["no connector", { CONNECTORS: "" }, "CONNECTORS is missing"],
    ["a third connector", { CONNECTORS: "a=binding:CONNECTOR b=binding:CONNECTOR c=binding:CONNECTOR" }, "names 3"],
    ["one name twice", { CONNECTORS: "a=binding:CONNECTOR a=binding:CONNECTOR" }, "the same name"],
    ["one address twice", { CONNECTORS: "a=binding:CONNECTOR b=binding:CONNECTOR" }, "the same address"],
    ["no name", { CONNECTORS: "=binding:CONNECTOR" }, "cannot be a connector's name"],
    ["a place without a name", { CONNECTORS: "https://b.contoso.net" }, "cannot be a connector's name"],
    ["a binding that is not there", { CONNECTORS: "a=binding:CONNECTOR_2" }, 'the binding "CONNECTOR_2"'],
    ["a binding of another use", { CONNECTORS: "a=binding:DB" }, 'the binding "DB"'],
    ["http", { CONNECTORS: "a=http://b.contoso.net" }, 'is at "http://b.contoso.net"'],
    ["a path", { CONNECTORS: "a=https://b.contoso.net/v1" }, "an https host without a path"],
    [
      "a tunnel without Access",
      { CONNECTORS: "a=https://b.contoso.net", ACCESS_CLIENT_ID: "id" },
      "ACCESS_CLIENT_SECRET is",
    ],
    ["a service that is none", { SIGN_ON_SERVICE: "web.contoso.test" }, "SIGN_ON_SERVICE is"],
    ["a service with a realm", { SIGN_ON_SERVICE: "HTTP/web.contoso.test@CORP" }, "SIGN_ON_SERVICE is"],
  ])("%s is a fault, with its fix in one whole sentence or two", (_, changes, fault) => {
    const { faults, signOn } = read(changes);
    expect(signOn).toBeUndefined();
    expect(faults.join("\n")).toContain(fault);
    for (const each of faults) {
      expect(each).toMatch(/\.$/);
      expect(each.length).toBeLessThan(500);
    }
  });

  it("S-16: shows no key in a fault", () => {
    const { faults } = read({ SIGN_ON_KEYS: `${KEY} ${OTHER_KEY} c2hvcnQ=`, CONNECTORS: "" });
    expect(faults.length).toBeGreaterThan(2);
    for (const key of [KEY, OTHER_KEY, "c2hvcnQ="]) expect(faults.join("\n")).not.toContain(key);
  });
});
