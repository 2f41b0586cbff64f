// The routes by which an administrator exports and erases everything that is kept of a person.

import type { Hono } from "hono";
import { isPseudonym, newPseudonym } from "../store/ids.ts";
import type { Call } from "./call.ts";
import { erasePerson, exportAudit, exportPerson } from "./person.ts";
import { problemResponse } from "./problem.ts";
import { answer, bodyOf, error } from "./respond.ts";
import { knownUser } from "./users.ts";

const MAX_BODY_BYTES = 1_024;

/** Adds the routes. */
export function personRoutes(routes: Hono<{ Bindings: Call }>): void {
  routes.get("/v1/users/:name/export", async (c) => {
    const user = await knownUser(c.env.env, c.req.param("name"));
    return user.ok ? answer(await exportPerson(c.env, user.value, Date.now())) : problemResponse(user, c.env.requestId);
  });

  routes.get("/v1/users/:name/export/audit", async (c) => {
    const user = await knownUser(c.env.env, c.req.param("name"));
    if (!user.ok) return problemResponse(user, c.env.requestId);
    return answer(await exportAudit(c.env, user.value, c.req.query("after") ?? ""));
  });

  routes.post("/v1/users/:name/erase", async (c) => {
    const user = await knownUser(c.env.env, c.req.param("name"));
    if (!user.ok) return problemResponse(user, c.env.requestId);
    const { audit, pseudonym = newPseudonym() } = (await bodyOf(c.req.raw, MAX_BODY_BYTES)) ?? {};
    if (audit !== "pseudonymise" && audit !== "purge") {
      return error(400, "unusable-body", '"audit" must be "pseudonymise" or "purge".');
    }
    if (typeof pseudonym !== "string" || !isPseudonym(pseudonym)) {
      return error(400, "unusable-body", '"pseudonym" must be the one of the answer before, or absent.');
    }
    return answer(await erasePerson(c.env, user.value, audit, pseudonym));
  });
}
