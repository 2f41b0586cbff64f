// Discovery, the first thing that every client asks, over https and over http.

import { isInsideName } from "../plan.ts";
import { DISCOVERY } from "../services.ts";
import { type Check, type Finding, judged, unseen } from "../types.ts";
import { type Answer, header, silence, textOf } from "../wire.ts";

export const discovery: Check = {
  ...{ id: "discovery", group: "hosts", looks: "what lyncdiscover answers, over https and over http" },
  async run({ plan, reach, ask, resolve }) {
    const hosts = plan.discovery.filter((host) => !isInsideName(host));
    if (hosts.length === 0) return unseen("no lyncdiscover host is known: give the SIP domain, such as contoso.com");
    const schemes = reach.plain || reach.fixed !== undefined ? (["https"] as const) : (["https", "http"] as const);
    const asked = await Promise.all(
      hosts.map(async (host) => {
        if (reach.fixed === undefined && (await resolve(host)).kind !== "found") return [];
        return Promise.all(
          schemes.map(async (scheme) => ({ host, scheme, answer: await ask({ host, scheme, path: DISCOVERY }) })),
        );
      }),
    );
    const there = asked.flat();
    if (there.length === 0) return unseen("no lyncdiscover host resolves");
    const findings = there.flatMap(({ host, scheme, answer }) => judgeDiscovery(host, scheme, answer) ?? []);
    return judged(findings, `${hosts.join(" ")} over ${reach.plain ? "http" : schemes.join(" and ")}`);
  },
};

/** What is wrong with an answer of discovery. */
export function judgeDiscovery(host: string, scheme: "https" | "http", answer: Answer): Finding | undefined {
  const find = (severity: Finding["severity"], what: string, why: string, fix: string): Finding => ({
    ...{ severity, about: `${scheme}://${host}`, what, why, fix },
  });
  const lost = "Clients find nothing by themselves: somebody has to type server names into each.";
  if (answer.kind === "silent") {
    // A client that gets nothing over http goes on to https.
    if (scheme === "http" && answer.fault === "refused") return undefined;
    return find(
      "fault",
      silence(answer),
      lost,
      "See what stands before the Worker: DNS record, custom domain, firewall rules of the zone.",
    );
  }
  const { status } = answer;
  if (status >= 300 && status < 400 && scheme === "http" && /^https:/.test(header(answer, "location"))) {
    return find(
      "fault",
      `http is redirected to ${header(answer, "location")}`,
      "Some clients ask over http first, where the certificate does not matter, and follow no redirect of a proxy.",
      "Switch Always Use HTTPS off for this host by a configuration rule of the zone: npx postern zone apply ZONE. Postern itself answers nothing but discovery over http.",
    );
  }
  if (status === 429) {
    return find(
      "warning",
      "Postern answers 429: this network has used up its budget of anonymous requests",
      "Other clients of the same network get the same answer for a minute.",
      "Wait a minute, and run doctor again. If it stays, look who asks: npx postern audit.",
    );
  }
  if (status === 503) {
    return find(
      "fault",
      "Postern answers 503: the Front-End cannot be reached",
      "Nobody can sign in.",
      "See that cloudflared runs beside the pool and the VPC service leads to port 4443 of the external web site: npx postern health.",
    );
  }
  if (status !== 200)
    return find(
      "fault",
      `it answers ${status}`,
      lost,
      "Look at what answers: a rule of the zone, or IIS. npx postern why --request ID says it for Postern.",
    );
  const text = textOf(answer);
  if (/"(?:_links|Links)"\s*:/.test(text) || /<(?:Root|Link|resource)\b/.test(text)) return undefined;
  return find(
    "fault",
    "it answers 200, with something that is no discovery document",
    lost,
    "Look whether a page of the zone or another site answers: curl -i, with the host and the path above.",
  );
}
