// What administrators broke that the first list did not have: each file has the sentence, and a right file has none.

import { expect, it } from "vitest";
import { findingsIn } from "./check.ts";
import { parsed } from "./file.ts";
import { GOOD } from "./good.fixture.ts";

async function faultsOf(text: string): Promise<readonly string[]> {
  const found = await findingsIn(parsed(text, "wrangler.toml"), "production", { known: "nothing", why: "" });
  return found?.faults ?? [];
}

/** The good file, with one text in place of another that must be there. */
const edited = (from: string | RegExp, to: string): string => {
  const broken = GOOD.replace(from, () => to);
  if (broken === GOOD) throw new Error(`the good file has no ${from}`);
  return broken;
};
const inVars = (line: string): string => edited("[env.production.vars]", `[env.production.vars]\n${line}`);
const set = (name: string, value: string): string => edited(new RegExp(`^${name} = .*$`, "m"), `${name} = ${value}`);
const atEnd = (lines: string): string => `${GOOD}\n${lines}\n`;
/** The hourly trigger of production. */
const cron = (text: string): string =>
  edited(/(?<=\[env\.production\.triggers\]\ncrons = \[\n {2})"17 \* \* \* \*"/, JSON.stringify(text));

const BROKEN: readonly (readonly [string, string, RegExp])[] = [
  ["a tail", atEnd('[[env.production.tail_consumers]]\nservice = "logger"'), /^tail_consumers gives another Worker/],
  [
    "a streaming tail",
    atEnd('[[env.production.streaming_tail_consumers]]\nservice = "logger"'),
    /^streaming_tail_consumers gives another Worker/,
  ],
  [
    "an account's name",
    edited("[env.production]", '[env.production]\naccount_id = "contoso"'),
    /^account_id is "contoso", which is no id/,
  ],
  [
    "a log of which nothing is kept",
    edited("[observability]", "[observability]\nhead_sampling_rate = 0"),
    /^head_sampling_rate is 0 in \[env\.production\.observability\]: no line/,
  ],
  [
    "logs of which nothing is kept",
    edited("[observability.logs]", "[observability.logs]\npersist = false"),
    /^persist is false in/,
  ],
  [
    "mail to one address",
    atEnd('[[env.production.send_email]]\nname = "MAIL"\ndestination_address = "it@fabrikam.com"'),
    /^MAIL has destination_address/,
  ],
  [
    "mail to a list",
    atEnd('[[env.production.send_email]]\nname = "MAIL"\nallowed_destination_addresses = ["it@fabrikam.com"]'),
    /^MAIL has allowed_destination_addresses/,
  ],
  [
    "a binding that wrangler does not read",
    atEnd('[[env.production.unsafe.bindings]]\nname = "ORIGIN_2"\ntype = "fetcher"'),
    /^"ORIGIN_2" is bound in \[env\.production\.unsafe\]/,
  ],
  ["a cron in words", cron("hourly"), /^crons of .* has "hourly", which is no time/],
  ["a cron with seconds", cron("0 17 * * * *"), /^crons of .* has "0 17 \* \* \* \*", which is no time/],
  ["a cron of minute 75", cron("75 * * * *"), /^crons of .* has "75 \* \* \* \*", which is no time/],
  [
    "a secret at the top level",
    atEnd('[vars]\nADMIN_KEYS = "topsecretvalue"'),
    /^ADMIN_KEYS is a secret, and everybody .* `npx wrangler secret put ADMIN_KEYS --env production`/,
  ],
  [
    "another kind of binding under a name of Postern's",
    atEnd('[[env.production.kv_namespaces]]\nbinding = "METRICS"\nid = "0123456789abcdef0123456789abcdef"'),
    /^METRICS is bound to something else/,
  ],
  [
    "the second pool's origin bound to a Worker",
    atEnd('[[env.production.services]]\nbinding = "ORIGIN_2"\nservice = "front-end"'),
    /^ORIGIN_2 is bound to the Worker "front-end"/,
  ],
  ["an internal domain with an asterisk", set("INTERNAL_DOMAINS", '"*.fabrikam.local"'), /^INTERNAL_DOMAINS has "\*\./],
  ["internal domains with semicolons", set("INTERNAL_DOMAINS", '"fe01; fe02"'), /^INTERNAL_DOMAINS has "fe01;"/],
  [
    "the sample's help desk",
    inVars('NOTICE_HELPDESK = "servicedesk@contoso.com"'),
    /^NOTICE_HELPDESK is still that of the sample/,
  ],
  [
    "the sample's authority",
    inVars('AUTHORITY_URL = "https://devices.contoso.com/postern"'),
    /^AUTHORITY_URL is still that of the sample/,
  ],
  ["the sample's probe", inVars("PROBE_ACCOUNT = 'CONTOSO\\probe'"), /^PROBE_ACCOUNT is still that of the sample/],
  [
    "a zone id that is a name",
    edited('"web.fabrikam.com", custom_domain = true', '"web.fabrikam.com/*", zone_id = "fabrikam.com"'),
    /^the route "web\.fabrikam\.com\/\*" has a zone_id that is no id/,
  ],
  [
    "routes that are one table",
    edited(/^routes = \[[^\]]*\]/m, 'routes = { pattern = "web.fabrikam.com", custom_domain = true }'),
    /^routes is not a list/,
  ],
];

it.each(BROKEN)("S-68: %s is found", async (_what, text, sentence) => {
  const faults = await faultsOf(text);
  expect(faults.filter((fault) => sentence.test(fault))).toHaveLength(1);
  expect(faults.join("\n")).not.toContain("topsecretvalue");
});

const RIGHT: readonly (readonly [string, string])[] = [
  ...["*/30 * * * *", "17 2-4,6 * JAN-DEC MON-FRI", "0 0 L * *", "5 4 15W * 6#2"].map(
    (text) => [`the cron ${text}`, cron(text)] as const,
  ),
  ["a dot before a domain, an address and a Front-End", set("INTERNAL_DOMAINS", '".fabrikam.local 10.0.0.5 fe01"')],
  ["a name that only begins as the sample's", inVars('NOTICE_HELPDESK = "it@contoso.com.fabrikam.net"')],
  ["a help desk of its own", inVars('NOTICE_HELPDESK = "it@mycontoso.com"')],
  [
    "bindings that Postern does not use",
    atEnd('[[env.production.kv_namespaces]]\nbinding = "NOTES"\nid = "0123456789abcdef0123456789abcdef"'),
  ],
  ["an assistant that Postern does not use", atEnd('[env.production.ai]\nbinding = "AI"')],
];

it.each(RIGHT)("S-68: %s is no fault", async (_what, text) => {
  expect(await faultsOf(text)).toEqual([]);
});

it("S-68: what follows from a fault is not said beside it", async () => {
  const host = await faultsOf(set("WEB_HOST", '"https://web.fabrikam.com"'));
  expect(host).toHaveLength(1);
  expect(host[0]).toMatch(/^WEB_HOST must be one of PUBLIC_HOSTS/);
  const hosts = ["lyncdiscover", "web", "meet", "dialin"].map((name) => `"${name}.fabrikam.com"`).join(", ");
  const list = await faultsOf(set("PUBLIC_HOSTS", `[${hosts}]`));
  expect(list).toHaveLength(1);
  expect(list[0]).toMatch(/^PUBLIC_HOSTS is a list/);
});

it("S-87: says nothing of keys of the token service that only Cloudflare knows, and asks for them", async () => {
  const lines = [
    ...['STS_HOST = "sts.fabrikam.com"', 'STS_REALMS = "web.fabrikam.com=https://pool.fabrikam.local/passiveauth"'],
    ...['STS_DOMAIN_SIDS = "S-1-5-21-1004336348-1177238915-682003330"', 'PORTAL_HOST = "access.fabrikam.com"'],
  ];
  const routed = inVars(lines.join("\n")).replace(
    /(?<=^ {2}\{ pattern = "postern-admin.fabrikam.*\n)/m,
    '  { pattern = "sts.fabrikam.com", custom_domain = true },\n  { pattern = "access.fabrikam.com", custom_domain = true },\n',
  );
  const file = parsed(routed, "wrangler.toml");
  const names = ["SEALING_KEYS", "ADMIN_KEYS", "SIGN_ON_KEYS"];
  const found = async (secrets: Parameters<typeof findingsIn>[2]) => findingsIn(file, "production", secrets);
  const unknown = await found({ known: "nothing", why: "" });
  expect([unknown?.faults, unknown?.needed.includes("STS_KEYS")]).toEqual([[], true]);
  expect((await found({ known: "names", names: [...names, "STS_KEYS"] }))?.faults).toEqual([]);
  expect((await found({ known: "names", names }))?.faults).toEqual([expect.stringMatching(/^STS_KEYS is missing/)]);
});
