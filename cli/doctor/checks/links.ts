// The addresses in the answers: each must lead a client to a public host, over https, on the usual port. The external
// web site listens on 4443, and its own name is of the inside. IIS writes both into answers where the translation of
// host and port is not set up.

import { isPrivateAddress } from "../resolve.ts";
import { APPLICATIONS, DISCOVERY, USER_DISCOVERY, WEB_TICKET } from "../services.ts";
import { type Check, type Finding, judged, unseen } from "../types.ts";
import { type Heard, headerLines, textOf } from "../wire.ts";

const MEX = [`${WEB_TICKET}/mex`, "/CertProv/CertProvisioningService.svc/mex", "/GroupExpansion/service.svc/mex"];
const ACCEPT = {
  xml: "application/vnd.microsoft.rtc.autodiscover+xml;v=1",
  hal: "application/vnd.microsoft.com.ucwa+xml",
};

export const links: Check = {
  ...{ id: "links", group: "translation", looks: "whether addresses in answers lead to public hosts, on port 443" },
  async run({ plan, ask }) {
    const [web] = plan.web;
    if (web === undefined) return unseen("no web host is known: give --host, or a target");
    const pages = [DISCOVERY, USER_DISCOVERY, APPLICATIONS, ...MEX].map((path) => ({ host: web, path }));
    const accepting = [ACCEPT.xml, ACCEPT.hal].map((accept) => ({ host: web, path: DISCOVERY, headers: { accept } }));
    const discovery = plan.discovery.slice(0, 1).map((host) => ({ host, path: DISCOVERY }));
    const meet = plan.meet.slice(0, 1).map((host) => ({ host, path: "/postern-doctor/00000000" }));
    const answers = await Promise.all([...pages, ...accepting, ...discovery, ...meet].map(ask));
    const heard = answers.filter((answer) => answer.kind === "heard");
    const found = heard.flatMap((answer) => addressesIn(answer).map((address) => ({ answer, address })));
    if (found.length === 0) return unseen(`${web} gives no answer with an address in it`);
    const publicHosts = plan.known ? plan.linked : undefined;
    const findings = new Map(
      found.flatMap(({ answer, address }) => {
        const finding = judgeAddress(address, publicHosts, answer);
        return finding === undefined ? [] : [[finding.what, finding]];
      }),
    );
    return judged([...findings.values()], `${found.length} addresses in ${heard.length} answers`);
  },
};

/** The addresses to which an answer leads: in headers, discovery documents, metadata and pages. */
export function addressesIn(heard: Heard): readonly string[] {
  const headers = ["location", "x-ms-webticketurl"].flatMap((name) => headerLines(heard, name));
  const oauth = headerLines(heard, "www-authenticate").flatMap((value) => /\bhref="([^"]*)"/.exec(value)?.[1] ?? []);
  const quoted = [...textOf(heard).matchAll(/\b(?:href|location|action)["']?\s*[=:]\s*["'](https?:[^"']*)["']/gi)];
  return [...headers, ...oauth, ...quoted.flatMap(([, address]) => address ?? [])].filter((each) =>
    /^https?:/i.test(each),
  );
}

/** What is wrong with an address. `publicHosts`: undefined where nobody said which hosts there are. */
export function judgeAddress(
  address: string,
  publicHosts: readonly string[] | undefined,
  { question }: Pick<Heard, "question">,
): Finding | undefined {
  const about = `https://${question.host}${question.path}`;
  const find = (what: string, why: string, fix: string): Finding => ({ severity: "fault", about, what, why, fix });
  if (!URL.canParse(address)) return undefined;
  const { protocol, hostname, port } = new URL(address.replaceAll("&amp;", "&"));
  const host = hostname.toLowerCase();
  const topology =
    "Correct the external web services FQDN, its published port 443, or the simple URL in Topology Builder, publish, and run Enable-CsComputer on the Front-Ends.";
  if (publicHosts === undefined ? isOfTheInside(host) : !publicHosts.includes(host) && isOfThePool(host, publicHosts)) {
    return find(
      `it leads to ${protocol}//${host}, which is no public host of the gateway`,
      "Clients follow this address and end there; and it tells strangers a name of the inside.",
      `If the name is public, add it to PUBLIC_HOSTS. Otherwise: ${topology[0]?.toLowerCase()}${topology.slice(1)}`,
    );
  }
  if (publicHosts !== undefined && !publicHosts.includes(host)) return undefined; // a site of somebody else
  if (port !== "" && port !== "443") {
    return find(
      `it leads to port ${port} of ${host}`,
      "Nobody outside reaches this port: the tunnel ends on it, and clients are on 443.",
      topology,
    );
  }
  if (protocol === "http:") {
    return find(`it leads to http://${host}`, "Postern answers nothing but discovery over http.", topology);
  }
  return undefined;
}

const INSIDE = /\.(local|lan|internal|intern|corp|home|ad)$/;
const isOfTheInside = (host: string): boolean => INSIDE.test(host) || !host.includes(".") || isPrivateAddress(host);
/** A page may lead to other sites, such as microsoft.com; a name of the organisation must be a public host. */
const isOfThePool = (host: string, publicHosts: readonly string[]): boolean =>
  isOfTheInside(host) || publicHosts.some((each) => host.endsWith(`.${each.split(".").slice(1).join(".")}`));
