// S-86, S-87: the variables of the token service. Every fault is a sentence with its fix, and quotes no key.

import { beforeAll, describe, expect, it } from "vitest";
import { DOMAIN_SID, tokenKeyEntries } from "../../test/kit/token-keys.ts";
import { variablesWith } from "../../test/kit/variables.ts";
import { readConfig } from "./config.ts";
import { stsRemarks } from "./sts.ts";

const AROUND = {
  ...{ ADMIN_HOST: "api.contoso.test", ADMIN_KEYS: Buffer.alloc(32, 8).toString("base64") },
  PORTAL_HOST: "access.contoso.test",
};
const WEB = "web.contoso.test";
const REALM = "https://pool.contoso.test/passiveauth";

let entries: readonly string[] = [];
let good: Readonly<Record<string, string>> = {};
beforeAll(async () => {
  entries = await tokenKeyEntries(2);
  good = {
    ...{ ...AROUND, STS_HOST: "STS.contoso.test", STS_KEYS: entries.join(" ") },
    ...{ STS_REALMS: `${WEB}=${REALM}`, STS_DOMAIN_SIDS: DOMAIN_SID },
  };
}, 120_000);

const read = (changes: Readonly<Record<string, string | undefined>> = {}) =>
  readConfig(variablesWith({ ...good, ...changes }));
/** An entry of which the last number of the private key was changed. */
function damaged(): string {
  const [half = "", certificate = ""] = (entries[0] ?? "").split(".");
  const bytes = Buffer.from(half, "base64");
  bytes[bytes.length - 5] = (bytes.at(-5) ?? 0) ^ 1;
  return `${bytes.toString("base64")}.${certificate}`;
}
const faults = (changes: Readonly<Record<string, string | undefined>>): readonly string[] => {
  const result = read(changes);
  return "faults" in result ? result.faults : [];
};

