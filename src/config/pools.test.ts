import { describe, expect, it } from "vitest";
import { KEY, variablesWith } from "../../test/kit/variables.ts";
import { type Config, configFor, readConfig } from "./config.ts";

const reached: string[] = [];
const origin = (name: string): Fetcher =>
  ({
    fetch: async (url: string) => {
      reached.push(`${name} ${url}`);
      return new Response();
    },
  }) as unknown as Fetcher;

const FIRST = { WEB_HOST: "web.contoso.test", ORIGIN: origin("ORIGIN") };
const TWO = {
  ...FIRST,
  PUBLIC_HOSTS: "lyncdiscover.contoso.test web.contoso.test web2.contoso.test meet.contoso.test meet2.contoso.test",
  POOLS: "emea=Web2.contoso.test main=web.contoso.test",
  POOL_HOSTS: "emea=meet2.contoso.test",
  POOL_ORIGINS: "emea=ORIGIN_2",
  ORIGIN_2: origin("ORIGIN_2"),
};
const read = (changes: Readonly<Record<string, unknown>>) => readConfig(variablesWith(changes));
const config = (changes: Readonly<Record<string, unknown>>): Config => {
  const result = read(changes);
  if ("faults" in result) throw new Error(result.faults.join("\n"));
  return result.config;
};
const faults = (changes: Readonly<Record<string, unknown>>): readonly string[] => {
  const result = read({ ...TWO, ...changes });
  return "faults" in result ? result.faults : [];
};

describe("one pool", () => {
  it("S-69: is all there is without POOLS, and every host is its own", () => {
    const { pools, elsewhere, pool } = config(FIRST);
    expect(pools).toEqual([
      {
        ...{ name: "", webHost: "web.contoso.test", service: "HTTP/web.contoso.test", origin: "ORIGIN" },
        hosts: ["lyncdiscover.contoso.test", "web.contoso.test"],
        directoryNames: [],
      },
    ]);
    expect([elsewhere.size, pool]).toEqual([0, ""]);
  });
});

describe("two pools", () => {
  it("S-69: give each host its pool, the first pool's those that no other has", () => {
    expect(config(TWO).pools.map(({ name, hosts }) => [name, hosts])).toEqual([
      ["main", ["lyncdiscover.contoso.test", "web.contoso.test", "meet.contoso.test"]],
      ["emea", ["web2.contoso.test", "meet2.contoso.test"]],
    ]);
    const moved = config({ ...TWO, POOL_HOSTS: "emea=lyncdiscover.contoso.test" });
    expect(configFor(moved, "lyncdiscover.contoso.test").webHost).toBe("web2.contoso.test");
  });

  it("S-69: have what differs in a configuration of their own, and the rest in common", async () => {
    const gateway = config(TWO);
    const second = configFor(gateway, "meet2.contoso.test");
    expect([second.pool, second.webHost, second.names.dnsComputer]).toEqual(Array(3).fill("web2.contoso.test"));
    expect([gateway.pool, gateway.webHost, gateway.names.dnsComputer]).toEqual([
      "",
      ...Array(2).fill("web.contoso.test"),
    ]);
    expect([second.keyring, second.hosts]).toEqual([gateway.keyring, gateway.hosts]);
    const facts = { pathAndQuery: "/x", method: "GET", headers: {}, body: null, signal: undefined };
    for (const host of ["lyncdiscover.contoso.test", "meet2.contoso.test"]) {
      await configFor(gateway, host).frontEnd.fetch({ host, ...facts });
    }
    expect(reached).toEqual(["ORIGIN https://lyncdiscover.contoso.test/x", "ORIGIN_2 https://meet2.contoso.test/x"]);
  });

  it("S-69: are signed on to by their own SPN", () => {
    const services = (changes: Readonly<Record<string, unknown>>) =>
      config({ ...TWO, ...changes }).pools.map(({ service }) => service);
    expect(services({})).toEqual(["HTTP/web.contoso.test", "HTTP/web2.contoso.test"]);
    const given = { SIGN_ON_SERVICE: "HTTP/fe1.corp.test", POOL_SERVICES: "emea=HTTP/fe2.corp.test" };
    expect(services(given)).toEqual(["HTTP/fe1.corp.test", "HTTP/fe2.corp.test"]);
    expect(services({ POOL_SERVICES: "main=HTTP/fe1.corp.test" })[0]).toBe("HTTP/fe1.corp.test");
  });

  it("S-70: are known by the names that the directory has for them", () => {
    const names = "main=Pool1.contoso.local emea=pool2.contoso.local emea=1:2";
    expect(config({ ...TWO, POOL_FQDNS: names }).pools.map(({ directoryNames }) => directoryNames)).toEqual([
      ["pool1.contoso.local"],
      ["pool2.contoso.local", "1:2"],
    ]);
  });

  it("S-38: have web hosts that are no discovery hosts and no meeting hosts, whatever they are called", () => {
    const named = { PUBLIC_HOSTS: `${TWO.PUBLIC_HOSTS} lyncdiscover.emea.contoso.test` };
    const { roles } = config({ ...TWO, ...named, POOLS: "main=web.contoso.test emea=lyncdiscover.emea.contoso.test" });
    expect(roles.get("lyncdiscover.emea.contoso.test")).toBe("web");
    expect(faults({ MEET_HOSTS: "web2.contoso.test" })).toEqual([expect.stringContaining("MEET_HOSTS has")]);
  });

  it("reach a tunnel for each host, without bindings", () => {
    const tunnels = TWO.PUBLIC_HOSTS.split(" ").map((host, at) => `${host}=https://t${at}.contoso.net`);
    const through = { FRONT_END: "tunnel", TUNNEL_HOSTS: tunnels.join(" "), POOL_ORIGINS: undefined };
    const access = { ACCESS_CLIENT_ID: "an-id-of-access", ACCESS_CLIENT_SECRET: KEY };
    expect(config({ ...TWO, ...through, ...access }).pools.map(({ origin: at }) => at)).toEqual([undefined, undefined]);
    expect(faults({ ...through, ...access, POOL_ORIGINS: "emea=ORIGIN_2" })).toEqual([
      expect.stringContaining("Take POOL_ORIGINS out"),
    ]);
  });
});

