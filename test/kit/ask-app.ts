// Asks Postern's own app inside workerd, as its entry does.

import { app } from "../../src/app.ts";
import type { Env } from "../../src/config/env.ts";

/** The answer to one request. `init`: as of `new Request`. */
export const askApp = (url: string | URL, init: RequestInit | undefined, env: Env): Promise<Response> =>
  app.fetch(new Request(url, init), env);
