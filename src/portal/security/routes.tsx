// "Security": the person's passkeys, passphrase, app, recovery codes and sessions. The guard demands a fresh factor for
// what weakens something, and that two factors always stay (S-59, S-61).

import { Hono } from "hono";
import { printable } from "../../core/text/printable.ts";
import type { PortalDenial } from "../../guards/portal-question.ts";
import { openDatabase } from "../../store/database.ts";
import { Notice } from "../../web/components/parts.tsx";
import { appSecretOf, type CodesFault, CodesForm, type CodesPart, setCodes } from "../factors/codes.tsx";
import { addPasskey, NewPasskeyForm, passkeyDenied, passkeyOptions } from "../factors/passkey.tsx";
import { showNewRecoveryCodes } from "../factors/recovery.tsx";
import { words as factorWords } from "../factors/words.ts";
import { Page } from "../page.tsx";
import { SECURITY } from "../paths.ts";
import { passkeysWork } from "../rp-id.ts";
import { fresh, freshFor } from "../sign-in/fresh.tsx";
import type { PortalContext, PortalEnv } from "../site.ts";
import { SecurityPage, type SecurityProps, type Start } from "./page.tsx";
import { words } from "./words.ts";

const MAX_NAME_CHARS = 100;
const START = `${SECURITY}/start`;

export const securityRoutes = new Hono<PortalEnv>();

securityRoutes.get(SECURITY, (c) => {
  const { done } = words[c.var.view.locale];
  const word = c.req.query("done") ?? "";
  if (!Object.hasOwn(done, word)) return securityPage(c);
  return securityPage(c, { tone: word === "recovered" ? "wait" : "good", text: done[word as keyof typeof done] });
});

// What sets something up begins here, so that the person proves to be there before typing anything.
const STARTS: readonly Start[] = ["passkey", "codes", "passphrase", "app"];
securityRoutes.post(START, fresh, (c) => {
  const what = STARTS.find((each) => each === c.var.form.get("what"));
  return c.redirect(what === undefined ? SECURITY : `${SECURITY}/${what}`, 303);
});

securityRoutes.get(`${SECURITY}/passkey`, (c) => passkeyPage(c));
securityRoutes.post(`${SECURITY}/passkey/options`, passkeyOptions);
securityRoutes.post(`${SECURITY}/passkey`, freshFor({ path: START, form: { what: "passkey" } }), async (c) => {
  const denied = await addPasskey(c);
  if (denied === undefined) return c.redirect(`${SECURITY}?done=passkey-added`, 303);
  return passkeyPage(c, passkeyDenied(c.var.view, denied));
});

securityRoutes.post(`${SECURITY}/passkeys/rename`, async (c) => {
  const { view, form } = c.var;
  const name = printable(form.get("name") ?? "", MAX_NAME_CHARS).trim();
  if (name === "") return c.redirect(SECURITY, 303);
  const { session, about } = view;
  const step = { kind: "rename-passkey", id: form.get("id") ?? "", name, hash: session.hash, about } as const;
  return finish(c, await view.guard(step), "renamed");
});

securityRoutes.post(`${SECURITY}/passkeys/remove`, fresh, async (c) => {
  const { view, form } = c.var;
  const { session, about } = view;
  const step = { kind: "remove-passkey", id: form.get("id") ?? "", hash: session.hash, about } as const;
  return finish(c, await view.guard(step), "removed");
});

const PARTS: readonly (readonly [what: "codes" | "passphrase" | "app", parts: readonly CodesPart[]])[] = [
  ["codes", ["passphrase", "app"]],
  ["passphrase", ["passphrase"]],
  ["app", ["app"]],
];
for (const [what, parts] of PARTS) {
  securityRoutes.get(`${SECURITY}/${what}`, (c) => codesPage(c, what, parts));
  securityRoutes.post(`${SECURITY}/${what}`, freshFor({ path: START, form: { what } }), async (c) => {
    const failed = await setCodes(c, parts);
    if (failed !== undefined) return codesPage(c, what, parts, failed);
    const done = `${SECURITY}?done=${what}`;
    const recovery = what === "codes" ? await showNewRecoveryCodes(c, done) : undefined;
    return recovery ?? c.redirect(done, 303);
  });
}

