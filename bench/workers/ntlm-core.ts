// The verification core under load, inside workerd: what the gateway does with each Type 3 beside looking up its user.
// The work is done `n` times in one request, because the clock of a Worker stands still while it computes. The caller
// measures the time from outside.

import { codeHashes } from "../../src/core/credentials/code-hashes.ts";
import { ntHash } from "../../src/core/ntlm/responses.ts";
import { stepAt, totp } from "../../test/kit/codes.ts";
import { ALICE, answer, handshake } from "../../test/kit/ntlm.ts";
import { PROFILES } from "../../test/kit/ntlm-client-profiles.ts";

// Unused here: it is bundled with the product's wrangler.toml, which expects the classes.
export { GuestGuard } from "../../src/guest-guard/guest-guard.ts";
export { SourceGuard } from "../../src/source-guard/source-guard.ts";
export { UserGuard } from "../../src/user-guard/user-guard.ts";

/** Five app passwords, each with and without its separators; the right one is the last. */
const HASHES = 10;

/** Of an app password that asks for a code: all hashes there may be, made anew for each attempt as the guard makes them. */
function hashesWithCode(): Uint8Array[] {
  const now = Date.now();
  const step = stepAt(now);
  const codes = { codeAt: (at: number) => totp(Buffer.alloc(20, 7), at), lastStep: step - 100 };
  const all = codeHashes("abcdefghjkmnpqrs", codes, { known: [step - 200, step - 100] }, now);
  return [...all.map(({ hash }) => hash), ntHash(ALICE.password)];
}

let prepared: { type3: Uint8Array; hashes: Uint8Array[] } | undefined;

export default {
  fetch(request: Request): Response {
    prepared ??= {
      type3: handshake(PROFILES.windowsHttp).type3, // with a MIC, so all there is to check is checked
      hashes: Array.from({ length: HASHES }, (_, i) => ntHash(i === HASHES - 1 ? ALICE.password : `wrong-${i}`)),
    };
    const { searchParams } = new URL(request.url);
    const n = Number(searchParams.get("n"));
    const withCode = searchParams.has("code");
    let verified = 0;
    for (let i = 0; i < n; i++) {
      if (answer(prepared.type3, withCode ? hashesWithCode() : prepared.hashes).ok) verified++;
    }
    return Response.json({ verified });
  },
};
