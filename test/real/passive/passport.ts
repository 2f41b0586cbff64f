// passport-wsfed-saml2, the relying party that many Node programs use, behind the few lines of Express that it needs. It
// is installed in a folder of its own, because it brings old packages along.

import { createRequire } from "node:module";
import { join } from "node:path";
import type { Requirement } from "../requirements.ts";

const require = createRequire(join(import.meta.dirname, "package.json"));

export const PASSPORT_NEEDS: readonly Requirement[] = [
  {
    file: join(import.meta.dirname, "node_modules/passport-wsfed-saml2/package.json"),
    install: "npm ci --prefix test/real/passive",
  },
];

/** What the package makes of a token: the claims by their types, or why it refuses. */
export type Outcome =
  | { readonly accepted: true; readonly claims: Readonly<Record<string, unknown>> }
  | { readonly accepted: false; readonly reason: string };

interface Strategy {
  success(user: Readonly<Record<string, unknown>>): void;
  fail(why: unknown): void;
  error(why: unknown): void;
  authenticate(request: unknown, options: object): void;
}

/** Shows a posted form to the package. `thumbprint`: SHA-1 of the certificate that is trusted, hex. */
export function askPassport(
  realm: string,
  thumbprint: string,
  form: Readonly<Record<string, string>>,
): Promise<Outcome> {
  const { Strategy } = require("passport-wsfed-saml2") as {
    Strategy: new (
      options: object,
      verify: (profile: unknown, done: (e: null, user: unknown) => void) => void,
    ) => Strategy;
  };
  const options = {
    protocol: "wsfed",
    realm,
    identityProviderUrl: "https://sts.contoso.test/passive",
    thumbprints: [thumbprint.toLowerCase()],
  };
  const strategy = new Strategy(options, (profile, done) => done(null, profile));
  const request = { method: "POST", body: form, query: {}, originalUrl: "/", protocol: "https", get: () => "web" };
  return new Promise((resolve) => {
    strategy.success = (claims) => resolve({ accepted: true, claims });
    strategy.fail = (why) => resolve({ accepted: false, reason: String(why) });
    strategy.error = (why) => resolve({ accepted: false, reason: String(why) });
    try {
      strategy.authenticate(request, {});
    } catch (why) {
      resolve({ accepted: false, reason: String(why) });
    }
  });
}
