import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { runIn } from "../test/kit/gateway/command.ts";

const folder = mkdtempSync(join(tmpdir(), "postern-config-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SAMPLE = readFileSync(join(import.meta.dirname, "..", "wrangler.toml"), "utf8");
/** The sample with the values of a company. */
const GOOD = SAMPLE.replaceAll("contoso.com", "fabrikam.com")
  .replaceAll("CONTOSO", "FABRIKAM")
  .replaceAll("contoso.local", "fabrikam.local")
  .replaceAll("00000000-0000-0000-0000-000000000000", "0123abcd-0000-4000-8000-000000000000");

/** Checks that text. Returns its faults, one a line. */
async function check(text: string, ...argv: readonly string[]) {
  writeFileSync(join(folder, "wrangler.toml"), text);
  const run = await runIn({ folder }, ["config", "check", "wrangler.toml", "--offline", ...argv]);
  return { ...run, faults: run.err.trim().split("\n\n")[0]?.split("\n").slice(1) ?? [] };
}

it("finds nothing in the sample once it is filled in, and says what it has not seen", async () => {
  const { code, out, err } = await check(GOOD);
  expect([code, err]).toEqual([0, ""]);
  expect(out).toBe(`wrangler.toml, environment production: no fault.
Secrets were not looked at (--offline was given). Needed: SEALING_KEYS.
SIGN_ON is "none": every sign-in ends in 503 after its password was verified.
ADMIN_HOST is not set: nobody can add a user or end a ticket.
`);
});

const TWO_POOLS = GOOD.replaceAll(/^# (POOL\w* = )/gm, "$1")
  .replace(
    /^# (\[\[env\.production\.vpc_services\]\]) # of the second.*\n# (.*)\n# .*$/m,
    '$1\n$2\nservice_id = "22222222-0000-4000-8000-000000000003"',
  )
  .replace(/^PUBLIC_HOSTS = "/m, 'PUBLIC_HOSTS = "web-emea.fabrikam.com meet-emea.fabrikam.com ')
  .replace(/^MEET_HOSTS = "/m, 'MEET_HOSTS = "meet-emea.fabrikam.com ')
  .replace(
    "routes = [",
    "routes = [\n" +
      '{ pattern = "web-emea.fabrikam.com", custom_domain = true }, { pattern = "meet-emea.fabrikam.com", custom_domain = true },',
  );

it("S-69: knows several pools as the sample has them, each with its binding", async () => {
  expect(await check(TWO_POOLS)).toMatchObject({ code: 0, err: "" });
  const unbound = TWO_POOLS.replace('binding = "ORIGIN_2"', 'binding = "ORIGIN_3"');
  expect((await check(unbound)).faults).toContainEqual(
    expect.stringMatching(/^POOL_ORIGINS says that the pool "emea" is at the binding ORIGIN_2, which is not there/),
  );
});

it("finds every sample in the file as it comes, at once", async () => {
  const { code, err } = await runIn({}, ["config", "check", "--offline"]);
  expect(code).toBe(2);
  for (const name of ["PUBLIC_HOSTS", "WEB_HOST", "MEET_HOSTS", "DIALIN_HOSTS", "NETBIOS_DOMAIN", "INTERNAL_DOMAINS"]) {
    expect(err).toMatch(new RegExp(`^${name} still has the sample `, "m"));
  }
  expect(err).toMatch(/^DB still has the sample database_id\./m);
  expect(err).toMatch(/^ORIGIN still has the sample service_id\./m);
  expect(err).toMatch(/^routes still has the sample "web\.contoso\.com"\./m);
});

const inVars = (line: string): string => GOOD.replace("[env.production.vars]", `[env.production.vars]\n${line}`);
const KEY = Buffer.alloc(32, 5).toString("base64");

it.each([
  [
    "a secret among the variables",
    inVars(`SEALING_KEYS = "${KEY}"`),
    /^SEALING_KEYS is a secret, .* secret put SEALING_KEYS/,
  ],
  ["a secret that is no key", inVars('ACCESS_CLIENT_SECRET = "4711"'), /^ACCESS_CLIENT_SECRET is a secret, /],
  ["a key in a variable", inVars(`SIP_DOMAINS = "${KEY}"`), /^SIP_DOMAINS holds a key or a secret/],
  ["a misspelt variable", inVars('DIALIN_HOST = "x"'), /^DIALIN_HOST is not a variable .* did you mean DIALIN_HOSTS\?/],
  ["a number", inVars("REFUSAL_FLOOR_MS = 300"), /^REFUSAL_FLOOR_MS is a number/],
  ["a missing binding", GOOD.replaceAll('name = "GUEST_GUARD"', 'name = "GUESTS_GUARD"'), /^GUEST_GUARD is missing/],
  [
    "a misnamed binding",
    GOOD.replaceAll('name = "GUEST_GUARD"', 'name = "GUESTS_GUARD"'),
    /^GUESTS_GUARD is not a binding .* GUEST_GUARD\?/,
  ],
  [
    "a binding of another kind",
    GOOD.replaceAll('binding = "ORIGIN"', 'binding = "USER_GUARD"'),
    /^FRONT_END is "binding", but/,
  ],
  [
    "a guard of another class",
    GOOD.replaceAll('"SourceGuard"', '"UserGuard"'),
    /^SOURCE_GUARD is bound to the class UserGuard\. Write class_name = "SourceGuard"/,
  ],
  [
    "a host without a route",
    GOOD.replace('"web.fabrikam.com meet', '"web.fabrikam.com meet2.fabrikam.com meet').replace(
      'PUBLIC_HOSTS = "',
      'PUBLIC_HOSTS = "new.fabrikam.com ',
    ),
    /^PUBLIC_HOSTS holds "new\.fabrikam\.com", but no route/,
  ],
  [
    "a console without a route",
    inVars('CONSOLE_HOST = "postern.fabrikam.com"'),
    /^CONSOLE_HOST holds "postern\.fabrikam\.com", but no route/,
  ],
  [
    "a console without the API",
    inVars('CONSOLE_HOST = "postern.fabrikam.com"'),
    /^CONSOLE_HOST is set, but ADMIN_HOST/,
  ],
])("S-16: says of %s what is wrong and how to put it right", async (_, text, sentence) => {
  const { code, faults } = await check(text);
  expect(code).toBe(2);
  expect(
    faults.filter((each) => sentence.test(each)),
    faults.join("\n"),
  ).toHaveLength(1);
  expect(faults.join("\n")).not.toContain(KEY);
});

it("tells scripts, too, and never quotes a secret of a file that is not TOML", async () => {
  const { err } = await check(inVars('DIALIN_HOST = "x"'), "--json");
  expect(JSON.parse(err)).toMatchObject({
    error: { kind: "usage", faults: [expect.stringContaining("DIALIN_HOSTS")] },
  });
  const broken = await check(`SEALING_KEYS = "${KEY}`);
  expect(broken.err).toMatch(/is not TOML\.\nline 1, column/);
  expect(broken.err).not.toContain(KEY);
});

it("names the environment that is not there, and the file", async () => {
  expect((await check(GOOD, "--env", "staging")).err).toContain('has no environment "staging"');
  expect((await runIn({ folder }, ["config", "check", "nothing.toml", "--offline"])).err).toContain(
    "nothing.toml cannot be read (ENOENT)",
  );
});
