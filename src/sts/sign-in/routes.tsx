// Signing in at the page: with a passkey, or with a passphrase and a code in one form. It is the attempt of the portal,
// with the same counters, the same floor and one answer for all reasons. Whoever may not sign in here at all gets that
// answer too.

import { Hono } from "hono";
import { strangersGuardOf, whoKey } from "../../guards/route.ts";
import { attemptAtPortal, type Judged, type Proved } from "../../portal/sign-in/attempt.ts";
import { codeProof } from "../../portal/sign-in/codes.ts";
import { passkeyProof } from "../../portal/sign-in/passkeys.ts";
import { openDatabase } from "../../store/database.ts";
import { type User, userById } from "../../store/directory.ts";
import { userOfPortalPasskey } from "../../store/portal-passkeys.ts";
import { keepForBrowser, takeOfBrowser } from "../../web/ceremony.ts";
import { askForAnyPasskey, claimedPasskey } from "../../web/passkeys.ts";
import { spared } from "../../web/spared.ts";
import { issue } from "../issue.tsx";
import { denialOf } from "../may-issue.ts";
import { message } from "../messages.tsx";
import { type Flow, openFlow } from "../request.ts";
import { type Drawn, drawSession, giveSession } from "../session.ts";
import type { StsContext, StsEnv } from "../site.ts";
import { askPage, namesOf, userNamed } from "./attempt.ts";
import { signInPage } from "./show.tsx";

type Waiting = { readonly challenge: string; readonly purpose: "sts-sign-in" };

export const signInRoutes = new Hono<StsEnv>();

signInRoutes.post("/passive/code", async (c) => {
  const flow = flowOf(c);
  if (flow === undefined) return message(c, "notOurs", 400);
  const visit = c.env;
  const typed = c.var.form.get("address") ?? "";
  const names = namesOf(visit, typed);
  const drawn = drawSession(visit);
  const judge = async (asking: Asking): Promise<Judged> => {
    const user = await userNamed(visit, names);
    const proof = codeProof(c.var.form, user?.id ?? names[0]);
    if (user === undefined) {
      await strangersGuardOf(visit.env, names[0]).refusePortalStranger(proof);
      return undefined;
    }
    const step = { kind: "sign-in", proof, session: drawn.session, ...denialOf(user, visit.sts), ...asking } as const;
    return { user, answer: await askPage(visit, user, step) };
  };
  const proved = await attemptAtPortal(visit, whoKey(names[0]), judge, "passive");
  return proved === undefined ? signInPage(c, flow, { said: "refused", typed }) : goOn(c, flow, proved, drawn);
});

signInRoutes.post("/passive/passkey/options", spared, async (c) => {
  const { options, challenge } = await askForAnyPasskey(c.env.portal.rpId);
  await keepForBrowser(c, "passkey", { challenge, purpose: "sts-sign-in" } satisfies Waiting);
  return c.json(options);
});

signInRoutes.post("/passive/passkey", async (c) => {
  const flow = flowOf(c);
  if (flow === undefined) return message(c, "notOurs", 400);
  const visit = c.env;
  const text = c.var.form.get("response");
  const waiting = await takeOfBrowser<Waiting>(c, "passkey");
  const challenge = waiting?.purpose === "sts-sign-in" ? waiting.challenge : undefined;
  const claimed = claimedPasskey(text);
  const drawn = drawSession(visit);
  const judge = async (asking: Asking): Promise<Judged> => {
    let found: User | undefined;
    const proof =
      challenge === undefined
        ? undefined
        : await passkeyProof(visit, { text, challenge }, async (id) => {
            const userId = await userOfPortalPasskey(openDatabase(visit.env.DB), id);
            found = userId === undefined ? undefined : await userById(openDatabase(visit.env.DB), userId);
            const user = found;
            return user && ((step) => askPage(visit, user, step));
          });
    if (proof === undefined || found === undefined) {
      await strangersGuardOf(visit.env, claimed).living([]); // as far away as a user's guard
      return undefined;
    }
    const step = { kind: "sign-in", proof, session: drawn.session, ...denialOf(found, visit.sts), ...asking } as const;
    return { user: found, answer: await askPage(visit, found, step) };
  };
  const proved = await attemptAtPortal(visit, whoKey(`\0passkey ${claimed}`), judge, "passive");
  return proved === undefined ? signInPage(c, flow, { said: "refusedPasskey" }) : goOn(c, flow, proved, drawn);
});

type Asking = Parameters<Parameters<typeof attemptAtPortal>[2]>[0];

/** The sign-in of the pool that the form belongs to. */
export const flowOf = (c: StsContext): Flow | undefined => openFlow(c.env, c.var.form.get("flow") ?? "");

/** Gives the session to the browser, and the token with it. */
export async function goOn(c: StsContext, flow: Flow, { user, signedIn }: Proved, drawn: Drawn): Promise<Response> {
  await giveSession(c, user.id, drawn);
  const answer = await issue(c, flow, { user, session: signedIn.session });
  return answer ?? signInPage(c, flow, { said: "refusedIssue" });
}
