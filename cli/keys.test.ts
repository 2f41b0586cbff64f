// `postern keys new` from command line to exit code.

import { X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readAuthority } from "../src/core/authority/settings.ts";
import { parseKeyring } from "../src/core/crypto/keyring.ts";
import { signingKey } from "../src/core/crypto/signing-keys.ts";
import { parseTokenKeys } from "../src/core/sts/keys.ts";
import { readDelivery } from "../src/notices/delivery.ts";
import { runIn } from "../test/kit/gateway/command.ts";

describe("keys new", () => {
  const json = async (...argv: string[]) =>
    JSON.parse((await runIn({}, ["keys", "new", ...argv, "--json"])).out) as Record<string, unknown>;

  it("S-15: prints a key that parses, another each time, and asks nobody", async () => {
    const { key } = await json();
    expect(parseKeyring(String(key)).ok).toBe(true);
    expect((await json()).key).not.toBe(key);
    expect((await runIn({}, ["keys", "new"])).out).toContain("wrangler secret put SEALING_KEYS");
  });

  it("a pair for the connectors: a secret that signs, its public half, and the id of both", async () => {
    const pair = await json("--connector");
    const { secret, public: publicJwk, id } = pair;
    expect(Object.keys(pair)).toEqual(["secret", "public", "id"]);
    expect(publicJwk).toEqual({ kty: "OKP", crv: "Ed25519", x: expect.stringMatching(/^[\w-]{43}$/) });
    expect(await signingKey(Buffer.from(String(secret), "base64"))).toMatchObject({ id, publicJwk });
    expect((await runIn({}, ["keys", "new", "--connector"])).out).toContain("wrangler secret put SIGN_ON_KEYS");
  });

  it("S-65: a secret for the webhook of mail", async () => {
    const { secret } = await json("--webhook");
    const env = {
      NOTICE_DELIVERY: "webhook",
      NOTICE_WEBHOOK_URL: "https://mail.contoso.test",
      NOTICE_WEBHOOK_SECRETS: String(secret),
    };
    expect(readDelivery(env, [])).toMatchObject({ by: "webhook" });
    expect((await runIn({}, ["keys", "new", "--webhook"])).out).toContain("wrangler secret put NOTICE_WEBHOOK_SECRETS");
    expect((await runIn({}, ["keys", "new", "--webhook", "--authority"])).code).toBe(2);
  });

  it("S-86: a key of the token service goes into a new file that only its owner reads, and not to the terminal", async () => {
    const folder = mkdtempSync(join(tmpdir(), "postern-sts-key-"));
    try {
      const run = (...argv: string[]) => runIn({ folder, now: Date.now }, ["keys", "new", "--sts", ...argv]);
      const { out, code } = await run("--file", "sts.txt");
      const file = join(folder, "sts.txt");
      const entry = readFileSync(file, "utf8").trim();
      const parsed = parseTokenKeys(entry);
      const [key] = parsed.ok ? parsed.value : [];
      expect([code, statSync(file).mode & 0o777]).toEqual([0, 0o600]);
      expect(out).toContain(key?.thumbprint);
      expect(out).toContain("wrangler secret put STS_KEYS --env production < sts.txt");
      for (const half of entry.split(".")) expect(out).not.toContain(half.slice(0, 60));
      expect(Math.round(((key?.notAfter ?? 0) - Date.now()) / 86_400_000)).toBe(731);
      const certificate = new X509Certificate(Buffer.from(key?.certificate ?? "", "base64"));
      expect(certificate.verify(certificate.publicKey)).toBe(true);
      expect([certificate.subject, certificate.issuer]).toEqual(["CN=Postern STS", "CN=Postern STS"]);
      expect((await run("--file", "sts.txt")).code).toBe(4); // it is there already
      const none = await run();
      expect([none.code, none.out]).toEqual([2, ""]);
      expect((await run("--connector")).code).toBe(2);
      expect((await runIn({ folder }, ["keys", "new", "--file", "x"])).code).toBe(2);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    const { secret } = await json("--sts");
    expect(parseTokenKeys(String(secret)).ok).toBe(true);
  });

  it("S-54: a secret for the authority, which the gateway takes", async () => {
    const { secret } = await json("--authority");
    const faults: string[] = [];
    const env = { AUTHORITY_URL: "https://devices.contoso.test", AUTHORITY_SECRETS: String(secret) };
    expect([readAuthority(env, faults)?.secrets.length, faults]).toEqual([1, []]);
    expect((await runIn({}, ["keys", "new", "--authority"])).out).toContain("wrangler secret put AUTHORITY_SECRETS");
    expect((await runIn({}, ["keys", "new", "--authority", "--connector"])).code).toBe(2);
  });
});
