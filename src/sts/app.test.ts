// S-87: what STS_HOST answers, in workerd, through the app.

import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { apiAnswer, apiEnv } from "../../test/kit/api.ts";
import { DOMAIN_SID, tokenKeyEntries } from "../../test/kit/token-keys.ts";
import type { KeysAnswer } from "../api/schemas/keys.ts";
import type { HealthAnswer } from "../api/schemas/tokens.ts";
import { app } from "../app.ts";
import type { Env } from "../config/env.ts";

const HOST = "sts.contoso.test";
const PATH = "/FederationMetadata/2007-06/FederationMetadata.xml";

let stsEnv: Env;
let entries: readonly string[] = [];
beforeAll(async () => {
  entries = await tokenKeyEntries(2);
  stsEnv = withKeys(...entries);
}, 120_000);
const withKeys = (...keys: readonly string[]): Env => ({
  ...apiEnv,
  ...{ PORTAL_HOST: "access.contoso.test", STS_HOST: HOST, STS_KEYS: keys.join(" ") },
  ...{ STS_REALMS: `${apiEnv.WEB_HOST}=https://pool.contoso.local/passiveauth`, STS_DOMAIN_SIDS: DOMAIN_SID },
});
beforeEach(() => void vi.spyOn(console, "log").mockImplementation(() => undefined));

const ask = async (path: string, { host = HOST, method = "GET", scheme = "https", on = stsEnv } = {}) => {
  const request = new Request(`${scheme}://${host}${path}`, { method, headers: { "cf-connecting-ip": "192.0.2.7" } });
  const answer = await app.fetch(request, on);
  const { "x-request-id": _, "x-postern-request-id": __, ...headers } = Object.fromEntries(answer.headers);
  return { status: answer.status, headers, text: await answer.text() };
};
const withoutId = ({ headers, ...rest }: Awaited<ReturnType<typeof ask>>) => ({
  ...rest,
  headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !/request-?id/.test(name))),
});

describe("S-87: the token service's host", () => {
  it("answers its metadata, in any case of the path, with every key", async () => {
    const { status, headers, text } = await ask(PATH);
    expect([status, headers["content-type"], headers["cache-control"]]).toEqual([
      200,
      "application/samlmetadata+xml; charset=utf-8",
      "no-cache",
    ]);
    for (const entry of entries) {
      const certificate = entry.split(".")[1] ?? "";
      expect(text).toContain(
        `<KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>${certificate}<`,
      );
    }
    expect(text).toContain(`<Address>https://${HOST}/passive</Address>`);
    for (const path of [PATH.toLowerCase(), PATH.toUpperCase(), `${PATH}?x=1`])
      expect((await ask(path)).text).toBe(text);
    expect(await ask(PATH, { method: "HEAD" })).toMatchObject({ status: 200, text: "" });
  });

  it("S-98: signs with no certificate that has not begun or has ended, also its metadata", async () => {
    const [later = ""] = await tokenKeyEntries(1, Date.now() + 7 * 86_400_000);
    const [ended = ""] = await tokenKeyEntries(1, Date.now() - 1_000 * 86_400_000);
    const [good = ""] = entries;
    const signerOf = (text: string): string =>
      /<\/ds:SignatureValue><ds:KeyInfo><ds:X509Data><ds:X509Certificate>([^<]+)/.exec(text)?.[1] ?? "";
    for (const bad of [later, ended]) {
      const { status, text } = await ask(PATH, { on: withKeys(bad, good) });
      expect([status, signerOf(text)]).toEqual([200, good.split(".")[1]]);
      expect(text).toContain(bad.split(".")[1]);
      expect((await ask(PATH, { on: withKeys(bad) })).status).toBe(503);
    }
  });

  it("says nothing internal, and no private key", async () => {
    const { text } = await ask(PATH);
    const inside = ["contoso.local", "pool.", apiEnv.WEB_HOST, apiEnv.ADMIN_HOST, "access.contoso.test", DOMAIN_SID];
    for (const word of inside) expect(text.toLowerCase()).not.toContain(String(word).toLowerCase());
    for (const entry of entries) expect(text).not.toContain(entry.slice(60, 160));
  });

  it.each([
    ["GET", "/"],
    ["POST", PATH],
    ["DELETE", PATH],
    ["GET", `${PATH}/`],
    ["GET", "/FederationMetadata/2007-06/"],
    ["GET", "/FederationMetadata%2f2007-06/FederationMetadata.xml"],
    ["GET", "/v1/health"],
    ["GET", "/scim/v2/Users"],
    ["GET", "/PassiveAuth/PassiveAuth.aspx"],
    ["GET", "/WebTicket/WebTicketService.svc/mex"],
    ["GET", "/adfs/services/trust/mex"],
    ["GET", "/static/portal.css"],
    ["GET", "/live"],
    ["HEAD", "/ready"],
  ])("S-33: answers %s %s as a host that Postern does not know", async (method, path) => {
    const [here, elsewhere] = await Promise.all([ask(path, { method }), ask(path, { method, host: "nobody.test" })]);
    expect(withoutId(here)).toEqual(withoutId(elsewhere));
  });

  it("S-33: answers nothing over http", async () => {
    const [here, elsewhere] = await Promise.all([
      ask(PATH, { scheme: "http" }),
      ask(PATH, { scheme: "http", host: "nobody.test" }),
    ]);
    expect(here.status).toBe(404);
    expect(withoutId(here)).toEqual(withoutId(elsewhere));
  });

  it("has its metadata nowhere else", async () => {
    for (const host of ["nobody.test", "access.contoso.test", apiEnv.ADMIN_HOST ?? "", apiEnv.WEB_HOST ?? ""]) {
      expect((await ask(PATH, { host })).text).not.toContain("EntityDescriptor");
    }
  });
});

