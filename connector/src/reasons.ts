// Every reason why an order gets no token, and the short code that the caller sees. The reason itself is in the log and
// in the metrics; a caller learns no more than these eight codes.

/** The answer to a caller: an HTTP status and a code. */
export type PublicRefusal = { readonly status: number; readonly error: string };

const BAD_REQUEST = { status: 400, error: "bad-request" };
const TOO_LARGE = { status: 413, error: "too-large" };
const UNSUPPORTED = { status: 415, error: "unsupported-media-type" };
const UNAUTHORIZED = { status: 401, error: "unauthorized" };
const SERVICE = { status: 403, error: "service-not-allowed" };
const USER = { status: 404, error: "unknown-user" };
const BUSY = { status: 503, error: "busy" };
const DIRECTORY = { status: 503, error: "directory-unavailable" };

/** The table of reasons. docs/sign-on.md says what an administrator does about each. */
export const PUBLIC_REFUSALS = {
  // The request has no order in it.
  "empty-body": BAD_REQUEST,
  "body-broken-off": BAD_REQUEST,
  "body-too-large": TOO_LARGE,
  "not-a-jwt": UNSUPPORTED,
  // The order is not from Postern, not for this connector, too old, or already used.
  malformed: UNAUTHORIZED,
  "wrong-algorithm": UNAUTHORIZED,
  "wrong-type": UNAUTHORIZED,
  "unknown-key": UNAUTHORIZED,
  "wrong-signature": UNAUTHORIZED,
  "wrong-issuer": UNAUTHORIZED,
  "wrong-audience": UNAUTHORIZED,
  expired: UNAUTHORIZED,
  "issued-in-the-future": UNAUTHORIZED,
  "lives-too-long": UNAUTHORIZED,
  "bad-claims": UNAUTHORIZED,
  replayed: UNAUTHORIZED,
  // The connector's configuration does not allow this order.
  "service-not-allowed": SERVICE,
  "not-a-user-name": USER,
  "domain-not-allowed": USER,
  "user-denied": USER,
  "user-not-listed": USER,
  "not-in-group": USER,
  // The directory refuses this user.
  "user-unknown": USER,
  "user-disabled": USER,
  "user-expired": USER,
  "user-protected": USER,
  // There are too many orders at once, or the connector has just started.
  "queue-full": BUSY,
  "replay-memory-full": BUSY,
  "just-started": BUSY,
  stopping: BUSY,
  // Something is wrong with the directory, the keytab or the delegation, for every user.
  "kdc-unreachable": DIRECTORY,
  "command-timeout": DIRECTORY,
  "command-missing": DIRECTORY,
  "clock-skew": DIRECTORY,
  "keytab-unusable": DIRECTORY,
  "keytab-outdated": DIRECTORY,
  "account-unknown": DIRECTORY,
  "account-disabled": DIRECTORY,
  "own-ticket-refused": DIRECTORY,
  "service-unknown": DIRECTORY,
  "delegation-missing": DIRECTORY,
  "protocol-transition-missing": DIRECTORY,
  "ldap-failed": DIRECTORY,
  "group-missing": DIRECTORY,
  "mint-failed": DIRECTORY,
  "not-understood": DIRECTORY,
  internal: DIRECTORY,
} as const satisfies Record<string, PublicRefusal>;

export type Reason = keyof typeof PUBLIC_REFUSALS;
