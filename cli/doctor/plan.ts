// What there is to look at: the hosts, by what each is for. The gateway's settings say it. Without them the names that
// every client tries say it, and what discovery answers.

import type * as A from "../reach/answers.ts";

/** The hosts and names to look at; all in lower case. */
export type Plan = {
  readonly domains: readonly string[];
  readonly discovery: readonly string[];
  readonly web: readonly string[];
  readonly meet: readonly string[];
  readonly dialIn: readonly string[];
  readonly admin: string | undefined;
  readonly console: string | undefined;
  readonly portal: string | undefined;
  /** The token service's host. */
  readonly sts: string | undefined;
  /** What the gateway says of its token service. */
  readonly tokenService: A.GatewaySettingsAnswer["sts"] | undefined;
  /** The public hosts to look at. */
  readonly publicHosts: readonly string[];
  /** All public hosts that the gateway has: answers may lead to these. */
  readonly linked: readonly string[];
  /** The names of the inside; empty where nobody said them. */
  readonly internal: readonly string[];
  /** The settings of the gateway say these, so nothing is guessed. */
  readonly known: boolean;
  readonly challenge: "NTLM" | "Negotiate" | undefined;
  readonly certificateTickets: boolean | undefined;
  /** More hosts of the organisation, at which a directory password may be tried. */
  readonly extra: readonly string[];
  /** The public address of the old reverse proxy. */
  readonly oldAddress: string | undefined;
  readonly workersDev: string | undefined;
};

/** What the command line says. */
export type Given = Pick<Plan, "domains" | "extra" | "oldAddress" | "workersDev"> & {
  readonly hosts: readonly string[];
  readonly internal: readonly string[];
};

const DISCOVERY = /^lyncdiscover(?:internal)?\./;
const INSIDE_DISCOVERY = /^lyncdiscoverinternal\./;

/** The plan. `web`: the web host that discovery named, where nothing else does. */
export function planOf(given: Given, settings: A.GatewaySettingsAnswer | undefined, web: readonly string[] = []): Plan {
  const { extra, oldAddress, workersDev } = given;
  const meetHosts = settings?.meetHosts ?? given.domains.map((domain) => `meet.${domain}`);
  const dialinHosts = settings?.dialinHosts ?? given.domains.map((domain) => `dialin.${domain}`);
  const guessed = [...given.domains.map((domain) => `lyncdiscover.${domain}`), ...web, ...meetHosts, ...dialinHosts];
  const linked = unique([...given.hosts, ...(settings?.publicHosts ?? guessed)]);
  // Before the names have moved, somebody looks at one name that leads to the gateway already.
  const publicHosts = settings !== undefined && given.hosts.length > 0 ? unique(given.hosts) : linked;
  const of = (hosts: readonly string[]): readonly string[] => publicHosts.filter((host) => hosts.includes(host));
  const discovery = publicHosts.filter((host) => DISCOVERY.test(host));
  const [meet, dialIn] = [of(unique(meetHosts)), of(unique(dialinHosts))];
  const rest = publicHosts.filter((host) => ![...discovery, ...meet, ...dialIn].includes(host));
  const found = discovery.filter((host) => !INSIDE_DISCOVERY.test(host)).map((host) => host.replace(DISCOVERY, ""));
  return {
    domains: unique([...given.domains, ...found]),
    // The web host of the settings comes first: most checks look at the first one.
    web: settings !== undefined && rest.includes(settings.webHost) ? unique([settings.webHost, ...rest]) : rest,
    ...{ discovery, meet, dialIn, publicHosts, linked, extra, oldAddress, workersDev },
    admin: settings?.adminHost ?? undefined,
    console: settings?.consoleHost ?? undefined,
    portal: settings?.portalHost ?? undefined,
    sts: settings?.stsHost ?? undefined,
    tokenService: settings?.sts ?? undefined,
    internal: unique([...given.internal, ...(settings?.internalDomains ?? [])]),
    known: settings !== undefined,
    challenge: settings?.challenge,
    certificateTickets: settings?.certificateTickets,
  };
}

/** Every name that an answer may have. */
export const namedHosts = (plan: Plan): readonly string[] => unique([...plan.linked, ...allHosts(plan)]);

/** In lower case, each once. */
export const unique = (hosts: readonly string[]): readonly string[] => [
  ...new Set(hosts.map((host) => host.trim().toLowerCase().replace(/\.$/, ""))),
];

/** Every host at which Postern answers for this gateway. */
export const allHosts = ({ publicHosts, admin, console, portal, sts }: Plan): readonly string[] =>
  unique([...publicHosts, ...[admin, console, portal, sts].flatMap((host) => host ?? [])]);
/** Hosts of the inside resolve in the internet only where somebody wants it: lyncdiscoverinternal. */
export const isInsideName = (host: string): boolean => INSIDE_DISCOVERY.test(host);
