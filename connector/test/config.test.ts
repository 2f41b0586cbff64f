import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { readConfig } from "../src/config.ts";
import { newSigner, type Signer } from "./orders.ts";

let signer: Signer;
let good: Readonly<Record<string, unknown>>;
beforeAll(async () => {
  signer = await newSigner();
  good = {
    name: "connector-a",
    issuer: "https://web.contoso.test",
    keys: [signer.jwk],
    principal: "svc-postern@CORP.CONTOSO.TEST",
    keytab: "/etc/postern-connector/keytab",
    services: ["HTTP/fe01.corp.contoso.test"],
    userDomains: ["corp.contoso.test"],
  };
});

const faultsOf = async (settings: unknown, systemd = true): Promise<readonly string[]> => {
  const text = typeof settings === "string" ? settings : JSON.stringify(settings);
  const read = await readConfig(text, systemd ? "/run/x" : undefined);
  return "faults" in read ? read.faults : [];
};

it("the least that must be said, and what is taken for the rest", async () => {
  const read = await readConfig(JSON.stringify(good), "/run/x");
  if ("faults" in read) throw new Error(read.faults.join("\n"));
  const { config } = read;
  expect([...config.keys.keys()]).toEqual([signer.id]);
  expect(config).toMatchObject({
    listen: { host: "127.0.0.1", port: 8470 },
    observe: { host: "127.0.0.1", port: 8471 },
    realm: "CORP.CONTOSO.TEST",
    runtimeDirectory: "/run/x",
    groups: undefined,
    limits: { cachedUsers: 5000, cacheSeconds: 600, commandsAtOnce: 8, commandsWaiting: 64, commandSeconds: 4 },
  });
});

it("an empty file: everything that is missing, at once, each with its fix", async () => {
  const faults = await faultsOf("{}", false);
  for (const name of ["name", "issuer", "keys", "principal", "keytab", "runtimeDirectory", "services", "userDomains"]) {
    expect(faults.filter((fault) => fault.startsWith(`${name} `)).length, name).toBe(1);
  }
  for (const fault of faults) expect(fault).toMatch(/\.$/);
});

describe("a fault", () => {
  const groups = {
    servers: ["ldap://dc1.corp.contoso.test"],
    base: "DC=corp,DC=test",
    allow: ["CN=x,DC=corp,DC=test"],
  };
  it.each([
    ["no JSON", "{", "not JSON"],
    ["a list", [], "must be an object"],
    ["a setting nobody knows", { service: ["HTTP/x.test"] }, "no setting service"],
    ["a setting of the wrong kind", { services: "HTTP/x.test" }, "services must be a list"],
    ["an issuer with a path", { issuer: "https://web.contoso.test/" }, "issuer is"],
    ["an issuer over http", { issuer: "http://web.contoso.test" }, "issuer is"],
    ["a principal without a realm", { principal: "svc-postern" }, "principal is"],
    ["a keytab elsewhere", { keytab: "svc.keytab" }, "keytab is"],
    ["a service that is none", { services: ["fe01.corp.contoso.test"] }, "services has the entry"],
    ["a user domain with its @", { userDomains: ["@corp.contoso.test"] }, "userDomains has the entry"],
    ["a denied user without a domain", { denyUsers: ["administrator"] }, "denyUsers has the entry"],
    ["a probe user whom the lists refuse", { probeUser: "x@evil.test" }, "domain-not-allowed"],
    ["a listener on a name", { listen: { host: "localhost" } }, "listen.host is"],
    ["a port that is none", { observe: { port: 70_000 } }, "observe.port is"],
    ["no time for a program", { limits: { commandSeconds: 0 } }, "limits.commandSeconds is"],
    ["groups without servers", { groups: { ...groups, servers: [] } }, "groups.servers is empty"],
    [
      "groups over ldaps",
      { groups: { ...groups, servers: ["ldaps://dc1.corp.contoso.test"] } },
      "groups.servers has the entry",
    ],
    ["no group", { groups: { ...groups, allow: [] } }, "names no group"],
    ["a group by its name only", { groups: { ...groups, allow: ["Postern"] } }, "groups.allow has the entry"],
    ["a KDC as a URL", { kdcs: ["ldap://dc1"] }, "kdcs has the entry"],
  ])("%s", async (_, settings, fault) => {
    const merged = typeof settings === "string" || Array.isArray(settings) ? settings : { ...good, ...settings };
    expect((await faultsOf(merged)).join("\n")).toContain(fault);
  });
});

it("the example is right but for its key, which is for you to fill in", async () => {
  const example = JSON.parse(await readFile(join(import.meta.dirname, "..", "config.example.json"), "utf8"));
  expect(await faultsOf(example)).toEqual([expect.stringMatching(/^keys /)]);
  expect(await faultsOf({ ...example, keys: [signer.jwk] })).toEqual([]);
});

describe("keys", () => {
  it("S-16: a private key is refused, and not shown", async () => {
    const { exportJWK } = await import("jose");
    const jwk = await exportJWK(signer.privateKey);
    const faults = await faultsOf({ ...good, keys: [jwk] });
    expect(faults.join("\n")).toContain("private key");
    expect(faults.join("\n")).not.toContain(jwk.d);
  });

  it("two are right while keys are changed, three are not", async () => {
    const [second, third] = [await newSigner(), await newSigner()];
    expect(await faultsOf({ ...good, keys: [signer.jwk, second.jwk] })).toEqual([]);
    expect(await faultsOf({ ...good, keys: [signer.jwk, second.jwk, third.jwk] })).toHaveLength(1);
  });

  it("of another kind is refused", async () => {
    for (const key of [{ kty: "EC", crv: "P-256", x: "x", y: "y" }, { ...signer.jwk, x: "short" }, "text", null, 1]) {
      expect(await faultsOf({ ...good, keys: [key] }), JSON.stringify(key)).toHaveLength(1);
    }
  });
});
