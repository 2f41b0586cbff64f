// The SIP Access Edge. Desktops sign in to it past Postern, and with NTLM offered there, so can everybody who guesses.

import { resolving } from "../exposed.ts";
import type { Plan } from "../plan.ts";
import { type Offered, register } from "../sip.ts";
import { type Check, type Finding, judged, unseen } from "../types.ts";

const NAMES = ["sip", "sipexternal", "access", "edge"];
const PORTS = [443, 5061];

export const sipEdge: Check = {
  ...{ id: "sip-edge", group: "exposed", looks: "whether the SIP Access Edge offers NTLM or Kerberos" },
  async run(doctor) {
    const { plan, reach, requestMs } = doctor;
    const hosts = await resolving(doctor, edgesOf(plan));
    const [domain] = plan.domains;
    if (domain === undefined) return unseen("no SIP domain is known: give it, such as contoso.com");
    if (hosts.length === 0)
      return unseen(
        `none of ${NAMES.join(", ")} resolves below ${plan.domains.join(", ")}: give the edge with --extra`,
      );
    const offers = await Promise.all(
      hosts.flatMap((host) =>
        PORTS.map(async (port) => {
          const way = reach.way(host, "https", port, true);
          return {
            about: `${host}:${port}`,
            offered: await register({ ...way, servername: host }, domainOf(host, plan) ?? domain, requestMs),
          };
        }),
      ),
    );
    const heard = offers.flatMap(({ about, offered }) => (offered.kind === "offered" ? [{ about, offered }] : []));
    if (heard.length === 0) return unseen(`nothing speaks SIP at ${hosts.join(" ")}, on 443 and 5061`);
    return judged(
      heard.flatMap(({ about, offered }) => judgeEdge(about, offered) ?? []),
      heard.map(({ about, offered }) => `${about}: ${offered.schemes.join(" ") || offered.status}`).join(", "),
    );
  },
};

const edgesOf = ({ domains, extra }: Plan): readonly string[] => [
  ...domains.flatMap((domain) => NAMES.map((name) => `${name}.${domain}`)),
  ...extra,
];
const domainOf = (host: string, { domains }: Plan): string | undefined =>
  domains.find((domain) => host.endsWith(`.${domain}`));

/** What a stranger can do at an edge that offers this. */
export function judgeEdge(about: string, offered: Offered): Finding | undefined {
  if (offered.kind === "silent") return undefined;
  const passwords = offered.schemes.filter((scheme) => /^(NTLM|Kerberos|Digest|Basic)$/i.test(scheme));
  if (passwords.length === 0) return undefined;
  return {
    ...{
      severity: "fault",
      about: `SIP Access Edge, ${about}`,
      what: `it offers ${passwords.join(" and ")} to strangers`,
    },
    why: "A stranger who knows a user name guesses the directory password here, or locks the account. Postern neither sees nor counts it.",
    fix: "Leave only certificates (TLS-DSK) there: Set-CsProxyConfiguration -Identity EdgeServer:EDGE -UseKerberosForClientToProxyAuth $false -UseNtlmForClientToProxyAuth $false. Desktops then get their certificate through Postern (docs/sign-on.md); programs that know no certificate stay outside.",
  };
}
