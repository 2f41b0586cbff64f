// A fresh factor (S-61): before something that hands out or weakens something, the person proves once more to be there.
// The form that was sent waits meanwhile, and is carried out afterwards, so nobody types anything twice. The guard
// demands it, too; this only asks in time.

import { Hono } from "hono";
import { PORTAL_FRESH_MS, type PortalProof } from "../../guards/portal-question.ts";
import { keysOfUser } from "../../guards/user-keys.ts";
import { keep, take } from "../../web/ceremony.ts";
import { askForAnyPasskey } from "../../web/passkeys.ts";
import { keepForm, takeForm } from "../../web/pending-form.ts";
import type { PortalContext, PortalEnv, PortalMiddleware, PortalView } from "../site.ts";
import { type Asking, attemptAtPortal } from "./attempt.ts";
import { codeProof } from "./codes.ts";
import { ConfirmPage, GO_ON, GonePage, GoOnPage } from "./confirm-page.tsx";
import { passkeyProof } from "./passkeys.ts";

/** The challenge of a confirmation. */
type Challenge = { readonly session: string; readonly challenge: string };

/**
 * Lets a form through only while the person's proof is fresh; otherwise asks for it, and the form goes on afterwards. A
 * form with a secret must not wait: its route uses {@link freshFor}.
 */
export const fresh: PortalMiddleware = async (c, next) => {
  const { view, form } = c.var;
  if (isFresh(view)) return next();
  return confirm(c, await keepForm(c.env, view.session.id, view.url.pathname, form));
};

/**
 * The same for a form with a secret: what goes on afterwards is only the form `instead`, which shows the page again, so
 * the secret is kept nowhere.
 */
export const freshFor =
  (instead: { readonly path: string; readonly form: Readonly<Record<string, string>> }): PortalMiddleware =>
  async (c, next) => {
    const { view } = c.var;
    if (isFresh(view)) return next();
    const form = new URLSearchParams({ ...instead.form, csrf: view.csrf });
    return confirm(c, await keepForm(c.env, view.session.id, instead.path, form));
  };

/** Whether the person has proved lately to be there. */
export const isFresh = ({ session, now }: PortalView): boolean => now - session.freshAt < PORTAL_FRESH_MS;

async function confirm(c: PortalContext, pending: string, refused = false) {
  const { view } = c.var;
  const { portal } = c.env;
  const { factors } = await view.guard({ kind: "factors" });
  const passkey = factors.passkeys.some(({ rpId }) => rpId === portal.rpId);
  const code = factors.passphrase !== null && factors.totp !== null;
  const provider = view.session.how === "provider" && portal.provider !== undefined;
  const props = { view, pending, refused, ways: { passkey, code, provider }, host: portal.host };
  return c.html(<ConfirmPage {...props} />, 403);
}

/** What `/confirm` needs of the router of all pages: to carry a form out as if it had just been sent. */
type CarryOut = (request: Request, c: PortalContext) => Promise<Response>;

export function confirmRoutes(carryOut: CarryOut): Hono<PortalEnv> {
  const routes = new Hono<PortalEnv>();

  routes.post("/confirm/options", async (c) => {
    const { options, challenge } = await askForAnyPasskey(c.env.portal.rpId);
    const waiting: Challenge = { session: c.var.view.session.id, challenge };
    return c.json({ ...options, kept: await keep(c.env, "passkey", waiting) });
  });

  routes.post("/confirm/passkey", async (c) => {
    const { form, view } = c.var;
    const waiting = await take<Challenge>(c.env, "passkey", form.get("kept") ?? undefined);
    return confirmed(c, async () =>
      waiting?.session === view.session.id
        ? passkeyProof(c.env, { text: form.get("response"), challenge: waiting.challenge }, async () => view.guard)
        : undefined,
    );
  });

  routes.post("/confirm/code", (c) => confirmed(c, async () => codeProof(c.var.form, c.var.view.person.id)));

  // After a confirmation elsewhere, the person comes back by a link. A link must not do anything, so one click does.
  routes.get(GO_ON, (c) => c.html(<GoOnPage view={c.var.view} pending={c.req.query("pending") ?? ""} />));
  routes.post(GO_ON, (c) => goOn(c, c.var.form.get("pending") ?? ""));

  async function goOn(c: PortalContext, pending: string): Promise<Response> {
    const { view } = c.var;
    const request = await takeForm(c.env, view.session.id, pending);
    return request === undefined ? c.html(<GonePage view={view} />, 410) : carryOut(request, c);
  }

  async function confirmed(c: PortalContext, proofOf: () => Promise<PortalProof | undefined>): Promise<Response> {
    const { form, view } = c.var;
    const { person, session } = view;
    const [name = ""] = keysOfUser(person, c.env.config.domains);
    const proved = await attemptAtPortal(c.env, name, async (asking: Asking) => {
      const proof = await proofOf();
      if (proof === undefined) return undefined;
      return { user: person, answer: await view.guard({ kind: "freshen", hash: session.hash, proof, ...asking }) };
    });
    const pending = form.get("pending") ?? "";
    return proved === undefined ? confirm(c, pending, true) : goOn(c, pending);
  }

  return routes;
}
