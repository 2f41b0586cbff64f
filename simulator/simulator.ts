// A Lync Server Front-End for local use and tests. It has the external web site of a pool (plain HTTP on loopback; a
// proxy in front terminates TLS), its port-80 site on request, and the connector that signs users on to it.
//
//   const simulator = await startSimulator({ users: demoUsers });
//   await fetch(simulator.connectorUrl + "/v1/authorization", { … Bearer simulator.connectorKey … });
//   await fetch(simulator.url + "/_ledger");
//   await simulator.stop();
//
// Needs `node --openssl-legacy-provider` for the MD4 and RC4 of NTLM.

import { createPublicKey, randomBytes } from "node:crypto";
import { CertificateAuthority, newAuthorityKey } from "./certificate-authority.ts";
import { SimulatedClock } from "./clock.ts";
import { startConnector } from "./connector.ts";
import { Faults } from "./faults.ts";
import { type FrontEnd, USER_TICKET_LIFETIME_MS } from "./front-end.ts";
import { contosoHosts, internalNames, type PublicHosts, PublicLinks } from "./hosts.ts";
import { Ledger, type LedgerContents } from "./ledger.ts";
import { close, listen } from "./listen.ts";
import { NegotiateTokens } from "./negotiate-token.ts";
import { type PassiveSettings, RelyingParty } from "./passive.ts";
import { createSite } from "./server.ts";
import { Silence } from "./silence.ts";
import { TicketIssuer } from "./ticket-issuer.ts";
import type { TrustedProxy } from "./trusted-proxy.ts";
import { Applications, MAX_APPLICATIONS } from "./ucwa-applications.ts";
import { Directory, type SimulatedUser } from "./users.ts";

/** Every option except `users` has the default of a Lync pool. */
export interface SimulatorOptions {
  readonly users: readonly SimulatedUser[];
  /** A UPN domain in which every user exists. A user added to the gateway there can sign on at once. Default: none. */
  readonly newcomersAt?: string;
  /** Port of the https site (spoken without TLS); default 0, any free one. */
  readonly port?: number;
  /** Port of the http site; 0 for any free one. Undefined: no http site. */
  readonly plainPort?: number;
  /** Key shared by connector and Front-End for their tokens; default random. */
  readonly signOnKey?: Uint8Array;
  /** Services of other pools, such as `http/web2.contoso.test`, for which the connector makes tokens as well. */
  readonly otherServices?: readonly string[];
  /** Bearer secret of the connector's endpoint; default random. */
  readonly connectorKey?: string;
  readonly hosts?: Partial<PublicHosts>;
  /** Scheme of the links in bodies; default https. */
  readonly publicScheme?: "http" | "https";
  /** Default eight hours. */
  readonly ticketLifetimeMs?: number;
  /** How long a pending GET waits if its query does not say, ms. Default: 900 s. */
  readonly eventHoldMs?: number;
  /** UCWA applications that one user can run at a time; default 8. */
  readonly maxApplications?: number;
  /** How much longer `/Auth` takes for unknown users, ms. Default: 300 ms. */
  readonly unknownUserDelayMs?: number;
  /** False: directory passwords are recorded but sign nobody on. Default true, as a Front-End does. */
  readonly acceptDirectoryPasswords?: boolean;
  /**
   * A proxy in front that verifies Kerberos. Then only the proxy can sign a user on; directory passwords are refused.
   */
  readonly trustedProxy?: TrustedProxy;
  /** Switches passive sign-in on, the pool's relying party of WS-Federation. Default: off. */
  readonly passive?: PassiveSettings;
  /** Milliseconds since the epoch; default the machine's clock. */
  readonly now?: () => number;
}

