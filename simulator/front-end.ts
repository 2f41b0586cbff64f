// Everything that the parts of one simulated Front-End share: its names, users, keys, clock and ledger. simulator.ts
// builds it once and passes it to every handler.

import type { CertificateAuthority } from "./certificate-authority.ts";
import type { PublicHosts, PublicLinks } from "./hosts.ts";
import type { Ledger } from "./ledger.ts";
import type { NegotiateTokens } from "./negotiate-token.ts";
import type { RelyingParty } from "./passive.ts";
import type { Silence } from "./silence.ts";
import type { TicketIssuer } from "./ticket-issuer.ts";
import type { TrustedProxy } from "./trusted-proxy.ts";
import type { Applications } from "./ucwa-applications.ts";
import type { Directory } from "./users.ts";

export interface FrontEnd {
  readonly hosts: PublicHosts;
  readonly links: PublicLinks;
  readonly users: Directory;
  readonly ledger: Ledger;
  readonly tickets: TicketIssuer;
  readonly negotiateTokens: NegotiateTokens;
  readonly authority: CertificateAuthority;
  readonly applications: Applications;
  /** Lifetime of a signed-in user's web ticket, in milliseconds. */
  readonly ticketLifetimeMs: number;
  /** How much longer `/Auth` takes for an unknown name, in milliseconds. */
  readonly unknownUserDelayMs: number;
  /** How long an event request waits when its query does not say, in milliseconds. */
  readonly eventHoldMs: number;
  /** When something on the way ends a silent event request. */
  readonly silence: Silence;
  /** Whether a directory password signs its user on. The ledger records it in any case. */
  readonly acceptDirectoryPasswords: boolean;
  /** A proxy in front that verifies Kerberos, if there is one. Then nothing else signs on with Windows credentials. */
  readonly trustedProxy?: TrustedProxy;
  /** The relying party of WS-Federation, if passive sign-in is switched on. */
  readonly relyingParty?: RelyingParty;
  /** Milliseconds since the epoch; tests can move it. */
  now(): number;
}

/** Eight hours for a signed-in user, as Lync Server issues. */
export const USER_TICKET_LIFETIME_MS = 8 * 3_600_000;

/** One hour for a meeting guest, as Lync Server issues. */
export const ANONYMOUS_TICKET_LIFETIME_MS = 3_600_000;