describe("S-86: the keys of the token service", () => {
  const health = (on: Env) => apiAnswer<HealthAnswer>("GET", "/v1/health", { on });

  it("are listed by their thumbprints with their end, and the second may go", async () => {
    const { keys } = await apiAnswer<KeysAnswer>("GET", "/v1/keys", { on: stsEnv });
    const own = keys.filter(({ kind }) => kind === "sts");
    expect(own).toMatchObject([
      { variable: "STS_KEYS", first: true, removable: "in-use", ends: expect.stringMatching(/^\d{4}-/) },
      { variable: "STS_KEYS", first: false, removable: "yes", why: [expect.stringContaining("read the metadata")] },
    ]);
    expect(own.map(({ id }) => /^[0-9A-F]{40}$/.test(id))).toEqual([true, true]);
    expect(JSON.stringify(keys)).not.toContain(entries[0]?.slice(60, 120));
  });

  it("warn where no token service uses them", async () => {
    const env = withKeys(...(await tokenKeyEntries(1)));
    const idle = { ...env, STS_HOST: "", STS_REALMS: "", STS_DOMAIN_SIDS: "" };
    const codes = async (on: Env) => (await health(on)).warnings.map(({ code }) => code);
    expect(await codes(env)).not.toContain("token-key-idle");
    expect(await codes(idle)).toContain("token-key-idle");
    expect(await codes({ ...idle, STS_KEYS: "" })).not.toContain("token-key-idle");
  });

  it("warn thirty days before a certificate ends, and when it has ended", async () => {
    const DAY = 86_400_000;
    const madeAt = (ago: number) => tokenKeyEntries(1, Date.now() - ago);
    const [late, soon, ended] = await Promise.all([madeAt(699 * DAY), madeAt(702 * DAY), madeAt(732 * DAY)]);
    const details = async (...keys: readonly (readonly string[])[]) =>
      (await health(withKeys(...keys.flat()))).warnings
        .filter(({ code }) => code === "token-key-ends")
        .map(({ detail, fix }) => `${detail} ${fix}`);
    expect(await details(late)).toEqual([]);
    expect(await details(soon)).toEqual([
      expect.stringMatching(/ends on .*, and it signs\. Change it: docs\/keys\.md/),
    ]);
    expect(await details(ended, late)).toEqual([
      expect.stringMatching(/ended on .*: the token service signs nothing\./),
    ]);
    expect(await details(late, ended)).toEqual([expect.stringMatching(/ended on [\d-]+\. Take it out of STS_KEYS\.$/)]);
  });
});
