// S-86: what the token service signs, judged by programs of others. Names are random and as strange as a directory lets
// them be. What is accepted as it was written is refused after any change.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { TokenRequest } from "../../../src/core/sts/assertion.ts";
import type { TokenKey } from "../../../src/core/sts/keys.ts";
import { metadataDocument } from "../../../src/core/sts/metadata.ts";
import { issueToken } from "../../../src/core/sts/response.ts";
import { runs } from "../../kit/runs.ts";
import { keysOf, SID, tokenKeyEntries } from "../../kit/token-keys.ts";
import { describeClient } from "../requirements.ts";
import { changedMetadata, changedTokens } from "./changes.ts";
import { canonicalForms, type Kind, pemFile, VERIFIERS } from "./verifiers.ts";

const TOKENS = runs(10_000);
/** What a name may have in it: what XML escapes, what C14N escapes, and characters of every length. */
const PIECES = [
  ...["&", "<", ">", '"', "'", "]]>", "&amp;", "&#13;", "<!--", "-->", "<?x?>", "<![CDATA[", " ", "  ", "%26", "\\"],
  ...["a", "Ž", "é", "e\u0301", "ß", "\u00a0", "\u200b", "\u202e", "\ufeff", "\ufffd", "漢", "😀", "\u{10ffff}", "@"],
];
const OF_METADATA = { issuer: "http://sts.contoso.test/postern", passiveUrl: "https://sts.contoso.test/passive" };

let folder = "";
let key: TokenKey;
let other: TokenKey;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "postern-tokens-"));
  const [own, strange] = await keysOf(...(await tokenKeyEntries(2)));
  if (own === undefined || strange === undefined) throw new Error("no keys");
  [key, other] = [own, strange];
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const requestOf = (upn: string): TokenRequest => ({
  ...{ issuer: OF_METADATA.issuer, audience: "https://pool.contoso.test/passiveauth?a=1&b=<'>", upn, sid: SID },
  ...{ method: "two-factors", authenticatedAt: Date.now() - 1_000, now: Date.now(), minutes: 5 },
});

async function tokenFor(upn: string, by: TokenKey): Promise<string> {
  const issued = await issueToken(requestOf(upn), by);
  if (!issued.ok) throw new Error(issued.reason);
  return issued.value.wresult;
}

const nameOf = (seed: number): string => {
  let state = seed;
  const next = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return (state >>> 8) % below;
  };
  return Array.from({ length: 1 + next(20) }, () => PIECES[next(PIECES.length)]).join("");
};

function written(name: string, documents: readonly string[]): readonly string[] {
  return documents.map((document, at) => {
    const file = join(folder, `${name}-${at}.xml`);
    writeFileSync(file, document);
    return file;
  });
}

const NEEDS = [...VERIFIERS.flatMap(({ needs }) => needs), { file: "xmllint", debianPackage: "libxml2-utils" }];

describeClient("S-86: tokens and metadata before verifiers of others", NEEDS, () => {
  it(`S-86: ${TOKENS} tokens for random names are canonical as they are written, and every verifier accepts them`, async () => {
    const tokens: string[] = [];
    for (let at = 0; at < TOKENS; at++) tokens.push(await tokenFor(nameOf(at + 1), key));
    const files = written("token", tokens);
    expect(canonicalForms(files).join("")).toBe(tokens.join(""));
    const pem = pemFile(folder, "key.pem", key);
    for (const { name, judge } of VERIFIERS) {
      expect({ name, good: judge("assertion", pem, files).filter((good) => good).length }).toEqual({
        name,
        good: TOKENS,
      });
    }
    expect(tokens.filter((token) => /[\r\n]/.test(token))).toEqual([]);
  });

  const allRefuse = (kind: Kind, pem: string, changes: readonly (readonly [string, string])[]): void => {
    const files = written(
      kind,
      changes.map(([, document]) => document),
    );
    for (const { name, judge } of VERIFIERS) {
      const judged = judge(kind, pem, files);
      const accepted = changes.flatMap(([what], at) => (judged[at] === false ? [] : [what]));
      expect({ name, accepted }).toEqual({ name, accepted: [] });
    }
  };

  it("S-86: a token of another key is refused, and one that was changed in any part", async () => {
    const pem = pemFile(folder, "key.pem", key);
    const token = await tokenFor("ada@contoso.test", key);
    for (const { judge } of VERIFIERS) expect(judge("assertion", pem, written("good", [token]))).toEqual([true]);
    allRefuse("assertion", pem, [["another key", await tokenFor("ada@contoso.test", other)], ...changedTokens(token)]);
  });

  it("S-86: metadata is accepted, and refused after a change, also of what a prefix of its type means", async () => {
    const pem = pemFile(folder, "key.pem", key);
    const metadata = await metadataDocument(OF_METADATA, [key, other]);
    for (const { judge } of VERIFIERS) expect(judge("metadata", pem, written("good", [metadata]))).toEqual([true]);
    allRefuse("metadata", pem, [
      ["another key", await metadataDocument(OF_METADATA, [other, key])],
      ...changedMetadata(metadata),
    ]);
  });
});
