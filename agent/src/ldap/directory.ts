// The directory as the agent reaches it: for each domain its controllers in their order, and a connection to the first
// that works. A controller that failed is asked last for some minutes.

import { escapeFilter } from "ldapts";
import type { Config } from "../config/config.ts";
import type { DomainSettings } from "../config/directory.ts";
import { DirectoryFault } from "./fault.ts";
import { type OnRequest, openSession, type Session } from "./session.ts";
import { textOf } from "./values.ts";

/** A domain that is open: its connection, and what it is called. */
export type OpenDomain = {
  readonly session: Session;
  /** `CORP`, of `CORP\alice`. */
  readonly netbios: string;
  /** Where people are looked for. */
  readonly bases: readonly string[];
};

/** The directory. It keeps no connection between two uses. */
export interface Directory {
  /**
   * Opens every domain, does `work`, and closes them. Rejects with a `DirectoryFault` when a domain has no controller
   * that works, or when one breaks off.
   */
  use<T>(work: (domains: readonly OpenDomain[]) => Promise<T>): Promise<T>;
}

/** How long a controller that failed is asked last, ms. */
const REST_MS = 5 * 60_000;

/** The directory of a configuration. */
export function directoryOf(
  { directory, secrets }: Pick<Config, "directory" | "secrets">,
  onRequest: OnRequest,
  now: () => number = Date.now,
): Directory {
  const failedAt = new Map<string, number>();
  const signIn = { user: directory.bind.user, password: secrets.bindPassword.reveal(), ca: secrets.ca };

  const failed = (server: string): void => void failedAt.set(server, now());
  const rests = (server: string): number =>
    now() - (failedAt.get(server) ?? Number.NEGATIVE_INFINITY) < REST_MS ? 1 : 0;

  async function open(settings: DomainSettings): Promise<OpenDomain> {
    let last: unknown;
    for (const server of settings.servers.toSorted((a, b) => rests(a) - rests(b))) {
      try {
        const session = await openSession(server, signIn, onRequest);
        const netbios = settings.netbios ?? (await netbiosOf(session));
        return { session, netbios, bases: settings.bases ?? [session.domain.base] };
      } catch (fault) {
        // The others would refuse it too, and each refusal brings the account nearer to its lockout.
        if (fault instanceof DirectoryFault && fault.kind === "refused") throw fault;
        failed(server);
        last = fault;
      }
    }
    throw last;
  }

  return {
    use: async (work) => {
      const domains: OpenDomain[] = [];
      try {
        for (const settings of directory.domains) domains.push(await open(settings));
        return await work(domains);
      } catch (fault) {
        // Which of them broke off is not known here, so all rest. With one domain, the next controller is asked.
        if (fault instanceof DirectoryFault && fault.kind !== "missing") {
          for (const { session } of domains) failed(session.server);
        }
        throw fault;
      } finally {
        await Promise.all(domains.map(({ session }) => session.close()));
      }
    },
  };
}

/** The NetBIOS name, from the partitions of the forest. */
async function netbiosOf({ search, domain, server }: Session): Promise<string> {
  const [entry] = await search("partitions", {
    base: `CN=Partitions,${domain.configuration}`,
    filter: escapeFilter`(&(objectClass=crossRef)(nCName=${domain.base}))`,
    attributes: ["nETBIOSName"],
  });
  const name = entry === undefined ? undefined : textOf(entry, "nETBIOSName");
  if (name !== undefined) return name;
  throw new DirectoryFault(
    "unreadable",
    `${server} does not say the NetBIOS name of ${domain.dns}`,
    'Give it as directory.domains[].netbios, e.g. "CORP".',
  );
}