describe("S-69: a fault is a sentence with its fix, at the start", () => {
  const long = `${"a".repeat(60)}.${"b".repeat(60)}.${"c".repeat(60)}.${"d".repeat(50)}.test`;
  it.each([
    ["a pool without a web host", { POOLS: "main=web.contoso.test emea" }, [/^POOLS has "emea"/]],
    [
      "a name that is none",
      { POOLS: "main=web.contoso.test emea_1=web2.contoso.test", POOL_HOSTS: "", POOL_ORIGINS: "emea_1=ORIGIN_2" },
      [/^POOLS has "emea_1=/],
    ],
    [
      "a web host that is not public",
      { POOLS: "main=web.contoso.test emea=web3.contoso.test" },
      [/not one of PUBLIC_HOSTS/],
    ],
    ["one name twice", { POOLS: "emea=web.contoso.test emea=web2.contoso.test" }, [/the same name/]],
    ["one web host twice", { POOLS: "main=web.contoso.test emea=web.contoso.test" }, [/the same web host/]],
    ["no pool of WEB_HOST", { POOLS: "emea=web2.contoso.test" }, [/does not name the pool of WEB_HOST/]],
    ["a host that is not public", { POOL_HOSTS: "emea=meet3.contoso.test" }, [/^POOL_HOSTS has .* PUBLIC_HOSTS/]],
    ["a host of two pools", { POOL_HOSTS: "emea=meet2.contoso.test main=meet2.contoso.test" }, [/A host has one pool/]],
    ["the web host of another", { POOL_HOSTS: "emea=web.contoso.test" }, [/it belongs to "main"/]],
    [
      "a pool that is not in POOLS",
      { POOL_HOSTS: "apac=meet2.contoso.test" },
      [/the pool "apac", which is not in POOLS/],
    ],
    ["a word without a pool", { POOL_SERVICES: "HTTP/web2.contoso.test" }, [/^POOL_SERVICES has "HTTP/]],
    ["a pool without an origin", { POOL_ORIGINS: undefined }, [/no binding for the pool "emea"/]],
    ["an origin of another name", { POOL_ORIGINS: "emea=ORIGIN2" }, [/gives the pool "emea" the binding "ORIGIN2"/]],
    ["an origin that is not bound", { ORIGIN_2: undefined }, [/the pool "emea" is at the binding ORIGIN_2/]],
    ["two pools at one origin", { POOL_ORIGINS: "emea=ORIGIN" }, [/"main" and "emea" the same binding/]],
    ["an SPN that is none", { POOL_SERVICES: "emea=web2" }, [/gives the pool "emea" the SPN "web2"/]],
    ["two SPNs", { POOL_SERVICES: "emea=HTTP/a emea=HTTP/b" }, [/2 values/]],
    [
      "the first pool's SPN twice",
      { SIGN_ON_SERVICE: "HTTP/a", POOL_SERVICES: "main=HTTP/b" },
      [/SIGN_ON_SERVICE and POOL_SERVICES/],
    ],
    ["an inside name that may be shown", { POOL_FQDNS: "emea=pool2.corp.test" }, [/INTERNAL_DOMAINS does not cover/]],
    [
      "an inside name of two pools",
      { POOL_FQDNS: "emea=p.contoso.local main=p.contoso.local" },
      [/the name of one pool/],
    ],
    [
      "a web host too long for a challenge",
      { PUBLIC_HOSTS: `${TWO.PUBLIC_HOSTS} ${long}`, POOLS: `main=web.contoso.test emea=${long}` },
      [/of POOLS and DNS_DOMAIN together are too long/],
    ],
    [
      "variables without POOLS",
      { POOLS: undefined },
      [/"emea", which is not in POOLS/, /"emea", which is not in POOLS/],
    ],
    ["a binding that is something else", { ORIGIN_2: variablesWith({}).DB }, [/ORIGIN_2 is bound to something else/]],
  ])("%s", (_, changes, said) => {
    expect(faults(changes)).toEqual(said.map((sentence) => expect.stringMatching(sentence)));
    for (const fault of faults(changes)) expect(fault.length).toBeLessThan(500);
  });
});
