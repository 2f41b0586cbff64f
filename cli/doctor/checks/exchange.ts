// Exchange from outside: EWS, ActiveSync, Autodiscover, OWA, Outlook Anywhere and MAPI over HTTP. Lync clients ask
// Autodiscover and EWS, so the servers are often published, and each takes the directory password.

import { judgeExposed, OWN_LOCKOUT, type Place, resolving } from "../exposed.ts";
import { type Check, judged, unseen } from "../types.ts";

/** Names under which organisations have Exchange; only those that resolve are asked. */
const NAMES = ["autodiscover", "mail", "owa", "webmail", "exchange", "outlook"];
const XML = { "content-type": "text/xml; charset=utf-8" };
const NO_ENVELOPE = '<?xml version="1.0"?><none/>';

const SERVICES: readonly Omit<Place, "host">[] = [
  ...(
    [
      ["EWS", "/EWS/Exchange.asmx", "POST", "Set-WebServicesVirtualDirectory -WSSecurityAuthentication and OAuth only"],
      ["ActiveSync", "/Microsoft-Server-ActiveSync", "GET", "certificates or modern authentication for ActiveSync"],
      [
        "Autodiscover",
        "/autodiscover/autodiscover.xml",
        "POST",
        "modern authentication for Autodiscover, or publish it inside only",
      ],
      ["OWA", "/owa/", "GET", "publish OWA behind a sign-in with two factors"],
      ["OWA's form", "/owa/auth/logon.aspx", "GET", "publish OWA behind a sign-in with two factors"],
      ["ECP", "/ecp/", "GET", "publish it inside only"],
      ["Outlook Anywhere (RPC)", "/rpc/rpcproxy.dll", "GET", "modern authentication, or publish it inside only"],
      ["MAPI over HTTP", "/mapi/emsmdb/", "GET", "modern authentication, or publish it inside only"],
      ["remote PowerShell", "/PowerShell/", "GET", "publish it inside only"],
    ] as const
  ).map(([what, path, method, fix]) => ({
    ...{ what, path, method, fix: `Exchange: ${fix}. ${OWN_LOCKOUT}` },
    ...(method === "POST" ? { headers: XML, body: NO_ENVELOPE } : {}),
  })),
];

export const exchange: Check = {
  ...{
    id: "exchange",
    group: "exposed",
    looks: "whether EWS, ActiveSync, Autodiscover, OWA, RPC or MAPI take a directory password outside",
  },
  async run(doctor) {
    const { plan, ask } = doctor;
    if (plan.domains.length === 0 && plan.extra.length === 0)
      return unseen("no domain is known: give it, such as contoso.com");
    const names = plan.domains.flatMap((domain) => [domain, ...NAMES.map((name) => `${name}.${domain}`)]);
    const hosts = await resolving(doctor, [...names.filter((host) => !plan.publicHosts.includes(host)), ...plan.extra]);
    if (hosts.length === 0)
      return unseen(
        `none of ${NAMES.slice(0, 3).join(", ")}, … resolves below ${plan.domains.join(", ")}: give its host with --extra`,
      );
    const answers = await Promise.all(
      hosts.flatMap((host) =>
        SERVICES.map(async ({ what, fix, ...service }) => ({
          what,
          fix,
          answer: await ask({ ...service, host, foreign: true }),
        })),
      ),
    );
    return judged(
      answers.flatMap(({ what, fix, answer }) => judgeExposed({ what, fix }, answer) ?? []),
      `nothing takes a password at ${hosts.join(" ")}`,
    );
  },
};
