// The first page of the portal.

import { Hono } from "hono";
import { guardOf } from "../../guards/route.ts";
import { mineOf } from "../devices/mine.ts";
import type { PortalEnv } from "../site.ts";
import { attentionOf } from "./attention.ts";
import { HomePage } from "./page.tsx";

export const homeRoutes = new Hono<PortalEnv>();

homeRoutes.get("/", async (c) => {
  const { view } = c.var;
  const [mine, locks] = await Promise.all([mineOf(c), guardOf(c.env.env, view.person.sipUri).locks()]);
  return c.html(<HomePage {...{ view, mine, attention: attentionOf(mine, locks, view.now) }} />);
});
