// Caches before the gateway. What belongs to one client must not be served to another.

import { APPLICATIONS, DISCOVERY, WEB_TICKET } from "../services.ts";
import { type Check, type Finding, judged, unseen } from "../types.ts";
import { type Answer, header } from "../wire.ts";

/** What Cloudflare says when the answer came from its cache or will be kept there. */
const KEPT = /^(HIT|STALE|UPDATING|REVALIDATED|EXPIRED|MISS)$/i;

export const caching: Check = {
  ...{ id: "caching", group: "zone", looks: "whether something before the gateway caches its answers" },
  async run({ plan, ask }) {
    const [web] = plan.web;
    if (web === undefined) return unseen("no web host is known: give --host, or a target");
    const paths = [DISCOVERY, WEB_TICKET, APPLICATIONS];
    await Promise.all(paths.map((path) => ask({ host: web, path })));
    const again = await Promise.all(paths.map((path) => ask({ host: web, path })));
    if (again.every(({ kind }) => kind === "silent")) return unseen(`${web} does not answer`);
    return judged(
      again.flatMap((answer) => judgeCached(answer) ?? []),
      "no answer comes from a cache",
    );
  },
};

/** Whether the answer came from a cache, or goes into one. */
export function judgeCached(answer: Answer): Finding | undefined {
  if (answer.kind === "silent") return undefined;
  const [status, age, store] = [
    header(answer, "cf-cache-status"),
    header(answer, "age"),
    header(answer, "cache-control"),
  ];
  const kept = KEPT.test(status) || Number(age) > 0 || /^(?:hit|.*\bhit\b)/i.test(header(answer, "x-cache"));
  const shared = /\bpublic\b|\bs-maxage=[1-9]/.test(store) && answer.status === 401;
  if (!kept && !shared) return undefined;
  const seen = kept
    ? [status && `CF-Cache-Status: ${status}`, age && `Age: ${age}`, header(answer, "x-cache")]
        .filter(Boolean)
        .join(", ")
    : `Cache-Control: ${store}`;
  return {
    ...{
      severity: "fault",
      about: `https://${answer.question.host}${answer.question.path}`,
      what: `a cache keeps the answer (${seen})`,
    },
    why: "A stale challenge ends no sign-in, and what belongs to one user may reach another.",
    fix: "Put the rule that bypasses the cache for the gateway's hosts into the zone (npx postern zone apply ZONE), and purge what is kept.",
  };
}
