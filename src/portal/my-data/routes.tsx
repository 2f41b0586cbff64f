// What is kept about a person and why, and a copy of it.

import { Hono } from "hono";
import { readRetention } from "../../store/audit-retention.ts";
import { message } from "../message-page.tsx";
import { MY_DATA } from "../paths.ts";
import { fresh } from "../sign-in/fresh.tsx";
import { addressOf, type PortalEnv } from "../site.ts";
import { ownCopy } from "./export.ts";
import { MyDataPage } from "./page.tsx";

export const myDataRoutes = new Hono<PortalEnv>();

myDataRoutes.get(MY_DATA, (c) => {
  const retention = readRetention(c.env.env); // a fault stops the gateway at its start
  return c.html(<MyDataPage view={c.var.view} auditDays={"days" in retention ? retention.days : undefined} />);
});

myDataRoutes.post(`${MY_DATA}/download`, fresh, async (c) => {
  const { view } = c.var;
  const { hash } = view.session;
  const noted = await view.guard({ kind: "note", reason: "data-exported", hash, about: view.about });
  if (noted.kind !== "done") return message(c, "failed", 503);
  const copy = await ownCopy(c.env.env, view.person, view.now);
  const name = addressOf(view.person).replaceAll(/[^a-z0-9.@_-]/gi, "_");
  return c.body(JSON.stringify(copy, null, 2), 200, {
    "content-type": "application/json; charset=utf-8",
    "content-disposition": `attachment; filename="${name}-${new Date(view.now).toISOString().slice(0, 10)}.json"`,
  });
});
