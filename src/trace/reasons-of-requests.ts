// Why a request is refused before anybody is asked about it: its address, its head and its body. For each reason, what
// it means and what an administrator can do. `postern why --request` prints both, docs/refusals.md has them in a table.

import type { Explained } from "./explained.ts";

const DEFECT =
  "If a client that people use sends this, report it with its user agent: it may be a dialect that Postern does not know yet.";
const PROBING = "A scanner, mostly. If a person clicked on it, look at how the link was written.";
const BATCHES = "docs/batches.md says what a batch may look like. If Microsoft's own client sent it, report it.";

/** Reasons that lie in the host, the path or the method. */
export const OF_ADDRESSES = {
  "not-a-url": [
    "The target of the request is not the path of a web site, or its host cannot be a host's name.",
    "Nothing: a scanner, or somebody who tries the gateway as a proxy.",
  ],
  "path-too-long": ["The path is longer than 4,096 characters, which is IIS's own limit.", DEFECT],
  "bad-encoding": ["The path holds a percent sign or bytes that are not shortest-form UTF-8.", PROBING],
  "ambiguous-path": [
    "IIS, ASP.NET or Windows could read the path as another one: two slashes in a row, a backslash, a dot segment, `;`, a " +
      "session id such as `(S(…))`, a device name, or a sign that looks like one of these.",
    `docs/paths.md lists what is refused, and why. ${PROBING}`,
  ],
  "no-such-host": [
    "The host is not one of the gateway's.",
    "If it should be, add it to PUBLIC_HOSTS, and to MEET_HOSTS or DIALIN_HOSTS if that is what it is for " +
      "(docs/configuration.md).",
  ],
  "not-from-pool": [
    "Somebody opened the sign-in page of the token service without coming from the pool through the gateway, or later than ten minutes after that.",
    "Let the person sign in from Lync again. If it happens at once each time, see that STS_REALMS has what the pool sends in wtrealm.",
  ],
  "admin-no-key": [
    "The host is the admin API's, and no key was presented. The answer is that of a host that does not exist.",
    "Give the target of the operator's command a token. Nothing, if nobody of yours asked.",
  ],
  "admin-wrong-key": [
    "The host is the admin API's, and what was presented is neither a key of ADMIN_KEYS nor a token that lives. The answer is that of a host that does not exist.",
    "Look with another token whether this one expired or was revoked; compare a key with the Worker's secret ADMIN_KEYS. The audit has it as `unknown-user` on the channel `admin`.",
  ],
  "admin-token-elsewhere": [
    "The host is the admin API's, and the token lives, but not for the network from which it came. The answer is that of a host that does not exist.",
    "If it was you, make a token with `--network` for that network too. If not, somebody has the token: revoke it.",
  ],
  "plain-http": [
    "The request came over http, where only discovery is answered.",
    "Let Cloudflare send http to https (Always Use HTTPS). On this machine PLAIN_HTTP = allow opens the rest.",
  ],
  "not-published": [
    "No row of the publish table has this path on this host. What has no row is closed.",
    "If it is a meeting link, see whether its host is among MEET_HOSTS or DIALIN_HOSTS. Otherwise nothing: it is not part of " +
      "what Lync clients use from outside.",
  ],
  "row-closed": [
    "This directory of the Front-End is known, and Postern keeps it closed to the outside.",
    "Look the directory up in docs/published.md: it says who uses it, what people lose while it is closed, and what to do.",
  ],
  "method-not-allowed": [
    "The path is published, for other methods. The answer's Allow header names them.",
    `A GET on a token service proves a user and gets no ticket; this is intended. ${DEFECT}`,
  ],
} as const satisfies Explained;

/** Reasons that lie in the other headers, or in the body. */
export const OF_MESSAGES = {
  "form-in-query": [
    "The query has a name that begins with `__`, on a page to which nothing may be posted. ASP.NET would take it for a posted form.",
    "Open the page without the query. Forms of these pages, which take a directory password, work on the inside only.",
  ],
  "content-encoding": ["The body is compressed or encoded once more, so nobody could judge it.", DEFECT],
  "body-with-get": ["A GET or HEAD came with a body.", DEFECT],
  "body-too-large": [
    "The body is larger than its row of the publish table allows.",
    "An upload to a meeting may have 100 MB, most requests far less. If a real client needs more, report it.",
  ],
  "body-broke-off": [
    "The client's body ended before it was whole.",
    "A bad network, or a client that was closed. If it goes on, look for a proxy on the way.",
  ],
  "not-utf-8": [
    "The body is not in a charset that Postern reads, or it names two charsets.",
    `Look for a charset in the Content-Type that differs from the XML declaration. ${DEFECT}`,
  ],
  "byte-order-mark": [
    "A byte order mark stands before a body of JSON, a form or a batch, or two stand before XML: some readers skip it and some do not.",
    DEFECT,
  ],
  "network-over-budget": [
    "The client's network has used up its budget of requests without a ticket for this minute. The answer is 429.",
    "If a large office is behind one address, raise ANONYMOUS_SERVICES or ANONYMOUS_PAGES in wrangler.toml (docs/configuration.md).",
  ],
} as const satisfies Explained;

/** Reasons that lie in a UCWA batch: see docs/batches.md. */
export const OF_BATCHES = {
  "not-batching": ["The Content-Type is not multipart/batching with one plain boundary.", BATCHES],
  "not-text": ["The body holds a control character.", BATCHES],
  preamble: ["Text stands before the first part of the batch.", BATCHES],
  "stray-boundary": ["The boundary stands somewhere else than in a delimiter of the batch.", BATCHES],
  "no-parts": ["The batch has no part.", BATCHES],
  "too-many-parts": ["The batch has more than 100 parts.", BATCHES],
  "not-closed": ["The batch has no closing delimiter at its end.", BATCHES],
  epilogue: ["Text stands behind the closing delimiter of the batch.", BATCHES],
  "part-type": ["A part's own header is not Content-Type: application/http; msgtype=request.", BATCHES],
  "unfinished-head": ["The head of a request in the batch does not end.", BATCHES],
  "request-line": ["The first line of a request in the batch cannot be read.", BATCHES],
  "http-version": ["A request in the batch is not HTTP/1.1.", BATCHES],
  "not-origin-form": ["The target of a request in the batch does not begin with a slash.", BATCHES],
  "header-line": ["A header of a request in the batch cannot be read.", BATCHES],
  "repeated-header": ["A header stands twice in a request of the batch.", BATCHES],
  "no-host": ["A request in the batch names no host.", BATCHES],
  "transfer-encoding": ["A request in the batch has a Transfer-Encoding.", BATCHES],
  "body-without-length": ["A request in the batch has a body and no Content-Length.", BATCHES],
  "wrong-length": ["The Content-Length of a request in the batch is wrong.", BATCHES],
  "unexpected-body": ["A request in the batch has a body, and its method has none.", BATCHES],
  "another-host": ["A request in the batch names another host than the batch itself.", BATCHES],
  "not-canonical": [
    "The path of a request in the batch is one that Postern refuses by itself (docs/paths.md).",
    BATCHES,
  ],
  "outside-application": ["A request in the batch is for something else than the application it was sent to.", BATCHES],
  "nested-batch": ["A batch stands in the batch.", BATCHES],
  "event-channel": ["A request in the batch is for the event channel, which is held open.", BATCHES],
  "header-not-allowed": [
    "A request in the batch has a header that no client's request may bring to the Front-End: a credential, a ticket, a cookie or a forwarding header.",
    BATCHES,
  ],
} as const satisfies Explained;
