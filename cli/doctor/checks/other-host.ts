// A host that the gateway does not have: nobody may be served under it, whatever address it was reached at.

import { DISCOVERY } from "../services.ts";
import { type Check, type Finding, judged, unseen } from "../types.ts";
import type { Answer } from "../wire.ts";

/** RFC 2606: nobody has this name. */
const NOBODY = "postern-doctor.invalid";

export const otherHost: Check = {
  ...{ id: "other-host", group: "translation", looks: "whether the gateway serves a host that it does not have" },
  async run({ plan, ask }) {
    const [web] = plan.web;
    if (web === undefined) return unseen("no web host is known: give --host, or a target");
    const names = [NOBODY, ...plan.internal.slice(0, 1).map((domain) => `postern-doctor.${domain}`)];
    const asked = await Promise.all(
      names.map(async (as) => ({ as, answer: await ask({ host: web, as, path: DISCOVERY }) })),
    );
    if (asked.every(({ answer }) => answer.kind === "silent")) return unseen(`${web} does not answer`);
    return judged(
      asked.flatMap(({ as, answer }) => judgeOtherHost(as, answer) ?? []),
      "another host is not served",
    );
  },
};

/** Whether somebody is served who asks for that host. */
export function judgeOtherHost(as: string, answer: Answer): Finding | undefined {
  if (answer.kind === "silent" || (answer.status !== 200 && answer.status !== 401)) return undefined;
  return {
    ...{ severity: "fault", about: `Host: ${as}`, what: `a request for this host gets ${answer.status}` },
    why: "What answers does not look at the host. A name of the inside may be reached by asking for it.",
    fix: "Postern closes hosts that are not in its configuration. See what answers in its place: another Worker on the route, or the old reverse proxy.",
  };
}
