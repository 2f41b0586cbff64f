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
  const approves = c.env.config.sts !== undefined;
  const [mine, locks, open] = await Promise.all([
    mineOf(c),
    guardOf(c.env.env, view.person.sipUri).locks(),
    approves ? view.guard({ kind: "open-approval", hash: view.session.hash }) : undefined,
  ]);
  const approval = open?.kind === "approval" ? open.approval : undefined;
  return c.html(<HomePage {...{ view, mine, attention: attentionOf(mine, locks, view.now), approves, approval }} />);
});