securityRoutes.post(`${SECURITY}/codes/remove`, fresh, async (c) => {
  const { guard, session, about } = c.var.view;
  return finish(c, await guard({ kind: "remove-codes", hash: session.hash, about }), "codes-removed");
});

securityRoutes.post(`${SECURITY}/recovery-codes`, fresh, async (c) => {
  const shown = await showNewRecoveryCodes(c, `${SECURITY}?done=kept`);
  return shown ?? finish(c, { kind: "denied", reason: "unavailable" }, "kept");
});

securityRoutes.post(`${SECURITY}/sessions/end`, async (c) => {
  const { view, form } = c.var;
  const { session, about } = view;
  const id = form.get("id") ?? "";
  const answer = await view.guard({ kind: "end-session", id, about, actor: { hash: session.hash } });
  return finish(c, answer, "ended");
});

securityRoutes.post(`${SECURITY}/sessions/end-others`, async (c) => {
  const { guard, session, about } = c.var.view;
  return finish(c, await guard({ kind: "end-sessions", about, actor: { hash: session.hash } }), "ended-others");
});

/** Goes back to the page, which says what was done; or says at once why it was not. */
function finish(
  c: PortalContext,
  answer: { readonly kind: "done" | "ended" } | { readonly kind: "denied"; readonly reason: PortalDenial },
  done: keyof (typeof words)["en"]["done"],
): Response | Promise<Response> {
  if (answer.kind !== "denied") return c.redirect(`${SECURITY}?done=${done}`, 303);
  return securityPage(c, { tone: "bad", text: deniedText(c, answer.reason) }, 409);
}

function deniedText(c: PortalContext, reason: PortalDenial): string {
  const { denied } = words[c.var.view.locale];
  return Object.hasOwn(denied, reason) ? denied[reason as keyof typeof denied] : denied.other;
}

async function securityPage(c: PortalContext, said?: SecurityProps["said"], status: 200 | 409 = 200) {
  const { view } = c.var;
  const { portal, env } = c.env;
  const [{ factors }, { sessions }, byPasskey] = await Promise.all([
    view.guard({ kind: "factors" }),
    view.guard({ kind: "sessions", idleMs: portal.idleMs }),
    passkeysWork(openDatabase(env.DB), portal),
  ]);
  return c.html(<SecurityPage {...{ view, factors, sessions, rpId: portal.rpId, byPasskey, said }} />, status);
}

function passkeyPage(c: PortalContext, fault?: string) {
  const { view } = c.var;
  const t = words[view.locale];
  return c.html(
    <Page view={view} title={t.addTitle} scripts={["webauthn.js", "passkey.js"]}>
      <FaultNotice text={fault} />
      <p>{t.addIntro}</p>
      <NewPasskeyForm view={view} action={`${SECURITY}/passkey`} said={t.makePasskey} />
      <noscript>
        <p>{factorWords[view.locale].noScript}</p>
      </noscript>
      <Cancel text={t.cancel} />
    </Page>,
    fault === undefined ? 200 : 422,
  );
}

function codesPage(
  c: PortalContext,
  what: "codes" | "passphrase" | "app",
  parts: readonly CodesPart[],
  failed: { readonly fault?: CodesFault; readonly denied?: PortalDenial } = {},
) {
  const { view, form } = c.var;
  const { fault, denied } = failed;
  const t = factorWords[view.locale];
  const app = appSecretOf(c.env, view.person.id, fault && form);
  return c.html(
    <Page view={view} title={t[`${what}Title`]} once>
      <FaultNotice text={denied && deniedText(c, denied)} />
      <CodesForm {...{ view, host: c.env.portal.host, parts, app, fault, action: `${SECURITY}/${what}` }} />
      <Cancel text={words[view.locale].cancel} />
    </Page>,
    fault === undefined && denied === undefined ? 200 : 422,
  );
}

const FaultNotice = ({ text }: { readonly text: string | undefined }) =>
  text === undefined ? null : (
    <Notice tone="bad">
      <p>{text}</p>
    </Notice>
  );

const Cancel = ({ text }: { readonly text: string }) => (
  <p>
    <a href={SECURITY}>{text}</a>
  </p>
);
