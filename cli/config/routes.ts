// The routes: which names lead to the Worker, and whether each is whole. A host without a route is found by the
// gateway's own reading (src/config/wrangler-file.ts).

import { type Table, tableOf, textIn } from "./file.ts";

/** Each variable that says which hosts the gateway answers on. */
const HOST_VARIABLES = ["PUBLIC_HOSTS", "ADMIN_HOST", "CONSOLE_HOST", "PORTAL_HOST", "STS_HOST"];
/** Of a zone or an account. */
const CLOUDFLARE_ID = /^[0-9a-f]{32}$/i;
const SAMPLE_HOST = /(?:^|\.)contoso\.com$/;

/** Every host that the variables name, in lower case, as often as they name it. */
export const hostsIn = (section: Table): readonly string[] =>
  HOST_VARIABLES.flatMap((name) => wordsOf(tableOf(section.vars)[name]));

/** The words of a list of names, also where it is a list by mistake: that is said once, elsewhere. */
const wordsOf = (value: unknown): readonly string[] =>
  (Array.isArray(value) ? value.map(textIn).join(" ") : textIn(value))
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((word) => word !== "");

/** The hosts that have a route, in lower case. */
export const routedHosts = (section: Table): readonly string[] =>
  routesOf(section).map(({ pattern }) => hostOf(textIn(pattern)));

/** One sentence for each fault. */
export function routeFaults(section: Table): readonly string[] {
  const routes = routesOf(section);
  const patterns = routes.map(({ pattern }) => textIn(pattern).toLowerCase());
  const twice = patterns.filter((pattern, at) => pattern !== "" && patterns.indexOf(pattern) < at);
  const listed = wordsOf(tableOf(section.vars).PUBLIC_HOSTS);
  const listedTwice = listed.filter((host, at) => listed.indexOf(host) < at);
  const named = hostsIn(section);
  return [
    ...(section.route === undefined
      ? []
      : [
          "route leads one name only to the Worker, and Postern needs several. Write them into routes = [ … ], and take route out.",
        ]),
    ...(section.routes === undefined || Array.isArray(section.routes)
      ? []
      : [
          'routes is not a list. Write routes = [ { pattern = "…", custom_domain = true }, … ], one entry for each host.',
        ]),
    ...routes.flatMap(faultsOfRoute),
    ...new Set(twice.map((pattern) => `routes has "${pattern}" twice. Take one of the two out.`)),
    ...new Set(listedTwice.map((host) => `PUBLIC_HOSTS has "${host}" twice. Take one of the two out.`)),
    ...new Set(
      patterns
        .map(hostOf)
        .filter((host) => host !== "" && !host.includes("*") && !SAMPLE_HOST.test(host) && !named.includes(host))
        .map(
          (host) =>
            `routes leads "${host}" to the Worker, but no variable names it: Postern would answer 404 to everything there. Name it in PUBLIC_HOSTS (or ADMIN_HOST, CONSOLE_HOST, PORTAL_HOST, STS_HOST), or take the route out.`,
        ),
    ),
    ...new Set(
      patterns
        .map(hostOf)
        .filter((host) => SAMPLE_HOST.test(host))
        .map(
          (host) =>
            `routes still has the sample "${host}". Put your own in its place: docs/deploy.md leads through it.`,
        ),
    ),
  ];
}

function faultsOfRoute(route: Table): readonly string[] {
  const pattern = textIn(route.pattern);
  if (pattern === "")
    return ['a route has no pattern. Write { pattern = "web.contoso.com", custom_domain = true } with your host.'];
  const host = hostOf(pattern);
  const path = pattern.includes("/") ? pattern.slice(pattern.indexOf("/")) : "";
  if (/^[a-z]+:\/\//i.test(pattern)) {
    return [`routes has "${pattern}". Write the host alone, without ${pattern.slice(0, pattern.indexOf("//") + 2)}.`];
  }
  if (host.includes("*")) {
    return [
      `routes has "${pattern}", which leads every name below it to the Worker, also those of other services: they would answer 404. Write one route for each host.`,
    ];
  }
  const zoned = route.zone_name !== undefined || route.zone_id !== undefined;
  if (route.custom_domain !== true && !zoned) {
    return [
      `the route "${pattern}" has neither custom_domain nor zone_name, so wrangler does not know the zone. Write { pattern = "${host}", custom_domain = true }.`,
    ];
  }
  return [
    ...(route.zone_id === undefined || CLOUDFLARE_ID.test(textIn(route.zone_id))
      ? []
      : [
          `the route "${pattern}" has a zone_id that is no id of a zone. Write the 32 digits that the dashboard shows, or zone_name with the zone's name.`,
        ]),
    ...(route.custom_domain === true && path !== ""
      ? [
          `the route "${pattern}" is a custom domain, which cannot have a path. Write { pattern = "${host}", custom_domain = true }.`,
        ]
      : []),
    ...(route.custom_domain !== true && path !== "/*"
      ? [
          `the route "${pattern}" leads only a part of the host to the Worker, and everything else past it, to what DNS names. Write { pattern = "${host}", custom_domain = true }.`,
        ]
      : []),
    ...(route.previews_enabled === true
      ? [`the route "${pattern}" has previews_enabled, a second door to the Worker. Take it out.`]
      : []),
    ...(route.enabled === false
      ? [
          `the route "${pattern}" is not enabled, so nobody reaches the Worker there. Take enabled = false out, or the route.`,
        ]
      : []),
  ];
}

const routesOf = (section: Table): readonly Table[] =>
  (Array.isArray(section.routes) ? section.routes : []).map((route: unknown) =>
    typeof route === "string" ? { pattern: route } : tableOf(route),
  );
const hostOf = (pattern: string): string => (pattern.replace(/^[a-z]+:\/\//i, "").split("/")[0] ?? "").toLowerCase();
