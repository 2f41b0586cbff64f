// What `postern init` asks: only what an administrator of the pool knows. Each question has an option of the same name,
// and may stand in a file of answers. `mapping.ts` makes variables of the answers.

import { domainToASCII } from "node:url";
import { isDomainSid } from "../../src/core/sts/sids.ts";

/** The answers, each as it was typed. */
export type Answers = Readonly<Record<string, string>>;

/** One question. */
export type Question = {
  /** Its option in kebab case, and its name in a file of answers. */
  readonly key: string;
  readonly ask: string;
  /** Two lines at most, shown above the question. */
  readonly help: string;
  /** Asked only where this holds. Left out: always. */
  readonly when?: (answers: Answers) => boolean;
  /** What to propose where there is no earlier answer. */
  readonly propose?: (answers: Answers) => string;
  /** Whether the proposal counts where nobody is there to answer. Otherwise the answer must be given. */
  readonly usual?: true;
  /** Whether another environment most likely has the same answer. */
  readonly alike?: true;
  /** What is wrong with an answer, with what to give; undefined: nothing. */
  readonly fault: (answer: string, answers: Answers) => string | undefined;
};

const HOST = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const NONE = "none";

export const wordsOf = (text: string | undefined): string[] =>
  (text ?? "").split(/[\s,]+/).filter((word) => word !== "");
/** The answer, or nothing where it says that there is none. */
export const given = (text: string | undefined): string => (text === undefined || text === NONE ? "" : text.trim());

const host = (text: string): string | undefined =>
  HOST.test(domainToASCII(text))
    ? undefined
    : `"${text}" is not a host name. Give the name alone, such as web.contoso.com.`;
const hosts = (text: string): string | undefined =>
  text === ""
    ? "Give at least one name."
    : wordsOf(text)
        .map(host)
        .find((fault) => fault !== undefined);
const orNone =
  (fault: (text: string) => string | undefined) =>
  (text: string): string | undefined =>
    text === NONE ? undefined : fault(text);
const oneOf =
  (...choices: readonly string[]) =>
  (text: string): string | undefined =>
    choices.includes(text) ? undefined : `"${text}" is not one of ${choices.join(", ")}.`;
const ids = (text: string): string | undefined =>
  text === "later" || (text !== "" && wordsOf(text).every((word) => UUID.test(word)))
    ? undefined
    : `"${text}" is not the id of a tunnel, which looks like 6ff42ae2-765d-4adf-8112-31c55c1551ef. Give it, or "later".`;
/** A name must be in one of the zones, or Cloudflare cannot lead it to the Worker. */
const inZone = (text: string, { zone }: Answers): string | undefined =>
  hosts(text) ??
  wordsOf(text)
    .filter((each) => !wordsOf(zone).some((one) => each === one || each.endsWith(`.${one}`)))
    .map(
      (each) => `"${each}" is in no zone that you named (${zone ?? ""}). Name its zone, too, or give another name.`,
    )[0];
const inZoneOrNone = (text: string, answers: Answers) => (text === NONE ? undefined : inZone(text, answers));

const urls = (text: string): string | undefined =>
  wordsOf(text)
    .filter((word) => !URL.canParse(word) || !word.startsWith("https://"))
    .map((word) => `"${word}" is not an https:// address. Give it as Get-CsSimpleUrlConfiguration shows it.`)[0] ??
  (text === "" ? "Give at least one address." : undefined);

const zone = ({ zone: all }: Answers): string => wordsOf(all)[0] ?? "";
const tunnel = ({ frontEnd }: Answers): boolean => frontEnd === "tunnel";
const connector = ({ signOn }: Answers): boolean => signOn === "connector";

const tokenService = ({ stsHost }: Answers): boolean => given(stsHost) !== "";

