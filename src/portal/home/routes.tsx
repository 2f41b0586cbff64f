// The first page of the portal.

import { Hono } from "hono";
import { Page } from "../page.tsx";
import { nameOf, type PortalEnv } from "../site.ts";
import { words } from "./words.ts";

export const homeRoutes = new Hono<PortalEnv>();

homeRoutes.get("/", (c) => {
  const { view } = c.var;
  return c.html(<Page view={view} title={words[view.locale].hello(nameOf(view.person))} />);
});
