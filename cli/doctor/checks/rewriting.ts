// What a zone changes in bodies: scripts that it puts in, addresses that it hides, compression that nobody asked for.

import { DISCOVERY, WEB_TICKET } from "../services.ts";
import { type Check, type Finding, judged, unseen } from "../types.ts";
import { type Answer, header, textOf } from "../wire.ts";

export const rewriting: Check = {
  ...{
    id: "rewriting",
    group: "zone",
    looks: "whether the zone changes bodies: Rocket Loader, e-mail obfuscation, compression",
  },
  async run({ plan, ask }) {
    const [web] = plan.web;
    if (web === undefined) return unseen("no web host is known: give --host, or a target");
    const meet = plan.meet.slice(0, 1).map((host) => ({ host, path: "/postern-doctor/00000000" }));
    const questions = [
      ...[DISCOVERY, `${WEB_TICKET}/mex`, "/meet/"].map((path) => ({ host: web, path })),
      { host: web, path: DISCOVERY, headers: { accept: "application/vnd.microsoft.rtc.autodiscover+xml;v=1" } },
      ...meet,
    ];
    const answers = await Promise.all(questions.map(ask));
    if (answers.every(({ kind }) => kind === "silent")) return unseen(`${web} does not answer`);
    return judged(answers.flatMap(judgeBody), "bodies come as they were sent");
  },
};

/** What a zone has changed in the body. */
export function judgeBody(answer: Answer): readonly Finding[] {
  if (answer.kind === "silent") return [];
  const findings: Finding[] = [];
  const find = (what: string, why: string, fix: string): void => {
    findings.push({
      severity: "fault",
      about: `https://${answer.question.host}${answer.question.path}`,
      what,
      why,
      fix,
    });
  };
  const coding = header(answer, "content-encoding");
  if (coding !== "" && coding !== "identity") {
    find(
      `it comes compressed (${coding}), though the request takes no compression`,
      "Clients that cannot read it fail without a message.",
      "Look for a compression rule of the zone, or for dynamic compression at the pool that ignores Accept-Encoding.",
    );
    return findings;
  }
  const text = textOf(answer);
  const added = [
    [/rocket-loader|data-cf-settings/, "Rocket Loader has put a script in", "Rocket Loader"],
    [/email-protection|email-decode|__cf_email__/, "e-mail addresses are hidden", "Email Address Obfuscation"],
    [
      /cloudflareinsights\.com|beacon\.min\.js/,
      "a script of Web Analytics was put in",
      "automatic injection of Web Analytics",
    ],
    [/cdn-cgi\/(?:zaraz|apps|bm)\b/, "a script of the zone was put in", "Zaraz, Apps and JavaScript Detections"],
  ] as const;
  for (const [pattern, what, feature] of added) {
    if (pattern.test(text)) {
      find(
        what,
        "Clients read these pages as XML or with scripts of their own, and sip: addresses look like e-mail.",
        `Switch ${feature} off for the gateway's hosts: npx postern zone apply ZONE.`,
      );
    }
  }
  return findings;
}
