import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readConfig } from "../src/config/config.ts";

let home: string;
let good: Readonly<Record<string, unknown>>;
const file = async (name: string, text: string, mode = 0o600): Promise<string> => {
  const path = join(home, name);
  await writeFile(path, text);
  await chmod(path, mode);
  return path;
};
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "postern-agent-config-"));
  good = {
    gateway: { url: "https://admin.contoso.test", tokenFile: await file("token", "pt_0123456789abcdef_secret\n") },
    directory: {
      domains: [{ servers: ["ldaps://dc1.corp.contoso.test"] }],
      bind: { user: "svc@corp.contoso.test", passwordFile: await file("password", "S3cret word") },
    },
  };
});
afterAll(() => rm(home, { recursive: true, force: true }));

const read = (settings: unknown, credentials?: string) =>
  readConfig(typeof settings === "string" ? settings : JSON.stringify(settings), {
    credentials,
    beside: join(home, "beside"),
  });
const faultsOf = (settings: unknown, credentials?: string): readonly string[] => {
  const found = read(settings, credentials);
  return "faults" in found ? found.faults : [];
};
const gateway = (more: object) => ({ ...good, gateway: { ...(good.gateway as object), ...more } });
const directory = (more: object) => ({ ...good, directory: { ...(good.directory as object), ...more } });

it("the least that must be said, and what is taken for the rest", () => {
  const found = read(good);
  if ("faults" in found) throw new Error(found.faults.join("\n"));
  const { config } = found;
  expect(config).toMatchObject({
    listen: { host: "127.0.0.1", port: 8481 },
    sync: { everySeconds: 60, compareEveryMinutes: 60, brake: { people: 20, percent: 5 } },
    directory: { filter: "(msRTCSIP-UserEnabled=TRUE)", groups: [], attributes: [] },
  });
  expect(config.secrets.token.reveal()).toBe("pt_0123456789abcdef_secret");
  expect(config.secrets.bindPassword.reveal()).toBe("S3cret word");
  expect(JSON.stringify(config)).not.toMatch(/pt_0123|S3cret/);
});

it("an empty file: everything that is missing, at once, each with its fix", () => {
  const faults = faultsOf({ directory: { domains: [{}], bind: {} } });
  for (const name of ["gateway", "directory.domains.0.servers", "directory.bind.user", "directory.bind.passwordFile"]) {
    expect(faults.filter((fault) => fault.startsWith(`${name} is missing.`)).length, `${name}: ${faults}`).toBe(1);
  }
  for (const fault of faults) expect(fault).toMatch(/\.$/);
});

describe("a fault", () => {
  const domain = { servers: ["ldaps://dc1.corp.contoso.test"] };
  it.each<[string, () => unknown, string]>([
    ["no JSON", () => "{", "not JSON"],
    ["a list", () => [], "gateway is missing"],
    ["a setting nobody knows", () => ({ ...good, gatway: {} }), "There is no setting gatway"],
    ["a token in clear over the network", () => gateway({ url: "http://admin.contoso.test" }), "gateway.url is"],
    ["an address with a path", () => gateway({ url: "https://admin.contoso.test/v1" }), "gateway.url is"],
    ["the secret itself", () => gateway({ tokenFile: "pt_0123" }), "gateway.tokenFile is"],
    ["a host for a gateway elsewhere", () => gateway({ host: "admin.contoso.test" }), "gateway.host is for"],
    ["a controller by its name only", () => directory({ domains: [{ servers: ["dc1"] }] }), "servers.0 is"],
    ["no controller", () => directory({ domains: [{ servers: [] }] }), "Give URLs"],
    ["a filter that is none", () => directory({ filter: "(&(a=b)" }), "directory.filter is"],
    ["a group by its name", () => directory({ groups: [{ dn: "Sales" }] }), "directory.groups.0.dn is"],
    ["a group and a branch", () => directory({ groups: [{}] }), "Give either dn or under"],
    ["a word of two", () => directory({ groups: [{ dn: "CN=a,DC=b", word: "a b" }] }), "groups.0.word is"],
    ["rounds too rare for two minutes", () => ({ ...good, sync: { everySeconds: 600 } }), "sync.everySeconds is 600"],
    ["a base that is none", () => directory({ domains: [{ ...domain, bases: ["People"] }] }), "bases.0 is"],
    ["a CA that is not there", () => directory({ caFile: "/nowhere/ca.pem" }), "directory.caFile: /nowhere"],
  ])("%s", (_, settings, fault) => {
    expect(faultsOf(settings()).join("\n")).toContain(fault);
  });
});

describe("S-58: a secret's file", () => {
  it.each([
    ["that everybody can read", 0o644, "everybody on the machine can open"],
    ["that a group can read", 0o640, "a group can open"],
  ])("%s is refused", async (_, mode, fault) => {
    const path = await file(`loose-${mode}`, "secret-text", mode);
    const faults = faultsOf(gateway({ tokenFile: path })).join("\n");
    expect(faults).toContain(fault);
    expect(faults).toContain(`chmod 600 ${path}`);
    expect(faults).not.toContain("secret-text");
  });

  it("that is missing, empty, of several lines, or no secret is refused, and nothing of it is shown", async () => {
    expect(faultsOf(gateway({ tokenFile: "/nowhere/token" })).join()).toContain("cannot be read (ENOENT)");
    for (const text of ["", "one\ntwo\n", "x".repeat(5_000)]) {
      const [fault, ...more] = faultsOf(gateway({ tokenFile: await file("odd", text) }));
      expect([fault?.startsWith("gateway.tokenFile: "), more]).toEqual([true, []]);
      expect(fault).not.toMatch(/one|two|xxx/);
    }
  });

  it("comes from systemd, which lets the unit's account read it by an access list", async () => {
    await file("credential-token", "from-systemd", 0o440);
    const found = read(gateway({ tokenFile: "credential:credential-token" }), home);
    expect("config" in found && found.config.secrets.token.reveal()).toBe("from-systemd");
  });

  it("of the same name is beside the configuration for a command that systemd did not start", async () => {
    await mkdir(join(home, "beside"));
    await file("beside/credential-token", "from-the-file");
    const found = read(gateway({ tokenFile: "credential:credential-token" }));
    expect("config" in found && found.config.secrets.token.reveal()).toBe("from-the-file");
    await chmod(join(home, "beside/credential-token"), 0o440);
    expect(faultsOf(gateway({ tokenFile: "credential:credential-token" })).join()).toContain("a group can open");
  });
});

it("the example is right, but for its files, which are for you to make", async () => {
  const example = await readFile(join(import.meta.dirname, "..", "config.example.json"), "utf8");
  const faults = faultsOf(example, home);
  expect(faults.length).toBeGreaterThan(0);
  for (const fault of faults) expect(fault).toMatch(/cannot be read \(ENOENT\)/);
});
