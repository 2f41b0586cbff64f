// Signing in with an approval on another device: the page asks, shows a number, and waits. Each of its answers leaves at
// a multiple of the floor, because a name that nobody has waits as well.

import { Hono } from "hono";
import { heldBack } from "../../http/refusal-floor.ts";
import { localeOf } from "../../web/locale.ts";
import { message } from "../messages.tsx";
import { type Flow, linkTo, openFlow } from "../request.ts";
import type { StsContext, StsEnv } from "../site.ts";
import { askForApproval, collect, hasEnded } from "./approval.ts";
import { WaitPage } from "./pages.tsx";
import { flowOf, goOn } from "./routes.tsx";
import { signInPage } from "./show.tsx";

const WAIT = "/passive/wait";
const LOOK = "/passive/wait/look";

export const waitRoutes = new Hono<StsEnv>();

waitRoutes.post("/passive/ask", async (c) => {
  const flow = flowOf(c);
  if (flow === undefined) return message(c, "notOurs", 400);
  await askForApproval(c, c.var.form.get("address") ?? "");
  await heldBack(c.env);
  return c.redirect(waitFor(flow), 303);
});

// A script asks here, so that the page need not load again and again.
waitRoutes.get(LOOK, async (c) => {
  const ended = await hasEnded(c);
  await heldBack(c.env);
  return c.body(null, ended ? 200 : 204);
});

waitRoutes.get(WAIT, async (c) => {
  const flow = openFlow(c.env, new URL(c.req.url).searchParams.get("wctx") ?? "");
  if (flow === undefined) return message(c, "notOurs", 400);
  if (c.req.method === "HEAD") return c.body(null);
  const collected = await collect(c);
  if (collected.kind === "signed-in") return goOn(c, flow, collected, collected.drawn);
  await heldBack(c.env);
  return collected.kind === "pending"
    ? waitPage(c, flow, collected.number)
    : signInPage(c, flow, { said: "refusedApproval" });
});

const waitFor = ({ sealed }: Flow): string => `${WAIT}?${new URLSearchParams({ wctx: sealed })}`;

const waitPage = (c: StsContext, flow: Flow, number: number) =>
  c.html(
    <WaitPage
      {...{
        locale: localeOf(c),
        portal: c.env.portal.host,
        number,
        look: LOOK,
        again: waitFor(flow),
        back: linkTo(flow),
      }}
    />,
  );
