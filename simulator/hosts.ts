// The names of the simulated pool: the public names in its links, and the internal names that it leaks. A Front-End
// chooses its virtual host by the Host header. Its absolute links always have the configured external web FQDN,
// whatever name and port the request used.

/** Public host names, without port. */
export interface PublicHosts {
  readonly lyncdiscover: string;
  readonly lyncdiscoverinternal: string;
  readonly web: string;
  readonly meet: string;
  readonly dialin: string;
  /** The SIP access edge that the User document names. Not an HTTP host. */
  readonly sip: string;
}

/** The site that answers. */
export type VirtualHost = "lyncdiscover" | "lyncdiscoverinternal" | "web" | "meet" | "dialin";

/** The made-up world every test uses. */
export const contosoHosts: PublicHosts = {
  lyncdiscover: "lyncdiscover.contoso.test",
  lyncdiscoverinternal: "lyncdiscoverinternal.contoso.test",
  web: "web.contoso.test",
  meet: "meet.contoso.test",
  dialin: "dialin.contoso.test",
  sip: "sip.contoso.test",
};

/** Names that exist only inside. None of them may ever reach a client of a gateway. */
export const internalNames = {
  frontEnd: "fe01.contoso.local",
  pool: "pool.contoso.local",
  netbiosDomain: "CONTOSO",
  netbiosComputer: "FE01",
  dnsDomain: "contoso.local",
} as const;

/** The SIP domain the pool serves, as it stands in OAuth realms and `originalDomain`. */
export const sipDomain = (hosts: PublicHosts): string => hosts.sip.slice(hosts.sip.indexOf(".") + 1);

/** Finds the virtual host for a Host header, with or without a port. Undefined if it is none of ours. */
export function virtualHostOf(hosts: PublicHosts, hostHeader: string): VirtualHost | undefined {
  const name = hostHeader.toLowerCase().replace(/:\d+$/, "");
  const sites: readonly VirtualHost[] = ["lyncdiscover", "lyncdiscoverinternal", "web", "meet", "dialin"];
  return sites.find((site) => hosts[site].toLowerCase() === name);
}

/** Absolute public addresses of the services, as they stand in bodies and headers. */
export class PublicLinks {
  readonly #base: string;

  constructor(scheme: "http" | "https", hosts: PublicHosts) {
    this.#base = `${scheme}://${hosts.web}`;
  }

  /** Any path on the external web FQDN. */
  web(path: string): string {
    return `${this.#base}${path}`;
  }

  get autodiscoverRoot(): string {
    return this.web("/Autodiscover/AutodiscoverService.svc/root");
  }

  get webTicketService(): string {
    return this.web("/WebTicket/WebTicketService.svc");
  }

  get oauthToken(): string {
    return this.web("/WebTicket/oauthtoken");
  }

  get certProvisioning(): string {
    return this.web("/CertProv/CertProvisioningService.svc");
  }

  get groupExpansion(): string {
    return this.web("/GroupExpansion/service.svc");
  }
}
