// The first steps of a sign-in write a row in D1 for anybody who asks. So each network has a budget for them, the one
// of other anonymous services. A person needs one such step.

import { createMiddleware } from "hono/factory";
import { withinBudget } from "../http/budget.ts";
import type { Visit } from "./visit.ts";

const PERIOD_SECONDS = 60;

/** Lets a first step through while its network has some left. */
export const spared = createMiddleware<{ Bindings: Visit }>(async (c, next) => {
  if (await withinBudget(c.env, "services")) return next();
  return c.body(null, 429, { "retry-after": String(PERIOD_SECONDS) });
});
