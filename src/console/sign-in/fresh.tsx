// A fresh factor: before something that destroys or opens, the person proves once more to be there. The form that was
// sent waits meanwhile in D1 and is carried out afterwards, so nobody types anything twice.

import { Hono } from "hono";
import { createMiddleware } from "hono/factory";
import { openDatabase } from "../../store/database.ts";
import { passkeysOf } from "../../store/passkeys.ts";
import { refreshWebSession } from "../../store/web-sessions.ts";
import { keep, take } from "../../web/ceremony.ts";
import { attempt } from "../../web/failures.ts";
import { keepForm, takeForm } from "../../web/pending-form.ts";
import type { ConsoleContext, ConsoleEnv, View } from "../site.ts";
import { ConfirmPage, GoOnPage } from "./confirm-page.tsx";
import { askForPasskey, provedByPasskey } from "./passkeys.ts";

/** For how long a proof is fresh, ms. */
const FRESH_MS = 5 * 60_000;

/** The challenge of a confirmation, with the form's own secret. */
type Challenge = { readonly session: string; readonly challenge: string };

/**
 * Lets a form through only while the person's proof is fresh; otherwise asks for it, and the form goes on afterwards.
 */
export const fresh = createMiddleware<ConsoleEnv>(async (c, next) => {
  const { view } = c.var;
  if (isFresh(view)) return next();
  return c.html(await confirmPage(c, await keepPending(c)), 403);
});

/** Whether the person has proved lately to be there. */
export const isFresh = ({ session, now }: View): boolean => now - session.freshAt < FRESH_MS;

/** Keeps the form of this request until its person is confirmed; the secret under which it is found. */
const keepPending = (c: ConsoleContext): Promise<string> => {
  const { session, url } = c.var.view;
  return keepForm(c.env, session.id, url.pathname, c.var.form);
};

async function confirmPage(c: ConsoleContext, pending: string, refused = false) {
  const { env, console } = c.env;
  const { view } = c.var;
  const passkeys = await passkeysOf(openDatabase(env.DB), view.person.id);
  const passkey = passkeys.some(({ rpId }) => rpId === console.rpId);
  const provider = view.session.how === "oidc" && console.oidc !== undefined;
  return <ConfirmPage view={view} pending={pending} ways={{ passkey, provider }} refused={refused} />;
}

/** What `/confirm` needs of the router of all pages: to carry a form out as if it had just been sent. */
type CarryOut = (request: Request, c: ConsoleContext) => Promise<Response>;

export function confirmRoutes(carryOut: CarryOut): Hono<ConsoleEnv> {
  const routes = new Hono<ConsoleEnv>();

  routes.post("/confirm/options", async (c) => {
    const { options, challenge } = await askForPasskey(c.env);
    const waiting: Challenge = { session: c.var.view.session.id, challenge };
    return c.json({ ...options, kept: await keep(c.env, "passkey", waiting) });
  });

  routes.post("/confirm/passkey", async (c) => {
    const { form, view } = c.var;
    const kept = form.get("kept") ?? undefined;
    const waiting = await take<Challenge>(c.env, "passkey", kept);
    const person = await attempt(c.env, async () =>
      waiting?.session === view.session.id
        ? provedByPasskey(c.env, form.get("response"), waiting.challenge)
        : undefined,
    );
    if (person?.id !== view.person.id) {
      return c.html(await confirmPage(c, form.get("pending") ?? "", true), 403);
    }
    await refreshWebSession(openDatabase(c.env.env.DB), view.session.hash, c.env.now);
    return goOn(c, form.get("pending"));
  });

  // After a confirmation elsewhere, the person comes back by a link. A link must not do anything, so one click does.
  routes.get("/confirm/go-on", (c) => {
    const pending = c.req.query("pending") ?? "";
    return c.html(<GoOnPage view={c.var.view} pending={pending} />);
  });
  routes.post("/confirm/go-on", async (c) => goOn(c, c.var.form.get("pending")));

  async function goOn(c: ConsoleContext, secret: string | null): Promise<Response> {
    const { view } = c.var;
    const pending = await takeForm(c.env, view.session.id, secret);
    return pending === undefined ? c.html(<GoOnPage view={view} pending={undefined} />, 410) : carryOut(pending, c);
  }

  return routes;
}
