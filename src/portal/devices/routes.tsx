// A person's own devices: the list, one of them, and what can be done with it. Setting up, losing and approving have
// files of their own. Everything here is about the signed-in person's own: an id of somebody else's is not found.

import { Hono } from "hono";
import { fresh } from "../sign-in/fresh.tsx";
import type { PortalContext, PortalEnv } from "../site.ts";
import { endDevice, endPassword, nameFrom, ownCommand, rename } from "./deeds.ts";
import { DevicePage } from "./device-page.tsx";
import { DevicesPage } from "./list-page.tsx";
import { type MyDevice, mineOf } from "./mine.ts";
import { devicePath } from "./parts.tsx";
import { words } from "./words.ts";

export const deviceRoutes = new Hono<PortalEnv>();

deviceRoutes.get("/devices", async (c) => c.html(<DevicesPage view={c.var.view} mine={await mineOf(c)} />));

/** `:device` is the id of a partnership, `d_…`, and no other word of the address. */
const ONE = "/devices/:device{d_[a-z2-7]{16}}";
const PASSWORD = "/devices/passwords/:password{p_[a-z2-7]{16}}";

deviceRoutes.get(ONE, async (c) => {
  const device = await deviceOf(c);
  return device === undefined ? c.notFound() : c.html(<DevicePage {...{ view: c.var.view, device }} />);
});

deviceRoutes.post(`${ONE}/rename`, async (c) => {
  const device = await deviceOf(c);
  const name = nameFrom(c.var.form.get("name"));
  if (device?.password === undefined) return c.notFound();
  if (name !== "") await rename(c, device.password, name);
  return done(c, devicePath(device.id), "renamed");
});

deviceRoutes.post(`${ONE}/block`, async (c) => {
  const device = await deviceOf(c);
  if (device === undefined) return c.notFound();
  const { outcome } = await endDevice(c, device);
  return outcome.ok ? done(c, devicePath(device.id), "blocked") : refused(c, device, outcome.reason);
});

deviceRoutes.post(`${ONE}/forget`, fresh, async (c) => {
  const device = await deviceOf(c);
  if (device === undefined) return c.notFound();
  const outcome = await ownCommand(c, { kind: "forget-own", device: device.id });
  if (!outcome.ok) return refused(c, device, outcome.reason);
  // After a failure in between, the password is in the list of those without a device, where it can be ended.
  if (device.password !== undefined) await endPassword(c, device.password);
  return done(c, "/devices", "forgotten");
});

deviceRoutes.post(`${PASSWORD}/end`, async (c) => {
  const { passwords } = await mineOf(c);
  const password = passwords.find(({ id }) => id === c.req.param("password"));
  if (password === undefined) return c.notFound();
  await endPassword(c, password);
  return done(c, "/devices", "ended");
});

async function deviceOf(c: PortalContext): Promise<MyDevice | undefined> {
  const { devices } = await mineOf(c);
  return devices.find(({ id }) => id === c.req.param("device"));
}

const done = (c: PortalContext, path: string, said: keyof (typeof words)["en"]["done"]) =>
  c.redirect(`${path}?${new URLSearchParams({ done: said })}`, 303);

function refused(c: PortalContext, device: MyDevice, reason: string) {
  const { view } = c.var;
  const { faults } = words[view.locale];
  const fault = Object.hasOwn(faults, reason) ? faults[reason as keyof typeof faults] : faults.other;
  return c.html(<DevicePage {...{ view, device, fault }} />, 409);
}
