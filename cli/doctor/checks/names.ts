// Whether every host resolves, and to an address that the internet reaches.

import { allHosts, isInsideName } from "../plan.ts";
import { isPrivateAddress, type Resolved } from "../resolve.ts";
import { type Check, type Finding, judged, unseen } from "../types.ts";

export const names: Check = {
  ...{ id: "names", group: "hosts", looks: "whether each host of the gateway resolves, and to a public address" },
  async run({ plan, reach, resolve }) {
    if (reach.fixed !== undefined) return unseen(`the hosts are reached at ${reach.fixed}, whatever DNS says`);
    const hosts = allHosts(plan);
    const found = await Promise.all(hosts.map(async (host) => ({ host, resolved: await resolve(host) })));
    if (found.every(({ resolved }) => resolved.kind === "silent")) return unseen("no DNS server answers");
    const findings = found.flatMap(({ host, resolved }) => judgeName(host, resolved, plan.known) ?? []);
    const known = found.filter(({ resolved }) => resolved.kind === "found");
    return judged(findings, `${known.map(({ host }) => host).join(" ")}`);
  },
};

/** `known`: the gateway itself names the host. Otherwise it is a name that clients try, and need not exist. */
export function judgeName(host: string, resolved: Resolved, known: boolean): Finding | undefined {
  if (resolved.kind === "found") {
    const inside = resolved.addresses.filter(isPrivateAddress);
    if (inside.length === 0) return undefined;
    return {
      ...{ severity: "fault", about: host, what: `it resolves to ${inside.join(", ")}, which is not in the internet` },
      why: "A client outside cannot reach it. Or this machine is inside and asks a DNS server of the inside.",
      fix: "Run doctor from outside. If it still says so, make the name a custom domain of the Worker: docs/deploy.md.",
    };
  }
  // lyncdiscoverinternal is for the inside; a simple URL may have another name.
  if (isInsideName(host) || (!known && !host.startsWith("lyncdiscover."))) return undefined;
  return {
    ...{
      severity: "fault",
      about: host,
      what: resolved.kind === "none" ? "it does not resolve" : "DNS gave no answer",
    },
    why: host.startsWith("lyncdiscover.")
      ? "Clients find nothing by themselves: somebody has to type server names into each."
      : "Clients that are led to this name end there.",
    fix: 'Add it to `routes` of wrangler.toml as { pattern = "HOST", custom_domain = true } and deploy, which makes the DNS record.',
  };
}
