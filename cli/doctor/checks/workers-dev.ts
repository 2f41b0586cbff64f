// The second door: the Worker's name under workers.dev, where no rule of the zone applies.

import { CLOSED } from "../services.ts";
import { type Check, type Finding, judged, unseen } from "../types.ts";
import { type Answer, isPosterns404 } from "../wire.ts";

export const workersDev: Check = {
  ...{ id: "workers-dev", group: "hosts", looks: "whether the Worker answers under workers.dev as well" },
  async run({ plan, ask }) {
    const { workersDev: host } = plan;
    if (host === undefined) return unseen("the name is not known: give --workers-dev NAME.SUBDOMAIN.workers.dev");
    const finding = judgeSecondDoor(host, await ask({ host, path: CLOSED }));
    return judged(finding === undefined ? [] : [finding], `${host} is closed`);
  },
};

/** Whether Postern, or another program of that name, answers there. */
export function judgeSecondDoor(host: string, answer: Answer): Finding | undefined {
  if (answer.kind === "silent" || (answer.status === 404 && !isPosterns404(answer)) || answer.status >= 500)
    return undefined;
  return {
    ...{ severity: "warning", about: host, what: `the Worker answers there (${answer.status})` },
    why: "The firewall rules and rate limits of your zone do not apply there, and Access does not stand before it.",
    fix: "Set workers_dev = false and preview_urls = false in wrangler.toml, as this version's file has it, and deploy.",
  };
}
