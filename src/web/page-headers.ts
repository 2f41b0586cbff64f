// The headers of every page. No page has a script or a style of its own text, so the policy allows files of this host
// only.

import { createMiddleware } from "hono/factory";
import { secureHeaders } from "hono/secure-headers";
import type { Visit } from "./visit.ts";

const SELF = ["'self'"];
const NONE = ["'none'"];
const YEAR_S = 31_536_000;

const headers = (plainHttp: boolean) =>
  secureHeaders({
    contentSecurityPolicy: {
      ...{ defaultSrc: NONE, baseUri: NONE, frameAncestors: NONE, objectSrc: NONE },
      ...{ styleSrc: SELF, scriptSrc: SELF, connectSrc: SELF, formAction: SELF },
      imgSrc: [...SELF, "data:"], // Pico CSS has its arrows in the style sheet
    },
    xFrameOptions: "DENY",
    // With "no-referrer" a browser would hide the origin of a form's post, which is checked (csrf.ts).
    referrerPolicy: "same-origin",
    // The rest of the customer's domain is not ours to decide.
    strictTransportSecurity: plainHttp ? false : `max-age=${YEAR_S}`,
    permissionsPolicy: { publickeyCredentialsGet: ["self"], camera: [], microphone: [], geolocation: [] },
  });

const [secure, local] = [headers(false), headers(true)];

/**
 * Adds them, and keeps every answer out of every cache. A static file says itself how long it may be kept. `postsTo`: the
 * one address to which the page's form is posted, where that is another site's. Such a page tells nobody its own address.
 */
export const pageHeaders = createMiddleware<{ Bindings: Visit; Variables: { postsTo?: string } }>(async (c, next) => {
  await (c.env.config.plainHttp ? local : secure)(c, next);
  const { postsTo } = c.var;
  if (postsTo !== undefined) {
    const policy = c.res.headers.get("content-security-policy") ?? "";
    c.res.headers.set("content-security-policy", policy.replace("form-action 'self'", `form-action ${postsTo}`));
    c.res.headers.set("referrer-policy", "no-referrer");
  }
  if (!c.res.headers.has("cache-control")) c.res.headers.set("cache-control", "no-store");
});
