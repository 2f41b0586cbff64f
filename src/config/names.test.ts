import { describe, expect, it } from "vitest";
import documented from "../../docs/configuration.md?raw";
import { KEY, variablesWith } from "../../test/kit/variables.ts";
import { isSlipOf, nearest } from "../core/text/nearest.ts";
import { readConfig } from "./config.ts";
import { NAMES } from "./names.ts";
import { faultsOfFile } from "./wrangler-file.ts";

const faults = (changes: Readonly<Record<string, unknown>>): readonly string[] => {
  const result = readConfig(variablesWith(changes));
  return "faults" in result ? result.faults : [];
};
/** The one fault of a configuration. */
const fault = (changes: Readonly<Record<string, unknown>>): string => {
  const found = faults(changes);
  expect(found, found.join("\n")).toHaveLength(1);
  return found[0] ?? "";
};

describe("a variable that Postern does not know", () => {
  it.each([
    ["DIALIN_HOST", "DIALIN_HOSTS"],
    ["LOCKOUT_LIMIT", "LOCKOUT_LIMITS"],
    ["AUDIT_RETENTION_DAY", "AUDIT_RETENTION_DAYS"],
    ["lockout", "LOCKOUT"],
    ["EDGE_CERTIFICATES_HASHES", "EDGE_CERTIFICATE_HASHES"],
    ["SIPDOMAINS", "SIP_DOMAINS"],
    ["ADMIN_KEY", "ADMIN_KEYS"],
  ])("%s is a fault that names %s", (name, meant) => {
    const sentence = fault({ [name]: "x" });
    expect(sentence).toMatch(new RegExp(`^${name} is not a variable of Postern; did you mean ${meant}\\? Correct`));
  });

  it("S-78: is no fault when no known name is a slip away: a later version may know it. It is said all the same", () => {
    for (const value of ["production", 3, true, null, ["a"], { a: 1 }]) {
      const read = readConfig(variablesWith({ ENVIRONMENT: value }));
      expect("config" in read && read.config.unread).toEqual([
        expect.stringMatching(/^ENVIRONMENT is not a variable of Postern: .* Take it out;/),
      ]);
    }
    const file = { env: { production: { vars: { ENVIRONMENT: "production" } } } };
    expect(faultsOfFile(file, "production", () => KEY)).toContainEqual(expect.stringMatching(/^ENVIRONMENT is not/));
    const both = faults({ ENVIRONMENT: "production", LOCKOUT_LIMIT: "x" });
    expect(both.map((sentence) => sentence.split(" ")[0])).toEqual(["LOCKOUT_LIMIT", "ENVIRONMENT"]);
  });

  it("S-78: no name is a slip away from another, or an older version would take the newer name for a misspelling", () => {
    const names = Object.keys(NAMES);
    // A binding is taken for a misspelling only while the one that was meant is missing, and ORIGIN is there.
    const near = names
      .filter((name) => !/^ORIGIN(?:_\d)?$/.test(name))
      .filter((name) =>
        isSlipOf(
          name,
          names.filter((other) => other !== name),
        ),
      );
    expect(near).toEqual(["CONNECTOR", "CONNECTOR_2", "CONNECTORS"]); // 0.1.0 has all three
  });

  it("may be a binding, which nobody reads, unless it was meant for one that is missing", () => {
    const { DB } = variablesWith({});
    expect(faults({ SOMETHING: DB, FIGURES: DB })).toEqual([]);
    const found = faults({ ORIGINS: DB, ORIGIN: undefined, D_B: DB, DB: undefined });
    expect(found.filter((each) => /^ORIGINS is not a binding .* did you mean ORIGIN\?/.test(each))).toHaveLength(1);
    expect(found.filter((each) => /^D_B is not a binding .* did you mean DB\?/.test(each))).toHaveLength(1);
    expect(found.filter((each) => /^(?:DB is missing|FRONT_END is)/.test(each))).toHaveLength(2);
  });

  it("its nearest name is near", () => {
    expect(nearest("WEB_HOTS", Object.keys(NAMES))).toBe("WEB_HOST");
    expect(nearest("HTTP_PROXY", Object.keys(NAMES))).toBeUndefined();
    expect(nearest("A".repeat(100_000), Object.keys(NAMES))).toBeUndefined();
  });
});

