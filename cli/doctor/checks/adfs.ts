// AD FS from outside: its form, and its WS-Trust services, which take a name and a password in a message.

import { judgeExposed, type Place, resolving } from "../exposed.ts";
import { type Check, type Finding, judged, unseen } from "../types.ts";
import { type Answer, textOf } from "../wire.ts";

const NAMES = ["adfs", "sts", "fs", "login", "sso", "federation"];
const FIX =
  "AD FS: switch on Extranet Smart Lockout (Set-AdfsProperties -EnableExtranetLockout $true -ExtranetLockoutThreshold 5, below the directory's own), ask for a second factor from outside, and close the WS-Trust endpoints at the proxy (Set-AdfsEndpoint -Proxy $false).";

const TRUST = [
  "/adfs/services/trust/2005/usernamemixed",
  "/adfs/services/trust/13/usernamemixed",
  "/adfs/services/trust/2005/windowstransport",
  "/adfs/services/trust/13/windowstransport",
];
const PLACES: readonly Omit<Place, "host">[] = [
  { what: "AD FS", path: "/adfs/ls/idpinitiatedsignon.aspx", fix: FIX },
  { what: "AD FS", path: "/adfs/ls/?wa=wsignin1.0&wtrealm=urn:federation:postern-doctor", fix: FIX },
];

export const adfs: Check = {
  ...{ id: "adfs", group: "exposed", looks: "whether AD FS takes a directory password outside: its form and WS-Trust" },
  async run(doctor) {
    const { plan, ask } = doctor;
    const hosts = await resolving(doctor, [
      ...plan.domains.flatMap((domain) => NAMES.map((name) => `${name}.${domain}`)),
      ...plan.extra,
    ]);
    if (hosts.length === 0) return unseen("no name of an AD FS resolves: give its host with --extra");
    const soap = { "content-type": "application/soap+xml; charset=utf-8" };
    const findings = await Promise.all(
      hosts.flatMap((host) => [
        ...PLACES.map(
          async ({ what, fix, path }) => judgeExposed({ what, fix }, await ask({ host, path, foreign: true })) ?? [],
        ),
        ...TRUST.map(async (path) => {
          const answer = await ask({ host, path, method: "POST", headers: soap, body: "<none/>", foreign: true });
          return judgeExposed({ what: "WS-Trust", fix: FIX }, answer) ?? judgeTrust(answer) ?? [];
        }),
      ]),
    );
    return judged(findings.flat(), `no form and no WS-Trust at ${hosts.join(" ")}`);
  },
};

/** WS-Trust answers a message that it cannot read with a fault in SOAP: the service is there, and takes passwords. */
export function judgeTrust(answer: Answer): Finding | undefined {
  if (answer.kind === "silent" || answer.status < 400 || !/<(?:\w+:)?Fault\b/.test(textOf(answer))) return undefined;
  if (!/usernamemixed$/.test(answer.question.path)) return undefined;
  return {
    ...{ severity: "fault", about: `WS-Trust, https://${answer.question.host}${answer.question.path}` },
    what: "anybody may try directory passwords here (a message with name and password)",
    why: "Tools for guessing passwords use it first. A stranger locks accounts in the directory, or gets in without a second factor.",
    fix: FIX,
  };
}
