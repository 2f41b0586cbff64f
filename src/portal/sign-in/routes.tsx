// Signing in to the portal: with a passkey, or with a passphrase and a code in one form.

import { Hono } from "hono";
import { askPortal } from "../../api/portal-guard.ts";
import { keysOfName } from "../../core/credentials/domains.ts";
import { normaliseName } from "../../core/credentials/names.ts";
import { strangersGuardOf, whoKey } from "../../guards/route.ts";
import { openDatabase } from "../../store/database.ts";
import { type User, userById } from "../../store/directory.ts";
import { userOfPortalPasskey } from "../../store/portal-passkeys.ts";
import { usersNamed } from "../../store/users-named.ts";
import { keepForBrowser, takeOfBrowser } from "../../web/ceremony.ts";
import { isOwnPost } from "../../web/csrf.ts";
import { localPath } from "../../web/local-path.ts";
import { localeOf } from "../../web/locale.ts";
import { askForAnyPasskey, claimedPasskey } from "../../web/passkeys.ts";
import { spared } from "../../web/spared.ts";
import { SECURITY, SIGN_IN } from "../paths.ts";
import { passkeysWork } from "../rp-id.ts";
import { drawSession, endSession, giveSession, sessionOf } from "../session.ts";
import type { PortalContext, PortalEnv } from "../site.ts";
import { attemptAtPortal, type Judged, type Proved } from "./attempt.ts";
import { codeProof } from "./codes.ts";
import { SignInPage, type SignInSaid } from "./pages.tsx";
import { passkeyProof } from "./passkeys.ts";

type Waiting = { readonly challenge: string; readonly purpose: "portal-sign-in" };

/** The key under which a name is counted that cannot be a name. */
const NO_NAME = "\0";

export const signInRoutes = new Hono<PortalEnv>();

signInRoutes.get(SIGN_IN, async (c) => {
  if ((await sessionOf(c)) !== undefined) return c.redirect(localPath(c.req.query("next")), 303);
  return signInPage(c, { next: c.req.query("next"), ...(c.req.query("done") === "out" && { said: "signedOut" }) });
});

signInRoutes.post("/sign-in/passkey/options", spared, async (c) => {
  const { options, challenge } = await askForAnyPasskey(c.env.portal.rpId);
  await keepForBrowser(c, "passkey", { challenge, purpose: "portal-sign-in" } satisfies Waiting);
  return c.json(options);
});

signInRoutes.post("/sign-in/passkey", async (c) => {
  const { form } = c.var;
  const { env } = c.env;
  const text = form.get("response");
  const waiting = await takeOfBrowser<Waiting>(c, "passkey");
  const challenge = waiting?.purpose === "portal-sign-in" ? waiting.challenge : undefined;
  const claimed = claimedPasskey(text);
  const drawn = drawSession(c.env);
  const proved = await attemptAtPortal(c.env, whoKey(`\0passkey ${claimed}`), async (asking): Promise<Judged> => {
    let found: User | undefined;
    const proof =
      challenge === undefined
        ? undefined
        : await passkeyProof(c.env, { text, challenge }, async (id) => {
            const userId = await userOfPortalPasskey(openDatabase(env.DB), id);
            found = userId === undefined ? undefined : await userById(openDatabase(env.DB), userId);
            const user = found;
            return user && ((step) => askPortal(env, user.id, step, user));
          });
    if (proof === undefined || found === undefined) {
      await strangersGuardOf(env, claimed).living([]); // as far away as a user's guard
      return undefined;
    }
    const { session } = drawn;
    return {
      user: found,
      answer: await askPortal(env, found.id, { kind: "sign-in", proof, session, ...asking }, found),
    };
  });
  if (proved === undefined) return signInPage(c, { next: form.get("next"), said: "refusedPasskey" }, 403);
  return goIn(c, proved, drawn);
});

signInRoutes.post(SIGN_IN, async (c) => {
  const { form } = c.var;
  const { env, config } = c.env;
  const typed = form.get("address") ?? "";
  const name = normaliseName(typed);
  const names = name.ok ? keysOfName(name.value, config.domains) : ([NO_NAME] as const);
  const drawn = drawSession(c.env);
  const proved = await attemptAtPortal(c.env, whoKey(names[0]), async (asking): Promise<Judged> => {
    const found = await usersNamed(openDatabase(env.DB), names);
    const user = names.map((each) => found.get(each)).find((each) => each !== undefined);
    const proof = codeProof(form, user?.id ?? names[0]);
    if (user === undefined) {
      await strangersGuardOf(env, names[0]).refusePortalStranger(proof);
      return undefined;
    }
    const { session } = drawn;
    return { user, answer: await askPortal(env, user.id, { kind: "sign-in", proof, session, ...asking }, user) };
  });
  if (proved === undefined) return signInPage(c, { next: form.get("next"), said: "refused", typed }, 403);
  return goIn(c, proved, drawn);
});

// Ends the session of anybody who asks from one of our pages, even when the form's token is an old one.
signInRoutes.post("/sign-out", async (c) => {
  if (isOwnPost(c.req.raw.headers, c.env.origin)) await endSession(c);
  return c.redirect(`${SIGN_IN}?done=out`, 303);
});

/** Gives the session to the browser. Somebody who used a recovery code sees first how many are left. */
async function goIn(c: PortalContext, { user, signedIn }: Proved, drawn: ReturnType<typeof drawSession>) {
  await giveSession(c, user.id, drawn);
  const recovered = signedIn.recoveryCodesLeft !== undefined;
  return c.redirect(recovered ? `${SECURITY}?done=recovered` : localPath(c.var.form.get("next")), 303);
}

async function signInPage(
  c: PortalContext,
  { next, said, typed }: { readonly next: unknown; readonly said?: SignInSaid; readonly typed?: string },
  status: 200 | 403 = 200,
) {
  const { portal, env } = c.env;
  const byPasskey = await passkeysWork(openDatabase(env.DB), portal);
  const props = {
    locale: localeOf(c),
    host: portal.host,
    next: localPath(next),
    byPasskey,
    byProvider: portal.provider !== undefined,
  };
  return c.html(<SignInPage {...props} {...(said && { said })} {...(typed && { typed })} />, status);
}
