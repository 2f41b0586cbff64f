// From answers to variables and back: what is already in wrangler.toml is the answer of the next run.

import { type Table, tableOf, tablesOf, textIn } from "../config/file.ts";
import { type Answers, given, hostsOf, wordsOf } from "./questions.ts";

/** Every variable that `init` writes. It leaves all others as they are. */
export const OWN_VARIABLES = [
  ...["PUBLIC_HOSTS", "WEB_HOST", "MEET_HOSTS", "DIALIN_HOSTS", "SIP_DOMAINS", "NETBIOS_DOMAIN", "DNS_DOMAIN"],
  ...["DOMAINS", "INTERNAL_DOMAINS", "FRONT_END", "TUNNEL_HOSTS", "SIGN_ON", "CONNECTORS", "SIGN_ON_SERVICE"],
  ...["ADMIN_HOST", "CONSOLE_HOST", "PORTAL_HOST", "NOTICES", "NOTICE_DELIVERY", "NOTICE_FROM", "NOTICE_WEBHOOK_URL"],
  ...["NOTICE_HELPDESK", "STS_HOST", "STS_REALMS", "STS_DOMAIN_SIDS"],
] as const;
type OwnVariable = (typeof OWN_VARIABLES)[number];

/** The variables of these answers, in the order of the file. Those that are not needed are left out. */
export function variablesOf(answers: Answers): Readonly<Partial<Record<OwnVariable, string>>> {
  const { webHost = "", sipDomains = "", dnsDomain = "", frontEnd = "", signOn = "" } = answers;
  const meet = ownHosts(answers.meetUrls, answers);
  const dialin = ownHosts(answers.dialinUrls, answers).filter((host) => !meet.includes(host));
  const others = wordsOf(hostsOf(`${given(answers.meetUrls)} ${given(answers.dialinUrls)}`));
  const all = [...new Set([...wordsOf(answers.discoveryHosts), webHost, ...meet, ...dialin, ...others])];
  const mail = answers.mail ?? "";
  const said = {
    PUBLIC_HOSTS: all.join(" "),
    WEB_HOST: webHost,
    MEET_HOSTS: meet.join(" "),
    DIALIN_HOSTS: dialin.join(" "),
    SIP_DOMAINS: sipDomains === dnsDomain ? "" : wordsOf(sipDomains).join(" "),
    NETBIOS_DOMAIN: answers.netbiosDomain ?? "",
    DNS_DOMAIN: dnsDomain,
    DOMAINS: wordsOf(given(answers.domains)).join(" "),
    INTERNAL_DOMAINS: wordsOf(answers.internalDomains).join(" "),
    FRONT_END: frontEnd,
    TUNNEL_HOSTS: frontEnd === "tunnel" ? tunnelHosts(all, answers.tunnelDomain ?? "").join(" ") : "",
    SIGN_ON: signOn,
    CONNECTORS: signOn === "connector" ? connectorWords(answers).join(" ") : "",
    SIGN_ON_SERVICE:
      signOn === "connector" && answers.signOnService !== `HTTP/${webHost}` ? (answers.signOnService ?? "") : "",
    ADMIN_HOST: given(answers.adminHost),
    CONSOLE_HOST: given(answers.consoleHost),
    PORTAL_HOST: given(answers.portalHost),
    STS_HOST: given(answers.stsHost),
    STS_REALMS: given(answers.stsHost) === "" ? "" : realmsOf(answers),
    STS_DOMAIN_SIDS: given(answers.stsHost) === "" ? "" : wordsOf(answers.stsDomainSids).join(" "),
    NOTICES: mail === "none" ? "none" : "",
    NOTICE_DELIVERY: mail === "email" || mail === "webhook" ? mail : "",
    NOTICE_FROM: mail === "email" ? (answers.mailFrom ?? "") : "",
    NOTICE_WEBHOOK_URL: mail === "webhook" ? (answers.webhookUrl ?? "") : "",
    NOTICE_HELPDESK: mail === "none" ? "" : given(answers.helpdesk),
  } satisfies Record<OwnVariable, string>;
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== ""));
}

/** The realm of the one pool that is asked about; or all pairs, as an administrator of several pools wrote them. */
const realmsOf = ({ webHost = "", stsRealm = "" }: Answers): string =>
  isPair(stsRealm) ? stsRealm : `${webHost}=${stsRealm}`;
const isPair = (text: string): boolean => /^[a-z0-9.-]+=/i.test(text);

/** A simple URL without a path has a host of its own; one with a path is on a web host. */
const ownHosts = (urls: string | undefined, { webHost }: Answers): string[] => [
  ...new Set(
    wordsOf(given(urls))
      .map((word) => URL.parse(word))
      .flatMap((url) => (url !== null && url.pathname === "/" && url.hostname !== webHost ? [url.hostname] : [])),
  ),
];

/** One host name of the tunnel for each public host, since cloudflared gives a name one Host header. */
function tunnelHosts(hosts: readonly string[], domain: string): readonly string[] {
  const first = (host: string): string => host.split(".")[0] ?? "";
  return hosts.map((host) => {
    const alone = hosts.filter((other) => first(other) === first(host)).length === 1;
    return `${host}=https://${alone ? first(host) : host.replaceAll(".", "-")}-origin.${domain}`;
  });
}