describe("S-87: the token service", () => {
  it("is absent without its host", () => {
    const result = readConfig(variablesWith(AROUND));
    expect("config" in result && result.config.sts).toBe(undefined);
  });

  it("is where STS_HOST says, with what follows from it", async () => {
    const result = read();
    const sts = "config" in result ? result.config.sts : undefined;
    expect(sts).toMatchObject({
      ...{ host: "sts.contoso.test", issuer: "http://sts.contoso.test/postern", tokenMinutes: 5 },
      ...{ domainSids: [DOMAIN_SID], deniedSids: [] },
    });
    expect(sts?.realms).toEqual(
      new Map([[WEB, { realm: REALM, reply: `https://${WEB}/PassiveAuth/PassiveAuth.aspx` }]]),
    );
    const keys = await sts?.keys();
    expect(keys?.map(({ thumbprint }) => thumbprint)).toEqual(sts?.certificates.map(({ thumbprint }) => thumbprint));
    expect(await sts?.keys()).toBe(keys);
  });

  it("takes what is given for the rest", () => {
    const result = read({
      ...{ STS_ISSUER: "urn:contoso:sts", STS_TOKEN_MINUTES: "240" },
      ...{ STS_REPLIES: `${WEB}=https://${WEB}:8443/passiveauth/x.aspx`, STS_DENIED_SIDS: `${DOMAIN_SID}-1200` },
    });
    expect("config" in result && result.config.sts).toMatchObject({
      ...{ issuer: "urn:contoso:sts", tokenMinutes: 240, deniedSids: [`${DOMAIN_SID}-1200`] },
      realms: new Map([[WEB, { realm: REALM, reply: `https://${WEB}:8443/passiveauth/x.aspx` }]]),
    });
  });

  it.each([
    ["an address", { STS_HOST: "192.0.2.1" }, /^STS_HOST is "192\.0\.2\.1", which is not a host name/],
    ["a URL", { STS_HOST: "https://sts.contoso.test" }, /^STS_HOST is .*without https:\/\//],
    ["a public host", { STS_HOST: WEB }, /^STS_HOST must be a host of its own/],
    ["the API's host", { STS_HOST: "api.contoso.test" }, /^STS_HOST must be another host than ADMIN_HOST/],
    ["the portal's host", { STS_HOST: "access.contoso.test" }, /^STS_HOST must be another host than PORTAL_HOST/],
    [
      "the console's host",
      { STS_HOST: "c.contoso.test", CONSOLE_HOST: "c.contoso.test" },
      /^STS_HOST must be another host than CONSOLE_HOST/,
    ],
    ["no portal", { PORTAL_HOST: undefined }, /^STS_HOST is set, but PORTAL_HOST is not/],
    ["no key", { STS_KEYS: undefined }, /^STS_KEYS is missing.*keys new --sts/],
    [
      "a damaged key",
      { STS_KEYS: "(damaged)" },
      /^STS_KEYS has a private key whose numbers do not belong together.*in place again/,
    ],
    ["half a key", { STS_KEYS: "MII=" }, /^STS_KEYS has something that is not a key and its certificate/],
    ["an issuer with a space", { STS_ISSUER: "Postern STS" }, /^STS_ISSUER is "Postern STS"/],
    ["no minute", { STS_TOKEN_MINUTES: "0" }, /^STS_TOKEN_MINUTES is "0"; it must be .*1 to 240 \(default 5\)/],
    ["too many minutes", { STS_TOKEN_MINUTES: "241" }, /^STS_TOKEN_MINUTES is "241"/],
    ["no realm", { STS_REALMS: undefined }, /^STS_REALMS is missing.*"web\.contoso\.test=https:\/\/pool/],
    [
      "a realm of a stranger's host",
      { STS_REALMS: `x.test=${REALM}` },
      /^STS_REALMS has "x\.test=.*web\.contoso\.test/,
    ],
    ["a realm alone", { STS_REALMS: REALM }, /^STS_REALMS has "https:/],
    [
      "a realm twice",
      { STS_REALMS: `${WEB}=${REALM} ${WEB}=${REALM}/` },
      /^STS_REALMS names "web\.contoso\.test" twice/,
    ],
    ["a realm that is no identifier", { STS_REALMS: `${WEB}=pool` }, /^STS_REALMS gives .*"pool", which cannot be one/],
    ["a reply elsewhere", { STS_REPLIES: `${WEB}=https://evil.test/PassiveAuth/x` }, /^STS_REPLIES gives/],
    [
      "a reply to a longer name",
      { STS_REPLIES: `${WEB}=https://${WEB}.evil.test/PassiveAuth/x` },
      /^STS_REPLIES gives/,
    ],
    ["a reply with a user", { STS_REPLIES: `${WEB}=https://${WEB}@evil.test/PassiveAuth/x` }, /^STS_REPLIES gives/],
    ["a reply to another page", { STS_REPLIES: `${WEB}=https://${WEB}/ucwa/x` }, /^STS_REPLIES gives/],
    ["a reply that climbs", { STS_REPLIES: `${WEB}=https://${WEB}/PassiveAuth/../x` }, /^STS_REPLIES gives/],
    ["a reply with a query", { STS_REPLIES: `${WEB}=https://${WEB}/PassiveAuth/x?a` }, /^STS_REPLIES gives/],
    ["a reply in the clear", { STS_REPLIES: `${WEB}=http://${WEB}/PassiveAuth/x` }, /^STS_REPLIES gives/],
    ["no domain", { STS_DOMAIN_SIDS: undefined }, /^STS_DOMAIN_SIDS is missing.*Get-ADDomain/],
    ["an account for a domain", { STS_DOMAIN_SIDS: `${DOMAIN_SID}-1104` }, /^STS_DOMAIN_SIDS has "S-1-5-21-/],
    ["Windows' own domain", { STS_DOMAIN_SIDS: "S-1-5-32" }, /^STS_DOMAIN_SIDS has "S-1-5-32"/],
    ["a denied name", { STS_DENIED_SIDS: "ada" }, /^STS_DENIED_SIDS has "ADA"/],
    ["a denied account of Windows", { STS_DENIED_SIDS: `${DOMAIN_SID}-500` }, /^STS_DENIED_SIDS .*below 1000/],
  ])("refuses %s", (_, given, sentence) => {
    const changes = "STS_KEYS" in given && given.STS_KEYS === "(damaged)" ? { STS_KEYS: damaged() } : given;
    expect(faults(changes).filter((said) => sentence.test(said))).toHaveLength(1);
  });

  it.each([
    ["STS_ISSUER", "urn:x"],
    ["STS_REALMS", `${WEB}=${REALM}`],
    ["STS_REPLIES", `${WEB}=https://${WEB}/PassiveAuth/x`],
    ["STS_TOKEN_MINUTES", "5"],
    ["STS_DOMAIN_SIDS", DOMAIN_SID],
    ["STS_DENIED_SIDS", `${DOMAIN_SID}-1104`],
  ])("says that %s does nothing without STS_HOST", (name, value) => {
    const result = readConfig(variablesWith({ ...AROUND, [name]: value }));
    expect("faults" in result && result.faults).toEqual([
      `${name} is set, but STS_HOST is not, so there is no token service. Set STS_HOST, or take ${name} out.`,
    ]);
  });

  it("says that STS_KEYS does nothing without STS_HOST, and runs all the same", () => {
    const remarks = (STS_KEYS: string): readonly string[] => {
      const result = readConfig(variablesWith({ ...AROUND, STS_KEYS }));
      return "config" in result ? stsRemarks({ STS_KEYS }, result.config.sts) : ["it does not run"];
    };
    expect(remarks(entries[0] ?? "")).toEqual([
      expect.stringMatching(/^STS_KEYS is set, but STS_HOST is not.*Set STS_HOST, or remove the key with/),
    ]);
    expect(remarks("")).toEqual([]);
  });

  it("says of each certificate that is not good now, and what to do, and runs all the same", async () => {
    const now = Date.now();
    const [ended = "", future = ""] = [
      ...(await tokenKeyEntries(1, now - 3 * 365 * 86_400_000)),
      ...(await tokenKeyEntries(1, now + 3 * 86_400_000)),
    ];
    const remarks = (...keys: readonly string[]): readonly string[] => {
      const result = read({ STS_KEYS: keys.join(" ") });
      return "config" in result ? (result.config.sts?.remarks ?? []) : ["it does not run"];
    };
    expect(remarks(...entries)).toEqual([]);
    expect(remarks(ended, entries[0] ?? "")).toEqual([
      expect.stringMatching(
        /^STS_KEYS has the certificate [0-9A-F]{40}, which ended on .*signs nothing\. Make another/,
      ),
    ]);
    expect(remarks(entries[0] ?? "", ended)).toEqual([
      expect.stringMatching(/which ended on .* Take its entry out of STS_KEYS\.$/),
    ]);
    expect(remarks(future)).toEqual([expect.stringMatching(/which is good only from .* whether the clock was right/)]);
  });

  it("S-86: no fault quotes a key, wherever somebody put it", () => {
    const [entry = ""] = entries;
    const [key = ""] = entry.split(".");
    for (const changes of [
      { STS_KEYS: `${entry} ${entry}` },
      { STS_KEYS: `${entry}x` },
      { STS_REALMS: entry },
      { STS_ISSUER: entry },
      { STS_DENIED_SIDS: key },
      { STS_HOST: entry },
    ]) {
      const said = faults(changes).join("\n");
      expect(said).not.toBe("");
      for (let at = 100; at + 40 < key.length; at += 40) expect(said).not.toContain(key.slice(at, at + 40));
    }
    expect(faults({ STS_ISSUER: entry }).join("\n")).toMatch(/STS_ISSUER holds a key or a secret/);
  });
});

describe("S-93: SIGN_ON = sts", () => {
  const TWO_POOLS = {
    PUBLIC_HOSTS: `lyncdiscover.contoso.test ${WEB} web2.contoso.test`,
    ...{ POOLS: `main=${WEB} emea=web2.contoso.test`, POOL_ORIGINS: "emea=ORIGIN_2" },
    ORIGIN_2: { fetch: async () => new Response() } as unknown as string, // a binding
  };
  const NAMES_NO_REALM = /^SIGN_ON is "sts", but STS_REALMS does not name "web2\.contoso\.test"\. Add/;

  it("has a sign-on for each pool that can say whether it is ready", () => {
    const result = read({ SIGN_ON: "sts" });
    expect("config" in result && result.config.signOn).toMatchObject({
      ...{ credentialsFor: expect.any(Function), ready: expect.any(Function) },
    });
  });

  it("needs the token service", () => {
    const nothing = { STS_HOST: "", STS_KEYS: "", STS_REALMS: "", STS_DOMAIN_SIDS: "" };
    expect(faults({ SIGN_ON: "sts", ...nothing })).toEqual([
      expect.stringMatching(/^SIGN_ON is "sts", but STS_HOST is not set.*docs\/passive\.md/),
    ]);
  });

  it("needs the identifier of every pool", () => {
    expect(faults({ SIGN_ON: "sts", ...TWO_POOLS })).toEqual([expect.stringMatching(NAMES_NO_REALM)]);
    const both = `${WEB}=${REALM} web2.contoso.test=${REALM}2`;
    expect(faults({ SIGN_ON: "sts", ...TWO_POOLS, STS_REALMS: both })).toEqual([]);
    expect(faults({ SIGN_ON: "none", ...TWO_POOLS })).toEqual([]);
  });

  it("says all its faults at once", () => {
    const all = faults({
      ...{ SIGN_ON: "sts", ...TWO_POOLS, STS_KEYS: "" },
      ...{ STS_DOMAIN_SIDS: "S-1-5-32", STS_TOKEN_MINUTES: "0", STS_ISSUER: "not a name", PORTAL_HOST: "" },
    });
    for (const each of [
      ...[NAMES_NO_REALM, /^STS_KEYS is missing/, /^STS_DOMAIN_SIDS has "S-1-5-32"/, /^STS_TOKEN_MINUTES is "0"/],
      ...[/^STS_ISSUER is "not a name"/, /^STS_HOST is set, but PORTAL_HOST is not/],
    ]) {
      expect(all).toContainEqual(expect.stringMatching(each));
    }
    for (const each of all) expect(each).toMatch(/\.$/);
  });
});
