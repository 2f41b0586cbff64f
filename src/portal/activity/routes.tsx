// What happened: the person's events of the audit, and "this was not me", which ends what it was done with.

import { Hono } from "hono";
import type { StoredEvent } from "../../store/audit.ts";
import { pageOfEvents } from "../../store/audit-list.ts";
import { openDatabase } from "../../store/database.ts";
import { type AppPassword, listAppPasswords } from "../../store/directory.ts";
import { endDevice, endPassword } from "../devices/deeds.ts";
import { isOpen, type Mine, mineOf } from "../devices/mine.ts";
import { ACTIVITY } from "../paths.ts";
import type { PortalContext, PortalEnv } from "../site.ts";
import { ActivityPage, EndedPage, GoneEventPage, NOT_ME, NotMePage, type ToEnd } from "./page.tsx";
import { canBeDisowned, type Told, toldOf } from "./told.ts";

/** Events, not entries: many are one entry. */
const EVENTS_OF_A_PAGE = 200;
const EVENT_ID = /^e_[0-9a-z]{10,40}$/;

export const activityRoutes = new Hono<PortalEnv>();

activityRoutes.get(ACTIVITY, async (c) => {
  const asked = c.req.query("after") ?? "";
  const after = EVENT_ID.test(asked) ? asked : undefined;
  const [{ items, next }, mine] = await Promise.all([eventsOf(c, after), mineOf(c)]);
  const all = await listAppPasswords(openDatabase(c.env.env.DB), c.var.view.person.id);
  const entries = toldOf(items, ownNetworks(c, mine));
  return c.html(<ActivityPage {...{ view: c.var.view, entries, naming: namingOf(mine, all), older: next }} />);
});

activityRoutes.get(NOT_ME, async (c) => {
  const { view } = c.var;
  const found = await disowned(c, c.req.query("event"));
  if (found === undefined) return c.html(<GoneEventPage view={view} />, 404);
  return c.html(<NotMePage {...{ view, ...found, mailed: isMailed(c) }} />);
});

// No fresh factor: it only ends.
activityRoutes.post(NOT_ME, async (c) => {
  const { view, form } = c.var;
  const found = await disowned(c, form.get("event"));
  if (found === undefined) return c.html(<GoneEventPage view={view} />, 404);
  const { device, password } = found.ends;
  if (device !== undefined) await endDevice(c, device);
  else if (password !== undefined) await endPassword(c, password);
  const { hash } = view.session;
  await view.guard({ kind: "end-sessions", about: view.about, actor: { hash } });
  const why = `${found.entry.what.kind} ${found.entry.id}`;
  await view.guard({ kind: "note", reason: "reported-not-me", why, hash, about: view.about });
  return c.html(<EndedPage {...{ view, at: Date.now(), mailed: isMailed(c) }} />);
});

/** Whether the help desk gets mail when somebody says that it was not them. */
function isMailed({ env }: PortalContext): boolean {
  const { helpdesk, helpdeskKinds } = env.config.notices;
  return helpdesk !== undefined && helpdeskKinds.has("reported-not-me");
}

const eventsOf = ({ env, var: { view } }: PortalContext, after: string | undefined) =>
  pageOfEvents(
    openDatabase(env.env.DB),
    { userId: view.person.id },
    { order: "desc", limit: EVENTS_OF_A_PAGE, ...(after !== undefined && { after }) },
  );

/** An entry of this person that somebody else may have caused, and what it was done with. */
async function disowned(c: PortalContext, id: string | null | undefined) {
  if (id === null || id === undefined || !EVENT_ID.test(id)) return undefined;
  const db = openDatabase(c.env.env.DB);
  const [event, mine, all] = await Promise.all([eventOf(c, id), mineOf(c), listAppPasswords(db, c.var.view.person.id)]);
  const [entry] = event === undefined ? [] : toldOf([event], ownNetworks(c, mine));
  if (entry === undefined || !canBeDisowned(entry)) return undefined;
  return { entry, ends: toEnd(entry, mine), naming: namingOf(mine, all) };
}

/** The event with that id, if it is about this person. */
async function eventOf({ env, var: { view } }: PortalContext, id: string): Promise<StoredEvent | undefined> {
  // The page that begins just after it, in the order of time, begins with it.
  const { items } = await pageOfEvents(
    openDatabase(env.env.DB),
    { userId: view.person.id },
    { order: "desc", limit: 1, after: `${id}~` },
  );
  return items.find((event) => event.id === id);
}

function toEnd({ device, credentialId }: Told, { devices, passwords }: Mine): ToEnd {
  const found = devices.find(
    (one) => isOpen(one) && (one.id === device || (credentialId !== null && one.device.credentialId === credentialId)),
  );
  if (found !== undefined) return { device: found };
  const password = passwords.find(({ id }) => id === credentialId);
  return password === undefined ? {} : { password };
}

/** Where the person's devices are, and the person now. */
const ownNetworks = ({ var: { view } }: PortalContext, { devices }: Mine): ReadonlySet<string> =>
  new Set([view.about.source, ...devices.map(({ device }) => device.source.network)]);

function namingOf({ devices }: Mine, passwords: readonly AppPassword[]) {
  const byDevice = new Map(devices.map((one) => [one.id, one.name]));
  const byPassword = new Map(passwords.map(({ id, label }) => [id, label]));
  const rules = new Set(devices.flatMap(({ rule }) => rule ?? []));
  return {
    nameOf: ({ device, credentialId }: Pick<Told, "device" | "credentialId">) =>
      // A device that was ended has lost its app password, and with it the name that its person knows.
      byPassword.get(credentialId ?? "") || byDevice.get(device ?? ""),
    isRule: (reason: string) => rules.has(reason),
  };
}
