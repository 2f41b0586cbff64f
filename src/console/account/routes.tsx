// "My sign-in". These are the person's own keys and sessions, and not an administrator's act, so they are no operations
// of the API: a token has neither. What they do to somebody else's is there (administrators.passkeys,
// administrators.sessions).

import { Hono } from "hono";
import { browserName } from "../../core/text/browser-name.ts";
import { displayable } from "../../core/text/printable.ts";
import { userAgentOf } from "../../http/about.ts";
import { openDatabase } from "../../store/database.ts";
import { addPasskey, passkeysOf, removePasskey, renamePasskey } from "../../store/passkeys.ts";
import { endWebSession, endWebSessionsOf, webSessionsOf } from "../../store/web-sessions.ts";
import { keepForBrowser, takeOfBrowser } from "../../web/ceremony.ts";
import { recordOwn } from "../record.ts";
import { fresh, isFresh } from "../sign-in/fresh.tsx";
import { askForNewPasskey, madePasskey } from "../sign-in/passkeys.ts";
import type { ConsoleContext, ConsoleEnv } from "../site.ts";
import { AccountPage, type AccountProps } from "./page.tsx";
import { words } from "./words.ts";

const MAX_NAME_CHARS = 100;

type Waiting = {
  readonly purpose: "add";
  readonly challenge: string;
  readonly userHandle: string;
  readonly administratorId: string;
};

export const accountRoutes = new Hono<ConsoleEnv>();

accountRoutes.get("/account", (c) => {
  const { done } = words[c.var.view.locale];
  const word = c.req.query("done") ?? "";
  return accountPage(c, {
    said: Object.hasOwn(done, word) ? { tone: "good", text: done[word as keyof typeof done] } : undefined,
  });
});

// A passkey opens the console, so adding one needs a fresh factor. The page then comes again with a button that may.
accountRoutes.post(
  "/account/passkeys/new",
  async (c, next) => ((await mayAddPasskey(c)) ? next() : fresh(c, next)),
  (c) => accountPage(c, { ready: true }),
);

accountRoutes.post("/account/passkeys/options", async (c) => {
  const { view } = c.var;
  if (!(await mayAddPasskey(c))) return c.json({}, 403);
  const { options, challenge, userHandle } = await askForNewPasskey(c.env, view.person);
  const waiting: Waiting = { purpose: "add", challenge, userHandle, administratorId: view.person.id };
  await keepForBrowser(c, "passkey", waiting);
  return c.json(options);
});

accountRoutes.post("/account/passkeys", async (c) => {
  const { view, form } = c.var;
  const waiting = await takeOfBrowser<Waiting>(c, "passkey");
  const name = browserName(userAgentOf(c.req.raw));
  const passkey =
    waiting?.purpose === "add" && waiting.administratorId === view.person.id
      ? await madePasskey(c.env, form.get("response"), waiting, name)
      : undefined;
  if (passkey === undefined || !(await addPasskey(databaseOf(c), passkey)).ok) {
    return accountPage(c, { said: { tone: "bad", text: words[view.locale].refused } }, 422);
  }
  await recordOwn(c, "passkey-added", passkey.name);
  return c.redirect("/account?done=added", 303);
});

accountRoutes.post("/account/passkeys/rename", async (c) => {
  const { view, form } = c.var;
  const name = displayable(form.get("name") ?? "", MAX_NAME_CHARS).trim();
  const renamed = name !== "" && (await renamePasskey(databaseOf(c), view.person.id, form.get("id") ?? "", name));
  return renamed ? c.redirect("/account?done=renamed", 303) : gone(c);
});

accountRoutes.post("/account/passkeys/remove", fresh, async (c) => {
  const { view, form } = c.var;
  const db = databaseOf(c);
  const id = form.get("id") ?? "";
  const there = await passkeysOf(db, view.person.id);
  // Somebody with an organisation's account signs in with that.
  if (there.length === 1 && there[0]?.id === id && view.session.how === "passkey") {
    return accountPage(c, { said: { tone: "bad", text: words[view.locale].lastPasskey } }, 409);
  }
  if (!(await removePasskey(db, view.person.id, id))) return gone(c);
  await endWebSessionsOf(db, view.person.id, view.session.id); // who signed in with it is still signed in
  await recordOwn(c, "passkey-removed", there.find((each) => each.id === id)?.name ?? "");
  return c.redirect("/account?done=removed", 303);
});

accountRoutes.post("/account/sessions/end", async (c) => {
  const { view, form } = c.var;
  const ended = await endWebSession(databaseOf(c), view.person.id, form.get("id") ?? "");
  return ended ? c.redirect("/account?done=ended", 303) : gone(c);
});

accountRoutes.post("/account/sessions/end-others", async (c) => {
  const { view } = c.var;
  await endWebSessionsOf(databaseOf(c), view.person.id, view.session.id);
  return c.redirect("/account?done=ended-others", 303);
});

/**
 * Cloudflare Access vouches for each request, and cannot say when the person last proved to be there. So its people
 * make their first passkey without a fresh factor, and have one from then on.
 */
async function mayAddPasskey(c: ConsoleContext): Promise<boolean> {
  const { view } = c.var;
  if (isFresh({ ...view, now: c.env.now })) return true;
  return view.session.how === "access" && (await passkeysOf(databaseOf(c), view.person.id)).length === 0;
}

const databaseOf = (c: ConsoleContext) => openDatabase(c.env.env.DB);

const gone = (c: ConsoleContext) => accountPage(c, { said: { tone: "bad", text: words[c.var.view.locale].gone } }, 404);

async function accountPage(
  c: ConsoleContext,
  more: Pick<AccountProps, "said" | "ready">,
  status: 200 | 404 | 409 | 422 = 200,
) {
  const { view } = c.var;
  const { console, now } = c.env;
  const db = databaseOf(c);
  const [passkeys, sessions] = await Promise.all([
    passkeysOf(db, view.person.id),
    webSessionsOf(db, view.person.id, { now, idleMs: console.idleMs }),
  ]);
  return c.html(<AccountPage view={view} rpId={console.rpId} {...{ passkeys, sessions }} {...more} />, status);
}
