// The hosts of the admin API, the console, the portal and the token service.

import { METADATA_PATH } from "../../../src/core/sts/metadata.ts";
import { type Check, type Finding, judged, unseen } from "../types.ts";
import { type Answer, header, isPosterns404, silence } from "../wire.ts";

export const ownHosts: Check = {
  ...{
    id: "own-hosts",
    group: "hosts",
    looks: "whether the console, the portal, the token service and the admin API answer strangers as they should",
  },
  async run({ plan, ask }) {
    const hosts = [
      { host: plan.admin, what: "admin API" },
      { host: plan.console, what: "console" },
      { host: plan.portal, what: "portal" },
      { host: plan.sts, what: "token service" },
    ].flatMap(({ host, what }) => (host === undefined ? [] : [{ host, what }]));
    if (hosts.length === 0) return unseen("only the settings of the gateway name these hosts, or it has none");
    const findings = await Promise.all(
      hosts.map(
        async ({ host, what }) =>
          judgeOwnHost(host, what, await ask({ host, path: what === "token service" ? METADATA_PATH : "/" })) ?? [],
      ),
    );
    return judged(findings.flat(), hosts.map(({ host, what }) => `${what} ${host}`).join(", "));
  },
};

/** What is wrong with what a stranger gets at the root of that host. */
export function judgeOwnHost(host: string, what: string, answer: Answer): Finding | undefined {
  const find = (severity: Finding["severity"], said: string, why: string, fix: string): Finding => ({
    ...{ severity, about: `${what} ${host}`, what: said, why, fix },
  });
  if (answer.kind === "silent") {
    return find(
      "fault",
      silence(answer),
      `Nobody can use the ${what}.`,
      "Add the name to `routes` of wrangler.toml as a custom domain, and deploy.",
    );
  }
  const { status } = answer;
  // Cloudflare Access in front of it answers in its own way.
  if (/\.cloudflareaccess\.com/.test(header(answer, "location")) || status === 403) return undefined;
  if (what === "admin API") {
    if (isPosterns404(answer)) return undefined;
    return find(
      "fault",
      `it answers ${status} to a stranger, who should get an empty 404`,
      "Another program answers under the name to which tokens are sent.",
      "See to which Worker the name belongs: dashboard, Workers, Domains.",
    );
  }
  if (status === 200 || (status >= 300 && status < 400)) return undefined;
  return find(
    "fault",
    `it answers ${status}`,
    `Nobody can use the ${what}.`,
    "See whether the name is the one in wrangler.toml, and whether this version was deployed.",
  );
}
