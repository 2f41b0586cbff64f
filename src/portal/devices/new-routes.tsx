// Setting up a device of one's own: its app password, which is shown once, and the page that waits for the device.

import { Hono } from "hono";
import { sourceGuardOf } from "../../guards/route.ts";
import { openDatabase } from "../../store/database.ts";
import { type AppPassword, listAppPasswords } from "../../store/directory.ts";
import { fresh } from "../sign-in/fresh.tsx";
import type { PortalContext, PortalEnv } from "../site.ts";
import { arrivalOf } from "./arrival.ts";
import { ArrivalPart, type Awaited, LiveArrival, stateKey, WaitingPage } from "./arrival-part.tsx";
import { clientWords } from "./client-words.ts";
import { nameFrom } from "./deeds.ts";
import { type DeviceKind, freeName, isDeviceKind, kindOfDevice, kindOfReader } from "./kinds.ts";
import { makeOwnPassword, renewOwnPassword } from "./make.ts";
import { isOpen, type Mine, type MyDevice, mineOf } from "./mine.ts";
import { NamePage, PasswordPage, RenewedPage, RenewPage, ShownAlreadyPage, WhichPage } from "./new-pages.tsx";
import { devicePath } from "./parts.tsx";
import { words } from "./words.ts";

export const newDeviceRoutes = new Hono<PortalEnv>();

const PASSWORD = ":password{p_[a-z2-7]{16}}";
const WAITING = `/devices/waiting/${PASSWORD}` as const;
const RENEW = `/devices/passwords/${PASSWORD}/renew` as const;

newDeviceRoutes.get("/devices/new", (c) => c.html(<WhichPage view={c.var.view} readOn={readOn(c)} />));

newDeviceRoutes.get("/devices/new/:kind", async (c) => {
  const kind = c.req.param("kind");
  return isDeviceKind(kind) ? namePage(c, kind, await mineOf(c)) : c.notFound();
});

newDeviceRoutes.post("/devices/new/:kind", fresh, async (c) => {
  const { view, form } = c.var;
  const kind = c.req.param("kind");
  if (!isDeviceKind(kind)) return c.notFound();
  // Read first: once the secret is made, nothing may keep its page from being shown.
  const mine = await mineOf(c);
  const name = nameFrom(form.get("name")) || clientWords[view.locale][kind].name;
  const once = form.get("once") ?? "";
  const asksCode = form.get("code") === "yes";
  const made = await makeOwnPassword(c, { label: name, once: once === "" ? crypto.randomUUID() : once, asksCode });
  const t = words[view.locale];
  switch (made.kind) {
    case "shown":
      return c.html(<ShownAlreadyPage {...{ view, id: made.id }} />, 409);
    case "too-many":
      return namePage(c, kind, mine, { fault: t.tooMany, status: 409 });
    case "too-many-with-code":
      return namePage(c, kind, mine, { fault: t.tooManyWithCode, status: 409 });
    case "no-app":
      return namePage(c, kind, mine, { fault: t.noApp, status: 409 });
    case "too-often":
      return namePage(c, kind, mine, { fault: t.tooOften, status: 429 });
    case "made": {
      const awaited = { id: made.id, since: view.now, from: view.now, arrival: { kind: "waiting" } } as const;
      const arrival = <LiveArrival {...{ view, awaited }} />;
      const shown = { view, kind, readOn: readOn(c), name, password: made.password, asksCode: made.asksCode };
      return c.html(<PasswordPage {...{ ...shown, outlook: mine.outlook, arrival }} />);
    }
  }
});

function namePage(
  c: PortalContext,
  kind: DeviceKind,
  { passwords, outlook }: Mine,
  { fault, status = 200 }: { readonly fault?: string; readonly status?: 200 | 409 | 429 } = {},
) {
  const { view } = c.var;
  const taken = passwords.map(({ label }) => label);
  const name = freeName(clientWords[view.locale][kind].name, taken);
  const codes = c.env.config.codes.mode;
  return c.html(<NamePage {...{ view, kind, name, outlook, codes, fault, once: crypto.randomUUID() }} />, status);
}

