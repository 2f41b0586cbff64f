// What a person decides when it matters: a device is lost, or one waits and is the person's or not. Ending needs no
// fresh factor, because it opens nothing; letting in does. A link never decides anything: each is a post of our own
// pages.

import { Hono } from "hono";
import { fresh } from "../sign-in/fresh.tsx";
import type { PortalContext, PortalEnv } from "../site.ts";
import { ApprovePage, NotWaitingPage } from "./approve-page.tsx";
import { endDevice, endPassword, ownCommand } from "./deeds.ts";
import { EndedPage, idOf, type Losable, LostPage, losables } from "./lost-pages.tsx";
import { type MyDevice, mineOf } from "./mine.ts";
import { words } from "./words.ts";

export const decideRoutes = new Hono<PortalEnv>();

decideRoutes.get("/devices/lost", async (c) => c.html(<LostPage view={c.var.view} all={losables(await mineOf(c))} />));

decideRoutes.post("/devices/lost", async (c) => {
  const { view, form } = c.var;
  const all = losables(await mineOf(c));
  const lost = all.find((one) => idOf(one) === form.get("lost"));
  if (lost === undefined) return c.html(<LostPage {...{ view, all, fault: words[view.locale].lostGone }} />, 404);
  return ended(c, lost);
});

/** Ends it and every other session of the portal, and says so when nothing is served to it any more. */
async function ended(c: PortalContext, lost: Losable, notMine = false) {
  const { view } = c.var;
  // First, because whoever has the device may have the portal open on it, and could make the next app password there.
  await view.guard({ kind: "end-sessions", about: view.about, actor: { hash: view.session.hash } });
  if (lost.kind === "password") {
    return c.html(<EndedPage {...{ view, lost, at: await endPassword(c, lost.password) }} />);
  }
  const { at, outcome, told } = await endDevice(c, lost.device);
  if (outcome.ok) return c.html(<EndedPage {...{ view, lost, at, told, notMine }} />);
  return c.html(<NotWaitingPage view={view} said={faultOf(c, outcome.reason)} />, 409);
}

const APPROVE = "/devices/:device{d_[a-z2-7]{16}}/approve";

decideRoutes.get(APPROVE, async (c) => {
  const device = await waitingOf(c);
  if (device === undefined) return c.notFound();
  const { view } = c.var;
  return device.state === "waits" ? c.html(<ApprovePage {...{ view, device }} />) : notWaiting(c);
});

decideRoutes.post(APPROVE, fresh, async (c) => {
  const { view, form } = c.var;
  const device = await waitingOf(c);
  if (device === undefined) return c.notFound();
  const shown = form.get("shown") ?? "";
  const shownAt = /^\d{1,15}$/.test(shown) ? Number(shown) : 0;
  const outcome = await ownCommand(c, { kind: "approve-own", device: device.id, shownAt });
  if (outcome.ok)
    return c.redirect(`/devices?done=${outcome.value.unchanged === true ? "approved-already" : "approved"}`, 303);
  const fault = faultOf(c, outcome.reason);
  return device.state === "waits"
    ? c.html(<ApprovePage {...{ view, device, fault }} />, 409)
    : c.html(<NotWaitingPage view={view} said={fault} />, 409);
});

decideRoutes.post(`${APPROVE}/not-mine`, async (c) => {
  const device = await waitingOf(c);
  return device === undefined ? c.notFound() : ended(c, { kind: "device", device }, true);
});

async function waitingOf(c: PortalContext): Promise<MyDevice | undefined> {
  const { devices } = await mineOf(c);
  return devices.find(({ id }) => id === c.req.param("device"));
}

const notWaiting = (c: PortalContext) => c.html(<NotWaitingPage view={c.var.view} />, 409);

/** Why a command changed nothing, in the words of people. */
function faultOf(c: PortalContext, reason: string): string {
  const { faults } = words[c.var.view.locale];
  return Object.hasOwn(faults, reason) ? faults[reason as keyof typeof faults] : faults.other;
}
