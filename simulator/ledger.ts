// The ledger records every request that reached the Front-End, exactly as it arrived, and who the Front-End took the
// sender for. Tests ask it whether a gateway let something through. Paths and header values are kept unchanged. Secrets
// (Authorization, cookies, web tickets, passwords) are kept only as scheme and short digest, so the ledger leaks none.

import { createHash } from "node:crypto";
import type { TokenFault } from "./passive-token.ts";
import { PROXY_SECRET_HEADER } from "./trusted-proxy.ts";

/** One request, numbered in the order of arrival. */
export interface LedgerEntry {
  readonly n: number;
  /** UTC, ISO 8601. */
  readonly at: string;
  readonly site: "https" | "http";
  readonly method: string;
  /** The Host header as received. */
  readonly host: string;
  /** The request target as received on the wire, before any normalisation. */
  readonly path: string;
  /** The path as IIS reads it: the directory that was served. */
  readonly served: string;
  /**
   * Header values by names in lower case. Repeated lines are joined with ", ". Secrets are kept as scheme and digest.
   */
  readonly headers: Readonly<Record<string, string>>;
  /** Who the Front-End believes is asking: a SIP URI, `anonymous`, or null. */
  identity: string | null;
  ticketKind: "saml" | "cwt" | "anonymous" | null;
  /** Null until the answer's head is sent. */
  status: number | null;
  /** True if the client closed the connection before the answer. */
  left?: true;
  /** True if the request was ended in its silence, as a test ordered. */
  cut?: true;
  /** True for a request that came as part of a UCWA batch. */
  readonly batch?: true;
}

/** Somebody tried a directory password at the Front-End. Behind a gateway this must never happen. */
interface DirectoryPasswordAttempt {
  readonly n: number;
  readonly at: string;
  readonly channel: "ntlm" | "basic" | "auth" | "oauth-password" | "pin" | "form";
  /** As the client spelt it. */
  readonly user: string;
  readonly accepted: boolean;
  /** The digest of the password or proof. It tells repetitions of one guess from different guesses. */
  readonly secret: string;
}

interface Stamped {
  readonly n: number;
  readonly at: string;
}

/** The answer to `GET /_ledger`. */
export interface LedgerContents {
  readonly requests: readonly LedgerEntry[];
  /** How many of the oldest requests were dropped. 0 unless a run was very long. */
  readonly requestsDropped: number;
  readonly directoryPasswordAttempts: readonly DirectoryPasswordAttempt[];
  /** Orders that came to the connector, each with the id of the client's request. */
  readonly orders: readonly (Stamped & { readonly user: string; readonly requestId: string })[];
  /** Accepted Kerberos sign-ons, with a connector's token or by a trusted proxy. */
  readonly signOns: readonly (Stamped & { readonly user: string; readonly service: string })[];
  /** Refused Kerberos sign-ons, and why. */
  readonly refusedSignOns: readonly (Stamped & { readonly reason: string })[];
  readonly ticketsIssued: readonly (Stamped & { readonly user: string; readonly kind: string })[];
  readonly certificates: readonly (Stamped & {
    readonly user: string;
    readonly deviceId: string;
    readonly entity: string;
    readonly serial: string;
  })[];
  /** Accepted sign-ons with a certificate at `/Cert`. */
  readonly certificateSignOns: readonly (Stamped & { readonly user: string; readonly serial: string })[];
  readonly refusedCertificates: readonly (Stamped & { readonly reason: string })[];
  /** Every form with a token that came to /PassiveAuth, and what came of it. */
  readonly passivePosts: readonly (Stamped & {
    /** `accepted`, or why the token was refused. */
    readonly outcome: "accepted" | TokenFault;
    /** Null if no assertion was found. */
    readonly assertionId: string | null;
    /** The SID of an accepted token; the empty string if it had none. */
    readonly sid: string | null;
    /** The context as it came. */
    readonly wctx: string;
    /** The digest of `wresult`. */
    readonly wresult: string;
  })[];
  /** Tickets presented that this Front-End did not issue, or that have expired. */
  readonly unknownTickets: readonly (Stamped & { readonly form: string; readonly reason: string })[];
}