describe("a variable that is not text", () => {
  it.each([
    [{ REFUSAL_FLOOR_MS: 300 }, /^REFUSAL_FLOOR_MS is a number, .* REFUSAL_FLOOR_MS = "300"\.$/],
    [{ AUDIT_RETENTION_DAYS: 30 }, /^AUDIT_RETENTION_DAYS is a number, /],
    [{ SIP_DOMAINS: true, DNS_DOMAIN: "contoso.test" }, /^SIP_DOMAINS is a boolean, /],
    [{ INTERNAL_DOMAINS: ["contoso.local", "fe01"] }, /^INTERNAL_DOMAINS is a list, .* INTERNAL_DOMAINS = "… …"\.$/],
    [{ LOCKOUT_LIMITS: { "stranger.free": 10 } }, /^LOCKOUT_LIMITS is not text\./],
    [{ SEALING_KEYS: [KEY] }, /^SEALING_KEYS is a list, /],
  ])("%j is one fault, and no exception", (changes, sentence) => {
    expect(faults(changes).filter((each) => sentence.test(each))).toHaveLength(1);
  });

  it("does not hide the faults of others", () => {
    const found = faults({ REFUSAL_FLOOR_MS: 300, PUBLIC_HOSTS: ["web.contoso.test"], CHALLENGE: "Basic" });
    expect(found.map((each) => each.split(" ")[0])).toEqual(
      expect.arrayContaining(["REFUSAL_FLOOR_MS", "PUBLIC_HOSTS", "CHALLENGE"]),
    );
    expect(found.some((each) => each.startsWith("PUBLIC_HOSTS has no discovery host"))).toBe(true);
  });

  it("may not be a binding", () => {
    const { DB } = variablesWith({});
    expect(faults({ PUBLIC_HOSTS: DB })[0]).toMatch(/^PUBLIC_HOSTS is a binding, but it must be a variable\./);
    expect(faults({ SEALING_KEYS: DB })[0]).toMatch(/^SEALING_KEYS is a binding, but it must be a secret\./);
  });
});

describe("S-16: a key where everybody can read it", () => {
  const other = Buffer.alloc(32, 9).toString("base64");

  it.each([
    ["a key of its own", { DNS_DOMAIN: `contoso.test ${other}` }, "DNS_DOMAIN"],
    [
      "a key beside a right value",
      { PUBLIC_HOSTS: `lyncdiscover.contoso.test web.contoso.test ${other}` },
      "PUBLIC_HOSTS",
    ],
    ["the sealing key itself", { SIP_DOMAINS: KEY }, "SIP_DOMAINS"],
    [
      "another secret's word",
      { TUNNEL_HOSTS: "token-4711-of-access", ACCESS_CLIENT_SECRET: "token-4711-of-access" },
      "TUNNEL_HOSTS",
    ],
  ])("%s is a fault", (_, changes, name) => {
    const found = faults(changes);
    expect(found[0]).toMatch(new RegExp(`^${name} holds a key or a secret.*make a new one.*wrangler secret put`));
  });

  it("is never quoted, in any variable, nor is a password in an address", () => {
    const secret = "Token-4711-of-Access";
    for (const [name, kind] of Object.entries(NAMES)) {
      if (kind === "binding") continue;
      const changes = { ACCESS_CLIENT_SECRET: secret, SIGN_ON: "connector", FRONT_END: "tunnel" };
      const said = faults({ ...changes, [name]: `x=${secret} ${other} https://alice:hunter2@web` }).join("\n");
      expect(said.toLowerCase(), name).not.toContain(secret.toLowerCase());
      expect(said.toLowerCase(), name).not.toContain(other.toLowerCase());
      expect(said, name).not.toContain("hunter2");
    }
  });
});

it("a long value does not cut off the fix, which a log line has 500 characters for", () => {
  for (const name of Object.keys(NAMES).filter((each) => NAMES[each as keyof typeof NAMES] === "variable")) {
    for (const value of ["x".repeat(5_000), "x".repeat(480)]) {
      for (const sentence of faults({ [name]: value })) {
        expect(sentence.length, sentence).toBeLessThanOrEqual(500);
        expect(sentence).toMatch(/\.$/);
      }
    }
  }
});

it("docs/configuration.md has every variable in its table and names every binding", () => {
  const rows = [...documented.matchAll(/^\| ((?:`[A-Z_0-9]+`(?:, )?)+)(?: \(secrets?\))? \|/gm)]
    .flatMap(([, cell = ""]) => [...cell.matchAll(/`([A-Z_0-9]+)`/g)])
    .map(([, name = ""]) => name);
  const variables = Object.entries(NAMES).flatMap(([name, kind]) => (kind === "binding" ? [] : [name]));
  expect(rows.toSorted()).toEqual(variables.toSorted());
  for (const name of Object.keys(NAMES)) expect(new RegExp(`[\`"]${name}[\`"]`).test(documented), name).toBe(true);
});
