// Tokens of Postern's token service, good ones and changed ones, and what each relying party makes of them. One table
// for all of them, so that it shows where they differ.

import { newTokenKey } from "../../../local/passive.ts";
import { demoUsers } from "../../../simulator/users.ts";
import { parseTokenKeys, type TokenKey, tokenKey } from "../../../src/core/sts/keys.ts";
import { issueToken } from "../../../src/core/sts/response.ts";
import { maySign } from "../../../src/core/sts/sids.ts";

export const ISSUER = "http://sts.contoso.test/postern";

const MINUTE_MS = 60_000;
const [alice, bob] = demoUsers.map(({ sid }) => sid);
if (alice === undefined || bob === undefined) throw new Error("the simulator has no demo users");
export const ALICES_SID: string = alice;

/** A new key of the token service, ready to sign. */
export async function newKey(): Promise<TokenKey> {
  const parsed = parseTokenKeys(newTokenKey());
  if (!parsed.ok) throw new Error(parsed.reason);
  const [written] = parsed.value;
  if (written === undefined) throw new Error("no key");
  return tokenKey(written);
}

/** What a test wants in a token; everything else is as Postern has it. */
export interface Wanted {
  readonly issuer?: string;
  readonly audience?: string;
  /** Milliseconds by which the token service's clock is ahead. */
  readonly aheadMs?: number;
  readonly minutes?: number;
}

/** Makes `wresult` for alice, for one relying party. */
export type Issue = (wanted?: Wanted) => Promise<string>;

/** Issues with a key for a relying party of that name. */
export const issuerWith =
  (key: TokenKey, realm: string): Issue =>
  async ({ issuer = ISSUER, audience = realm, aheadMs = 0, minutes = 5 } = {}) => {
    const sid = maySign(ALICES_SID, { domainSids: [ALICES_SID.slice(0, ALICES_SID.lastIndexOf("-"))], deniedSids: [] });
    if (!sid.ok) throw new Error(sid.reason);
    const now = Date.now() + aheadMs;
    const who = { upn: "alice@contoso.test", sid: sid.value, method: "two-factors", authenticatedAt: now } as const;
    // The certificate of the key is as old as the key. A token of the past needs one that had begun by then.
    const begun = { ...key, notBefore: Math.min(key.notBefore, now) };
    const issued = await issueToken({ issuer, audience, ...who, now, minutes }, begun);
    if (!issued.ok) throw new Error(issued.reason);
    return issued.value.wresult;
  };

const ASSERTION = /<saml:Assertion .*<\/saml:Assertion>/;
const SIGNATURE = /<ds:Signature .*<\/ds:Signature>/;

/** An unsigned assertion that says it is bob, under another id. */
const forged = (assertion: string): string =>
  assertion
    .replace(SIGNATURE, "")
    .replace(ALICES_SID, bob)
    .replace(/AssertionID="[^"]*"/, 'AssertionID="_forged"');

const changeAssertion = (wresult: string, change: (assertion: string) => string): string =>
  wresult.replace(ASSERTION, (assertion) => change(assertion));

/** A token, and who accepts it. `wif`: the simulated Front-End, which judges as WIF does. */
export interface Case {
  readonly name: string;
  readonly make: (issue: Issue) => Promise<string>;
  readonly wif: boolean;
  readonly shibboleth: boolean;
  readonly passport: boolean;
}

type Verdicts = readonly [wif: boolean, shibboleth: boolean, passport: boolean];
const ALL: Verdicts = [true, true, true];
const NONE: Verdicts = [false, false, false];

function row(name: string, [wif, shibboleth, passport]: Verdicts, wanted: Wanted, edit = (text: string) => text): Case {
  return { name, wif, shibboleth, passport, make: async (issue) => edit(await issue(wanted)) };
}

export const CASES: readonly Case[] = [
  row("as Postern makes it", ALL, {}),
  row("with the SID of another", NONE, {}, (text) => text.replace(ALICES_SID, bob)),
  row("for another relying party", NONE, { audience: "https://web2.contoso.test/passiveauth" }),
  row("with another issuer's name", [true, false, true], { issuer: "http://sts.contoso.test/other" }),
  row("without KeyInfo", [false, true, false], {}, (text) => text.replace(/<ds:KeyInfo>.*<\/ds:KeyInfo>/, "")),
  row("without a signature", NONE, {}, (text) => text.replace(SIGNATURE, "")),
  row("two minutes early", ALL, { aheadMs: 2 * MINUTE_MS }),
  row("eleven minutes early", NONE, { aheadMs: 11 * MINUTE_MS }),
  row("four minutes past its end", [true, false, false], { aheadMs: -9 * MINUTE_MS }),
  row("ten minutes past its end", NONE, { aheadMs: -15 * MINUTE_MS }),
  row("issued six minutes ago, with its end ahead", [true, false, true], { aheadMs: -6 * MINUTE_MS, minutes: 30 }),
  row("with a forged one before it", NONE, {}, (text) => changeAssertion(text, (one) => forged(one) + one)),
  row("inside a forged one", NONE, {}, (text) =>
    changeAssertion(text, (one) =>
      forged(one).replace("<saml:AttributeStatement>", `<saml:Advice>${one}</saml:Advice><saml:AttributeStatement>`),
    ),
  ),
  row("whose signature is on a forged one", NONE, {}, (text) =>
    changeAssertion(text, (one) => {
      const signature = SIGNATURE.exec(one)?.[0] ?? "";
      return forged(one).replace("</saml:Assertion>", `${signature}</saml:Assertion>`) + one.replace(signature, "");
    }),
  ),
  row("with a comment inside the SID", ALL, {}, (text) => text.replace("-1104<", "-11<!-- -->04<")),
  row("with white space inside", NONE, {}, (text) => text.replace("<saml:Conditions", "\n<saml:Conditions")),
  row("with a DOCTYPE", [false, false, true], {}, (text) => `<!DOCTYPE x>${text}`),
];