type Section = Exclude<keyof LedgerContents, "requests" | "requestsDropped">;
type Line<S extends Section> = Omit<LedgerContents[S][number], "n" | "at">;

/**
 * How many requests are kept. Then the oldest half is dropped, so that a benchmark does not fill the memory (about 1 KB
 * for each request).
 */
const CAPACITY = 200_000;

/** The record of one simulator. Lines are only added. */
export class Ledger {
  #next = 1;
  #requests: LedgerEntry[] = [];
  #dropped = 0;
  #sections = emptySections();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Begins the line of a request. `rawHeaders`: names and values in turn, as Node received them. */
  open(request: {
    site: "https" | "http";
    method: string;
    host: string;
    path: string;
    served: string;
    rawHeaders: readonly string[];
    batch?: true;
  }): LedgerEntry {
    const { rawHeaders, ...facts } = request;
    const entry: LedgerEntry = {
      n: this.#next++,
      at: this.#stamp(),
      ...facts,
      headers: recordHeaders(rawHeaders),
      identity: null,
      ticketKind: null,
      status: null,
    };
    this.#requests.push(entry);
    if (this.#requests.length > CAPACITY) {
      this.#dropped += CAPACITY / 2;
      this.#requests = this.#requests.slice(CAPACITY / 2);
    }
    return entry;
  }

  /** Adds a line to one of the other sections, tied to the request that caused it. */
  note<S extends Section>(section: S, entry: LedgerEntry, line: Line<S>): void {
    const lines: unknown[] = this.#sections[section];
    lines.push({ n: entry.n, at: this.#stamp(), ...line });
  }

  /** Adds the line of an order to the connector, which is no request to the Front-End. */
  noteOrder(order: Omit<LedgerContents["orders"][number], keyof Stamped>): void {
    this.#sections.orders.push({ n: this.#next++, at: this.#stamp(), ...order });
  }

  contents(): LedgerContents {
    return { requests: this.#requests, requestsDropped: this.#dropped, ...this.#sections };
  }

  /** Forgets everything but the numbering. */
  clear(): void {
    this.#requests = [];
    this.#dropped = 0;
    this.#sections = emptySections();
  }

  #stamp(): string {
    return new Date(this.#now()).toISOString();
  }
}

type Sections = { [S in Section]: LedgerContents[S][number][] };

const emptySections = (): Sections => ({
  directoryPasswordAttempts: [],
  orders: [],
  signOns: [],
  refusedSignOns: [],
  ticketsIssued: [],
  certificates: [],
  certificateSignOns: [],
  refusedCertificates: [],
  passivePosts: [],
  unknownTickets: [],
});

/** Twelve hex digits of SHA-256. A test can compare two secrets by them, and nobody can find a secret from them. */
export const ledgerDigest = (secret: string | Uint8Array): string =>
  `#${createHash("sha256").update(secret).digest("hex").slice(0, 12)}`;

const SECRET_HEADERS = new Set([
  "authorization",
  "proxy-authorization",
  "cookie",
  "x-ms-webticket",
  PROXY_SECRET_HEADER,
]);

function recordHeaders(rawHeaders: readonly string[]): Record<string, string> {
  // The object has no prototype, because a header may be called __proto__ or constructor.
  const headers: Record<string, string> = Object.create(null);
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] ?? "").toLowerCase();
    const value = SECRET_HEADERS.has(name) ? redact(rawHeaders[i + 1] ?? "") : (rawHeaders[i + 1] ?? "");
    headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`;
  }
  return headers;
}

/**
 * `Bearer cwt=AAEB…` becomes `Bearer #1f3a…`. The first word or the name before "=" stays, the rest becomes a digest.
 */
function redact(value: string): string {
  const [, scheme = "", separator = "", rest = value] = /^([A-Za-z][\w.-]*)([ =])([\s\S]*)$/.exec(value) ?? [];
  return `${scheme}${separator}${rest === "" ? "" : ledgerDigest(rest.replace(/^cwt=/, ""))}`;
}
