// The first page.

import { Hono } from "hono";
import { Page } from "../page.tsx";
import type { ConsoleEnv } from "../site.ts";
import { words } from "../words.ts";

export const overviewRoutes = new Hono<ConsoleEnv>();

overviewRoutes.get("/", (c) => {
  const { view } = c.var;
  return c.html(<Page view={view} title={words[view.locale].overview} />);
});
