// The hosts of meeting links and of the dial-in page: whether Postern knows what they are for.

import { type Check, type Finding, judged, unseen } from "../types.ts";
import { type Answer, isPosterns404, silence } from "../wire.ts";

/** No meeting has this name. */
const NO_MEETING = "/postern-doctor/00000000";

export const simpleUrls: Check = {
  ...{ id: "simple-urls", group: "hosts", looks: "the hosts of meeting links and of the dial-in page" },
  async run({ plan, reach, ask, resolve }) {
    const hosts = [
      ...plan.meet.map((host) => ({ host, variable: "MEET_HOSTS" })),
      ...plan.dialIn.map((host) => ({ host, variable: "DIALIN_HOSTS" })),
    ];
    const there = await Promise.all(
      hosts.map(async ({ host, variable }) => {
        if (reach.fixed === undefined && (await resolve(host)).kind !== "found") return [];
        const path = variable === "DIALIN_HOSTS" ? "/" : NO_MEETING;
        return [{ host, finding: judgeSimpleUrl(host, variable, await ask({ host, path })) }];
      }),
    );
    const seen = there.flat();
    if (seen.length === 0) return unseen("no simple URL has a host of its own that resolves");
    return judged(
      seen.flatMap(({ finding }) => finding ?? []),
      seen.map(({ host }) => host).join(" "),
    );
  },
};

/** What is wrong with the answer to a meeting that there is not. */
export function judgeSimpleUrl(host: string, variable: string, answer: Answer): Finding | undefined {
  const why = "Links in invitations lead here.";
  if (answer.kind === "silent") {
    return {
      severity: "fault",
      about: host,
      what: silence(answer),
      why,
      fix: "Make the name a custom domain of the Worker.",
    };
  }
  if (isPosterns404(answer)) {
    return {
      ...{
        severity: "fault",
        about: host,
        what: "Postern closes it: it does not know that this host is for a simple URL",
        why,
      },
      fix: `Add it to ${variable} in wrangler.toml, and deploy.`,
    };
  }
  if (answer.status < 500) return undefined;
  return {
    ...{ severity: "fault", about: host, what: `it answers ${answer.status}`, why },
    fix: "The Front-End does not serve it, or cannot be reached. See whether Get-CsSimpleUrl has this address: npx postern health.",
  };
}