/** `connector-a=binding:CONNECTOR`. */
function connectorWords({ connectors }: Answers): readonly string[] {
  const bindings = ["CONNECTOR", "CONNECTOR_2"];
  return wordsOf(connectors).map((word) => (word.includes("=") ? word : `${word}=binding:${bindings.shift() ?? ""}`));
}

/** The answers that an environment of the file gives. Samples are none. */
export function answersIn(section: Table): Answers {
  const vars = Object.fromEntries(Object.entries(tableOf(section.vars)).map(([name, value]) => [name, textIn(value)]));
  if (isSample(section)) return {};
  const hosts = wordsOf(vars.PUBLIC_HOSTS);
  const simple = (listed: string | undefined) => wordsOf(listed).map((host) => `https://${host}`);
  const discovery = hosts.filter((host) => host.startsWith("lyncdiscover."));
  // A name for tests or another pool's, which no question asks for, stays with the discovery hosts.
  const asked = wordsOf(`${vars.WEB_HOST ?? ""} ${vars.MEET_HOSTS ?? ""} ${vars.DIALIN_HOSTS ?? ""}`);
  const further = hosts.filter((host) => !discovery.includes(host) && !asked.includes(host));
  const dnsDomain = vars.DNS_DOMAIN ?? "";
  const said = {
    account: textIn(section.account_id),
    sipDomains: vars.SIP_DOMAINS ?? dnsDomain,
    webHost: vars.WEB_HOST ?? "",
    discoveryHosts: [...discovery, ...further].join(" "),
    meetUrls: simple(vars.MEET_HOSTS).join(" "),
    dialinUrls: simple(vars.DIALIN_HOSTS).join(" "),
    netbiosDomain: vars.NETBIOS_DOMAIN ?? "",
    dnsDomain,
    domains: vars.DOMAINS ?? "none",
    internalDomains: vars.INTERNAL_DOMAINS ?? "",
    frontEnd: vars.FRONT_END ?? "",
    tunnelDomain: domainOfTunnels(vars.TUNNEL_HOSTS),
    signOn: vars.SIGN_ON ?? "",
    connectors: wordsOf(vars.CONNECTORS)
      .map((word) => word.replace(/=binding:.*$/, ""))
      .join(" "),
    signOnService: vars.SIGN_ON_SERVICE ?? "",
    adminHost: vars.ADMIN_HOST ?? "none",
    consoleHost: vars.CONSOLE_HOST ?? "none",
    portalHost: vars.PORTAL_HOST ?? "none",
    stsHost: vars.STS_HOST ?? "none",
    stsRealm: realmIn(vars.STS_REALMS, vars.WEB_HOST),
    stsDomainSids: wordsOf(vars.STS_DOMAIN_SIDS).join(" "),
    mail: vars.NOTICES === "none" ? "none" : (vars.NOTICE_DELIVERY ?? "agent"),
    mailFrom: vars.NOTICE_FROM ?? "",
    webhookUrl: vars.NOTICE_WEBHOOK_URL ?? "",
    helpdesk: vars.NOTICE_HELPDESK ?? "none",
  };
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== ""));
}

/**
 * What an earlier run was told and the file may not show. Where the two disagree, the file counts: somebody changed it.
 */
export function earlierBeside(earlier: Answers, section: Table): Answers {
  if (isSample(section)) return earlier;
  const gone = ["meetUrls", "dialinUrls"].filter((key) => ownHosts(earlier[key], earlier).length > 0);
  return Object.fromEntries(Object.entries(earlier).filter(([key]) => !gone.includes(key)));
}

function realmIn(realms: string | undefined, webHost: string | undefined): string {
  const [pair = "", ...more] = wordsOf(realms);
  return more.length === 0 && pair.startsWith(`${webHost ?? ""}=`) ? pair.slice(pair.indexOf("=") + 1) : (realms ?? "");
}

const domainOfTunnels = (text: string | undefined): string => {
  const [, domain = ""] = /-origin\.(\S+)/.exec(text ?? "") ?? [];
  return domain;
};

/** Whether nobody has filled it in yet. */
export const isSample = (section: Table): boolean =>
  Object.keys(section).length === 0 || /(?:^|[\s.])contoso\.com\b/.test(textIn(tableOf(section.vars).PUBLIC_HOSTS));

/** The id that a binding has already; undefined for the sample's. */
export function idIn(section: Table, list: "d1_databases" | "vpc_services", binding: string): string | undefined {
  const [entry] = tablesOf(section[list]).filter((each) => each.binding === binding);
  const id = textIn(list === "d1_databases" ? entry?.database_id : entry?.service_id);
  return id === "" || /^0{8}-/.test(id) ? undefined : id;
}

/** Every binding to a Workers VPC service that these answers need. */
export const servicesOf = (answers: Answers): readonly string[] => [
  ...(answers.frontEnd === "binding" ? ["ORIGIN"] : []),
  ...(answers.signOn === "connector"
    ? connectorWords(answers).flatMap((word) => /=binding:(.+)$/.exec(word)?.[1] ?? [])
    : []),
];