const readOn = (c: PortalContext): DeviceKind | undefined => kindOfReader(c.req.header("user-agent") ?? "");

newDeviceRoutes.get(WAITING, async (c) => {
  const password = await passwordOf(c);
  if (password === undefined) return c.notFound();
  const { id, createdAt, renewedAt } = password;
  const awaited = await awaitedOf(c, id, renewedAt ?? createdAt);
  return c.html(<WaitingPage {...{ view: c.var.view, awaited, name: password.label }} />);
});

/** The part alone, if something has changed. It reads nothing of D1, because it is asked again and again. */
newDeviceRoutes.get(`${WAITING}/now`, async (c) => {
  const { view } = c.var;
  const awaited = await awaitedOf(c, c.req.param("password"), momentIn(c.req.query("since")) ?? 0);
  if (stateKey(awaited, view.now) === c.req.query("seen")) return c.body(null, 204);
  return c.html(<ArrivalPart {...{ view, awaited }} />);
});

/** After how long a page also asks whether the reader's own network has to wait, ms. */
const ASK_NETWORK_AFTER_MS = 20_000;

async function awaitedOf(c: PortalContext, id: string, since: number): Promise<Awaited> {
  const { env, source } = c.env;
  const { view } = c.var;
  const from = Math.min(momentIn(c.req.query("from")) ?? view.now, view.now);
  const arrival = arrivalOf(await view.guard({ kind: "watch", credentialId: id }), since, view.now);
  const asksNetwork = arrival.kind === "waiting" && view.now - from > ASK_NETWORK_AFTER_MS;
  const networkUntil = asksNetwork ? (await sourceGuardOf(env, source).lock()).waitUntil : null;
  return { id, since, from, arrival, ...(networkUntil !== null && { networkUntil }) };
}

/** A moment in an address, ms. */
const momentIn = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;

newDeviceRoutes.get(RENEW, async (c) => {
  const device = await renewableOf(c);
  return device === undefined ? c.notFound() : renewPage(c, device);
});

newDeviceRoutes.post(RENEW, fresh, async (c) => {
  const { view, form } = c.var;
  const device = await renewableOf(c);
  if (device === undefined) return c.notFound();
  const t = words[view.locale];
  const { password } = device;
  // The form says what it renews. Sent once more, it renews nothing.
  if (form.get("renewed") !== String(password.renewedAt ?? 0)) return renewPage(c, device, t.renewedAlready, 409);
  const renewed = await renewOwnPassword(c, password);
  if (renewed.kind === "renewed-already") return renewPage(c, device, t.renewedAlready, 409);
  if (renewed.kind === "code-required") return renewPage(c, device, t.codeRequiredNow, 409);
  if (renewed.kind === "too-often") return renewPage(c, device, t.tooOften, 429);
  const kind = kindOfDevice(device.device.facts);
  const { password: secret, expiresAt, oldUntil } = renewed;
  const shown = { view, kind, readOn: readOn(c), name: password.label || device.name, password: secret };
  const { asksCode } = password;
  return c.html(<RenewedPage {...{ ...shown, asksCode, expiresAt, oldUntil }} />);
});

function renewPage(c: PortalContext, device: Renewable, fault?: string, status: 200 | 409 | 429 = 200) {
  const { view } = c.var;
  const { id, label, renewedAt } = device.password;
  const props = { view, id, renewedAt, name: label || device.name, back: devicePath(device.id), fault };
  return c.html(<RenewPage {...props} />, status);
}

type Renewable = MyDevice & { readonly password: AppPassword };

/** The device whose app password can be renewed. */
async function renewableOf(c: PortalContext): Promise<Renewable | undefined> {
  const { devices } = await mineOf(c);
  const found = devices.find(({ password }) => password?.id === c.req.param("password"));
  const { password } = found ?? {};
  return found === undefined || password === undefined || !isOpen(found) ? undefined : { ...found, password };
}

async function passwordOf(c: PortalContext): Promise<AppPassword | undefined> {
  const all = await listAppPasswords(openDatabase(c.env.env.DB), c.var.view.person.id);
  return all.find(({ id }) => id === c.req.param("password"));
}
