// Making a passkey: the form with the button, the challenge, and the step at the person's guard.

import { createHash } from "node:crypto";
import type { FC } from "hono/jsx";
import { browserName } from "../../core/text/browser-name.ts";
import type { PortalDenial } from "../../guards/portal-question.ts";
import { userAgentOf } from "../../http/about.ts";
import { keep, take } from "../../web/ceremony.ts";
import { PasskeyForm } from "../../web/components/passkey-form.tsx";
import { askToMakePasskey, verifyNewPasskey } from "../../web/passkeys.ts";
import { words as signIn } from "../sign-in/words.ts";
import { addressOf, nameOf, type PortalContext, type PortalView } from "../site.ts";
import { words } from "./words.ts";

/** The challenge of a new passkey, for one session. */
type Waiting = { readonly session: string; readonly challenge: string };

/** The form of a new passkey. Its script asks `action` + `/options` first. `said`: on the button. */
export const NewPasskeyForm: FC<{ readonly view: PortalView; readonly action: string; readonly said: string }> = ({
  view: { csrf, locale },
  action,
  said,
}) => (
  <PasskeyForm
    {...{ kind: "register", action, options: `${action}/options`, csrf, fields: { kept: "" } }}
    words={{ ...signIn[locale].passkeyLines, refused: words[locale].passkeyFailed }}
  >
    <button class="wide" data-with-script hidden>
      {said}
    </button>
  </PasskeyForm>
);

/** Answers the script with what the authenticator has to know. */
export async function passkeyOptions(c: PortalContext): Promise<Response> {
  const { view } = c.var;
  const { person, session } = view;
  const { factors } = await view.guard({ kind: "factors" });
  const owner = { userHandle: userHandleOf(person.id), address: addressOf(person), name: nameOf(person) };
  const there = factors.passkeys.map(({ id }) => id);
  const { options, challenge } = await askToMakePasskey(c.env.portal.rpId, owner, there);
  const kept = await keep(c.env, "passkey", { session: session.id, challenge } satisfies Waiting);
  return c.json({ ...options, kept });
}

/** Adds the passkey of a form. Undefined: it is there. */
export async function addPasskey(c: PortalContext): Promise<PortalDenial | "unproved" | undefined> {
  const { view, form } = c.var;
  const { portal, origin } = c.env;
  const { rpId } = portal;
  const waiting = await take<Waiting>(c.env, "passkey", form.get("kept") ?? undefined);
  if (waiting?.session !== view.session.id) return "unproved";
  const made = await verifyNewPasskey({ rpId, origin }, form.get("response"), waiting.challenge);
  if (made === undefined) return "unproved";
  const publicKey = Buffer.from(made.publicKey).toString("base64url");
  const passkey = { ...made, publicKey, rpId, name: browserName(userAgentOf(c.req.raw)) || "Passkey" };
  const { about, session } = view;
  const answer = await view.guard({ kind: "add-passkey", passkey, hash: session.hash, about });
  return answer.kind === "done" ? undefined : answer.reason;
}

/** What a page says of a passkey that was not added. */
export function passkeyDenied(view: PortalView, reason: PortalDenial | "unproved"): string {
  const { denied, passkeyFailed } = words[view.locale];
  if (reason === "unproved") return passkeyFailed;
  return Object.hasOwn(denied, reason) ? denied[reason as keyof typeof denied] : denied.other;
}

/** The id under which authenticators keep a person. It is the same for all passkeys of the person, and names nobody. */
const userHandleOf = (userId: string): string =>
  createHash("sha256").update("postern portal\0").update(userId).digest("base64url");
