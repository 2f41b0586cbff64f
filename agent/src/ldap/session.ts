// One connection to one domain controller, over TLS: opened, signed in, searched, closed. A search counts only when
// every page of it came and the controller said success; everything else rejects.

import { isIP } from "node:net";
import { type ConnectionOptions, checkServerIdentity } from "node:tls";
import { Client, Control, type Filter, NoSuchObjectError, type Entry as RawEntry } from "ldapts";
import { DirectoryFault, faultOf } from "./fault.ts";

/** An entry: its distinguished name in `dn`, and its attributes. */
export type Entry = RawEntry;

/** What is read. */
export type Search = {
  readonly base: string;
  readonly filter: Filter | string;
  readonly attributes: readonly string[];
  /** Default: everything below the base. */
  readonly scope?: "base" | "one" | "sub";
};

/** Is told of each request: how it ended, and how many seconds it took. */
export type OnRequest = (operation: string, outcome: string, seconds: number) => void;

/** A domain, as its controller describes it. */
export type Domain = {
  /** `DC=corp,DC=contoso,DC=com`. */
  readonly base: string;
  /** `DC=…` of the forest's configuration. */
  readonly configuration: string;
  /** `corp.contoso.com`. */
  readonly dns: string;
};

/** A connection that is signed in. */
export interface Session {
  /** The controller's URL. */
  readonly server: string;
  readonly domain: Domain;
  /** All entries, page by page. `operation`: a word for the metrics. */
  search(operation: string, search: Search): Promise<Entry[]>;
  close(): Promise<void>;
}

/** How to sign in. */
export type SignIn = { readonly user: string; readonly password: string; readonly ca: string | undefined };

const CONNECT_WITHIN_MS = 5_000;
/** How long one page may take, ms. A controller that needs longer is not asked any further in this round. */
const ANSWER_WITHIN_MS = 20_000;
/** What Active Directory gives at most (MaxPageSize). */
const PAGE = 1_000;
/**
 * Searches of the whole domain also name other partitions by referrals. This control leaves them out (MS-ADTS
 * 3.1.1.3.4.1.12).
 */
const DOMAIN_SCOPE = "1.2.840.113556.1.4.1339";
/** Values that are bytes, although they may look like text. */
const BYTES = ["objectGUID", "objectSid", "tokenGroups"];

/** Opens a connection to a controller and signs in. Rejects with a `DirectoryFault`. */
export async function openSession(server: string, signIn: SignIn, onRequest: OnRequest): Promise<Session> {
  const url = new URL(server);
  const starts = url.protocol === "ldap:";
  const tls = tlsFor(url.hostname, signIn.ca);
  const client = new Client({
    ...{ url: server, timeout: ANSWER_WITHIN_MS, connectTimeout: CONNECT_WITHIN_MS },
    ...(starts ? {} : { tlsOptions: tls }),
  });
  const asked = async <T>(
    operation: string,
    work: () => Promise<T>,
    wasAsked: (value: T) => boolean = () => true,
  ): Promise<T> => {
    const start = performance.now();
    const ended = (outcome: string): void => onRequest(operation, outcome, (performance.now() - start) / 1_000);
    try {
      const value = await work();
      if (wasAsked(value)) ended("success");
      return value;
    } catch (fault) {
      const known = faultOf(fault, server);
      ended(known.kind);
      throw known;
    }
  };
  try {
    if (starts) await asked("start-tls", () => within(CONNECT_WITHIN_MS, client.startTLS(tls)));
    await asked("bind", () => client.bind(signIn.user, signIn.password));
    const domain = await asked("root-dse", () => rootDse(client, server));
    return {
      ...{ server, domain },
      close: () => client.unbind().catch(() => undefined),
      search: async (operation, { base, filter, attributes, scope = "sub" }) => {
        const entries: Entry[] = [];
        const options = {
          ...{ scope, filter, attributes: [...attributes], explicitBufferAttributes: BYTES },
          paged: { pageSize: PAGE },
        };
        const pages = client.searchPaginated(base, options, new Control(DOMAIN_SCOPE));
        for (;;) {
          // The library connects again by itself, but signed in to nothing, and without StartTLS.
          if (!client.isBound)
            throw new DirectoryFault("unreachable", `${server} closed the connection`, UNREACHABLE_FIX);
          const page = await asked(
            operation,
            () => pages.next().catch((fault: unknown) => rejectNaming(fault, base)),
            ({ done }) => done !== true,
          );
          if (page.done === true) return entries;
          entries.push(...page.value.searchEntries);
        }
      },
    };
  } catch (fault) {
    await client.unbind().catch(() => undefined);
    throw fault;
  }
}

const UNREACHABLE_FIX = "Look at the controller, and at what is between it and this machine.";

/**
 * The certificate must name the host of the URL, and a CA of `caFile`, or one that Node trusts, must have signed it.
 */
function tlsFor(host: string, ca: string | undefined): ConnectionOptions {
  return {
    ...{ host, minVersion: "TLSv1.2" as const, rejectUnauthorized: true },
    ...(isIP(host) === 0 && { servername: host }),
    checkServerIdentity: (_, certificate) => checkServerIdentity(host, certificate),
    ...(ca !== undefined && { ca }),
  };
}

async function rootDse(client: Client, server: string): Promise<Domain> {
  const attributes = ["defaultNamingContext", "configurationNamingContext"];
  const { searchEntries } = await client.search("", { scope: "base", filter: "(objectClass=*)", attributes });
  const [entry] = searchEntries;
  const [base, configuration] = [entry?.defaultNamingContext, entry?.configurationNamingContext];
  if (typeof base !== "string" || typeof configuration !== "string") {
    throw new DirectoryFault(
      "unreadable",
      `${server} is not a domain controller of Active Directory`,
      "Check directory.domains.",
    );
  }
  return { base, configuration, dns: dnsName(base) };
}

/** `corp.contoso.com` of `DC=corp,DC=contoso,DC=com`. */
const dnsName = (base: string): string =>
  [...base.matchAll(/DC=([^,]+)/gi)]
    .map(([, label]) => label)
    .join(".")
    .toLowerCase();

/** A controller says that something is not there, and not what: the base. */
function rejectNaming(fault: unknown, base: string): never {
  if (!(fault instanceof NoSuchObjectError)) throw fault;
  const fix = "Check the distinguished names in directory, and that the agent's account may read there.";
  throw new DirectoryFault("missing", `the directory has no ${base}`, fix, fault);
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("no answer in time")), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