/** A running Front-End. */
export interface Simulator {
  /** Base URL of the https site, `http://127.0.0.1:<port>`; the Host header chooses the virtual host. */
  readonly url: string;
  /** Base URL of the http site, if the options asked for one. */
  readonly plainUrl?: string;
  readonly connectorUrl: string;
  readonly connectorKey: string;
  readonly hosts: PublicHosts;
  /** The relying party of passive sign-in, if it is on: tests change its settings. */
  readonly relyingParty: RelyingParty | undefined;
  /** The ledger as it stands. */
  ledger(): LedgerContents;
  clearLedger(): void;
  /** Ends every connection and listener. */
  stop(): Promise<void>;
}

/** Starts a Front-End and its connector. Rejects when a port is taken. */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const clock = new SimulatedClock(options.now ?? Date.now);
  const controls = { clock, faults: new Faults() };
  const frontEnd = assemble(options, clock);
  const connectorKey = options.connectorKey ?? randomBytes(32).toString("base64url");
  const main = createSite(frontEnd, controls, "https");
  const plain = options.plainPort === undefined ? undefined : createSite(frontEnd, controls, "http");
  const port = await listen(main, options.port ?? 0);
  const running = [main];
  const stop = async (): Promise<void> => {
    frontEnd.applications.clear();
    await Promise.all(running.map(close));
  };
  try {
    const plainPort = plain && (await listen(plain, options.plainPort ?? 0));
    if (plain) running.push(plain);
    const connector = await startConnector({
      key: connectorKey,
      users: frontEnd.users,
      tokens: frontEnd.negotiateTokens,
      services: [`http/${frontEnd.hosts.web}`, ...(options.otherServices ?? [])],
      note: (order) => frontEnd.ledger.noteOrder(order),
    });
    running.push(connector.server);
    return {
      url: `http://127.0.0.1:${port}`,
      ...(plainPort === undefined ? {} : { plainUrl: `http://127.0.0.1:${plainPort}` }),
      connectorUrl: connector.url,
      connectorKey,
      hosts: frontEnd.hosts,
      relyingParty: frontEnd.relyingParty,
      ledger: () => frontEnd.ledger.contents(),
      clearLedger: () => frontEnd.ledger.clear(),
      stop,
    };
  } catch (reason) {
    await stop();
    throw reason;
  }
}

/** The Front-Ends of one process share it: making one computes for up to a quarter of a second. */
let authorityKey: ReturnType<typeof newAuthorityKey> | undefined;

function assemble(options: SimulatorOptions, clock: SimulatedClock): FrontEnd {
  const now = (): number => clock.now();
  const hosts = { ...contosoHosts, ...options.hosts };
  authorityKey ??= newAuthorityKey();
  const authority = new CertificateAuthority("Communications Server", now(), authorityKey);
  const signer = {
    privateKey: authority.signingKey,
    publicKey: createPublicKey(authority.signingKey),
    certificate: authority.certificate,
    issuer: `https://${internalNames.frontEnd}:4443/WebTicket/WebTicketService.svc`,
  };
  const links = new PublicLinks(options.publicScheme ?? "https", hosts);
  return {
    hosts,
    links,
    users: new Directory(options.users, options.newcomersAt),
    ledger: new Ledger(now),
    tickets: new TicketIssuer(signer, now),
    negotiateTokens: new NegotiateTokens(options.signOnKey ?? randomBytes(32), now),
    authority,
    applications: new Applications(options.maxApplications ?? MAX_APPLICATIONS),
    ticketLifetimeMs: options.ticketLifetimeMs ?? USER_TICKET_LIFETIME_MS,
    unknownUserDelayMs: options.unknownUserDelayMs ?? 300,
    eventHoldMs: options.eventHoldMs ?? 900_000,
    silence: new Silence(),
    acceptDirectoryPasswords: options.trustedProxy === undefined && (options.acceptDirectoryPasswords ?? true),
    ...(options.trustedProxy === undefined ? {} : { trustedProxy: options.trustedProxy }),
    ...(options.passive === undefined
      ? {}
      : { relyingParty: new RelyingParty(options.passive, links.web("/passiveauth"), now) }),
    now,
  };
}

export { demoUsers } from "./users.ts";
