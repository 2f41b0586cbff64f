// What the routes of the token service share: the request with its configuration, and Hono's types. People sign in here
// with the factors that they registered at the portal.

import type { Context } from "hono";
import type { StsConfig } from "../config/sts.ts";
import type { PortalVisit } from "../portal/site.ts";

/** One request to the token service. */
export type StsVisit = PortalVisit & { readonly sts: StsConfig };

/**
 * `form`: the fields of a post. `page`: the secret of the browser that asks. `postsTo`: where alone the answer's form may
 * be posted, if it is another site.
 */
export type StsEnv = { Bindings: StsVisit; Variables: { form: URLSearchParams; page: string; postsTo?: string } };
export type StsContext = Context<StsEnv>;

/** Everything that a person sees is here. */
export const PASSIVE = "/passive";