/** In the order in which they are asked. */
export const QUESTIONS: readonly Question[] = [
  {
    key: "zone",
    ask: "Your zone at Cloudflare",
    help: "The domain whose DNS is at Cloudflare and below which the public names of the pool are. Several: with spaces.",
    alike: true,
    fault: hosts,
  },
  {
    key: "account",
    ask: "The id of the account at Cloudflare",
    help: 'Needed only if you can sign in to several accounts (`npx wrangler whoami` lists them). Else "none".',
    ...{ usual: true, alike: true, propose: () => NONE },
    fault: orNone((text) => (/^[0-9a-f]{32}$/.test(text) ? undefined : "An account's id has 32 hexadecimal digits.")),
  },
  {
    key: "sipDomains",
    ask: "The SIP domains",
    help: "What stands behind sip:alice@ of your users: Get-CsSipDomain.",
    ...{ usual: true, alike: true, propose: ({ zone: all }) => all ?? "" },
    fault: hosts,
  },
  {
    key: "webHost",
    ask: "The external web services FQDN",
    help: "Topology Builder, Front End pool, Web services, External web services: FQDN. For a pilot, its second name.",
    fault: inZone,
  },
  {
    key: "discoveryHosts",
    ask: "The discovery hosts",
    help: "Clients look for lyncdiscover. and the SIP domain behind it, so these names must lead to Postern.",
    ...{
      usual: true,
      propose: ({ sipDomains }) =>
        wordsOf(sipDomains)
          .map((domain) => `lyncdiscover.${domain}`)
          .join(" "),
    },
    fault: inZone,
  },
  {
    key: "meetUrls",
    ask: "The meeting simple URLs",
    help: 'Get-CsSimpleUrlConfiguration | Select -Expand SimpleUrl: those of "Meet", with https://. "none": no meetings.',
    fault: (text, answers) => (text === NONE ? undefined : (urls(text) ?? inZone(hostsOf(text), answers))),
  },
  {
    key: "dialinUrls",
    ask: "The dial-in simple URL",
    help: 'The same command: those of "Dialin". "none": no dial-in page.',
    fault: (text, answers) => (text === NONE ? undefined : (urls(text) ?? inZone(hostsOf(text), answers))),
  },
  {
    key: "netbiosDomain",
    ask: "The NetBIOS name of the users' domain",
    help: "What stands before the backslash in CONTOSO\\alice.",
    alike: true,
    fault: (text) =>
      /^[A-Za-z0-9][A-Za-z0-9-]{0,14}$/.test(text) ? undefined : "Give 1 to 15 letters, digits and hyphens.",
  },
  {
    key: "dnsDomain",
    ask: "A public domain name to show in NTLM challenges",
    help: "Everybody can read it there, so no name of the inside. Usually the SIP domain.",
    ...{ usual: true, alike: true, propose: ({ sipDomains }) => wordsOf(sipDomains)[0] ?? "" },
    fault: host,
  },
  {
    key: "domains",
    ask: "More names of users' domains",
    help: 'NETBIOS=DNS for each further domain or UPN suffix: FABRIKAM=fabrikam.com CONTOSO=contoso.net. Else "none".',
    ...{ usual: true, alike: true, propose: () => NONE },
    fault: orNone((text) =>
      wordsOf(text).every((word) => /^[A-Za-z0-9-]{1,15}=[a-z0-9.-]+\.[a-z0-9-]+$/i.test(word))
        ? undefined
        : "Give NETBIOS=DNS, several with spaces.",
    ),
  },
  {
    key: "internalDomains",
    ask: "The domains of the inside",
    help: "No answer may name them: contoso.local. If inside and outside share a domain, the names of Front-Ends and pool.",
    alike: true,
    fault: (text) => (text === "" ? "Give at least one name." : undefined),
  },
  {
    key: "frontEnd",
    ask: "How Postern reaches the pool: binding or tunnel",
    help: "binding: a Workers VPC service, which only this Worker can use (better). tunnel: host names behind Access.",
    ...{ alike: true, propose: () => "binding" },
    fault: oneOf("binding", "tunnel"),
  },
  {
    key: "frontEndHost",
    ask: "The pool's external web site, as cloudflared's machine reaches it",
    help: "Name or IPv4 address of the Front-End or of the balancer before several. Port 4443 is always used.",
    alike: true,
    fault: (text) =>
      /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(text)
        ? undefined
        : "Give a host name or an IPv4 address, without a port.",
  },
  {
    key: "frontEndCertificate",
    ask: "The certificate there: public, other-name or private",
    help: "public: of a public CA or Cloudflare's Origin CA, with the web FQDN in it. other-name: such, without that name.\nprivate: of your own CA, which Cloudflare cannot verify; then only the tunnel protects the way.",
    ...{ alike: true },
    fault: oneOf("public", "other-name", "private"),
  },
  {
    key: "tunnelId",
    ask: "The id of cloudflared's tunnel beside the pool",
    help: 'Run there: cloudflared tunnel login, cloudflared tunnel create postern. It prints the id. "later" is possible.',
    ...{ alike: true },
    fault: ids,
  },
  {
    key: "tunnelDomain",
    ask: "The domain below which the tunnel's host names are",
    help: "A zone of yours: Postern asks web-origin.DOMAIN for web.contoso.com. Behind Access, with a service token.",
    ...{ when: tunnel, propose: zone },
    fault: host,
  },
  {
    key: "accessTeam",
    ask: "The name of your team at Cloudflare Access",
    help: 'contoso, where Access is at contoso.cloudflareaccess.com. "later" is possible.',
    ...{ when: tunnel, alike: true },
    fault: (text) => (/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/i.test(text) ? undefined : "Give the name alone, or later."),
  },
  {
    key: "accessAudience",
    ask: "The audience (AUD) tag of the Access application before the tunnel's host names",
    help: 'A self-hosted application with a policy "Service Auth". 64 hexadecimal digits. "later" is possible.',
    when: tunnel,
    fault: (text) =>
      text === "later" || /^[0-9a-f]{64}$/.test(text) ? undefined : "Give 64 hexadecimal digits, or later.",
  },
  {
    key: "signOn",
    ask: "How users are signed on to the pool: connector, sts or none",
    help: "connector: by Kerberos, beside the pool. sts: by Postern's own token service (docs/sign-on.md).\nnone: every sign-in ends in 503.",
    ...{ alike: true, propose: () => "connector" },
    fault: oneOf("connector", "sts", "none"),
  },
  {
    key: "connectors",
    ask: "The connectors",
    help: "One name or two, as their own configuration says; with =https://… those that are behind a tunnel and Access.",
    ...{ when: connector, usual: true, alike: true, propose: () => "connector-a" },
    fault: (text) =>
      wordsOf(text).length >= 1 &&
      wordsOf(text).length <= 2 &&
      wordsOf(text).every((word) => /^[a-z0-9][a-z0-9.-]{0,62}(=https:\/\/[A-Za-z0-9.-]+)?$/.test(word))
        ? undefined
        : "Give one or two names in lower case, with spaces: connector-a connector-b.",
  },
  {
    key: "connectorTunnelIds",
    ask: "The ids of the connectors' tunnels, in the same order",
    help: 'Each connector\'s machine runs a cloudflared of its own. "later" is possible.',
    ...{
      when: (answers) => connector(answers) && wordsOf(answers.connectors).some((word) => !word.includes("=")),
      alike: true,
    },
    fault: ids,
  },
  {
    key: "signOnService",
    ask: "The service principal name of the pool's web services",
    help: "As the connectors' configuration has it.",
    ...{ when: connector, usual: true, propose: ({ webHost }) => `HTTP/${webHost ?? ""}` },
    fault: (text) =>
      /^[A-Za-z]+\/[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(text)
        ? undefined
        : "Give it without a realm: HTTP/web.contoso.com.",
  },
  {
    key: "adminHost",
    ask: "The host of the admin API",
    help: 'A name of its own, not published anywhere. With "none" nobody can add a user or end a ticket.',
    propose: (answers) => `postern-admin.${zone(answers)}`,
    fault: inZoneOrNone,
  },
  {
    key: "consoleHost",
    ask: "The host of the console",
    help: 'The web page for administrators and the help desk. "none": the command alone.',
    propose: (answers) => (given(answers.adminHost) === "" ? NONE : `postern.${zone(answers)}`),
    fault: inZoneOrNone,
  },
  {
    key: "portalHost",
    ask: "The host of the portal",
    help: 'Where people get their app passwords and see their devices. "none": administrators hand them out.',
    propose: (answers) => (given(answers.adminHost) === "" ? NONE : `access.${zone(answers)}`),
    fault: inZoneOrNone,
  },
  {
    key: "stsHost",
    ask: "The host of the token service",
    help: 'For sign-in by a page with two factors, and for sts above (docs/passive.md). "none": there is none.',
    ...{ usual: true, propose: (answers) => (answers.signOn === "sts" ? `sts.${zone(answers)}` : NONE) },
    fault: (text, answers) => {
      if (text === NONE) return answers.signOn === "sts" ? "Users are signed on by it: give its name." : undefined;
      if (given(answers.portalHost) === "")
        return "People prove the portal's factors there. Give the portal a host, too.";
      return inZone(text, answers);
    },
  },
  {
    key: "stsRealm",
    ask: "The identifier of the pool's relying party (wtrealm)",
    help: "As the pool sends it, letter by letter: as a rule https://POOL/passiveauth. postern sts probe shows it.",
    ...{ when: tokenService },
    fault: (text) =>
      /^\S+$/.test(text) || /^(?:[a-z0-9.-]+=\S+[\s,]*)+$/i.test(text)
        ? undefined
        : "Give one identifier without spaces, such as https://pool.contoso.com/passiveauth.",
  },
  {
    key: "stsDomainSids",
    ask: "The SIDs of the domains whose accounts may get tokens",
    help: "(Get-ADDomain).DomainSID.Value for each.",
    ...{ when: tokenService, alike: true },
    fault: (text) =>
      wordsOf(text).length > 0 && wordsOf(text).every(isDomainSid)
        ? undefined
        : "Give SIDs such as S-1-5-21-1004336348-1177238915-682003330, with spaces between.",
  },
  {
    key: "mail",
    ask: "Who delivers mail to people: agent, email, webhook or none",
    help: "agent: Postern's agent inside, by your relay. email: Cloudflare. webhook: a system of yours (docs/notices.md).",
    ...{ alike: true },
    fault: oneOf("agent", "email", "webhook", "none"),
  },
  {
    key: "mailFrom",
    ask: "Who mail comes from",
    help: "In a domain that may send with Cloudflare: Contoso IT <postern@contoso.com>.",
    ...{ when: ({ mail }) => mail === "email", alike: true },
    fault: (text) => (/^[^<>]*<?[^\s<>@]+@[^\s<>@]+\.[^\s<>@]+>?$/.test(text) ? undefined : "Give one mail address."),
  },
  {
    key: "webhookUrl",
    ask: "Where mail is posted to",
    help: "An https:// address of your own system.",
    ...{ when: ({ mail }) => mail === "webhook" },
    fault: urls,
  },
  {
    key: "helpdesk",
    ask: "The mail address of the help desk",
    help: 'It hears of new devices that wait, and of what people report. "none": nobody does.',
    ...{ when: ({ mail }) => mail !== undefined && mail !== NONE, usual: true, alike: true, propose: () => NONE },
    fault: orNone((text) => (/^[^\s<>@]+@[^\s<>@]+\.[^\s<>@]+$/.test(text) ? undefined : "Give one mail address.")),
  },
  {
    key: "databasePlace",
    ask: "Where D1 keeps the data: auto, eu, us, weur, eeur, wnam, enam, apac or oc",
    help: "eu and us are promises (jurisdiction), the others hints. It cannot be changed later.",
    ...{ usual: true, alike: true, propose: () => "auto" },
    fault: oneOf("auto", "eu", "us", "weur", "eeur", "wnam", "enam", "apac", "oc"),
  },
];

/** The hosts of addresses. */
export const hostsOf = (text: string): string =>
  wordsOf(text)
    .map((word) => URL.parse(word)?.hostname ?? word)
    .join(" ");

/** Whether it is asked, with these answers. */
export const isAsked = ({ when }: Question, answers: Answers): boolean => when?.(answers) ?? true;
