// A synthetic sign-in, as a UCWA phone does it: discovery, the address of the token service, the NTLM handshake, a
// ticket, and the user's own discovery with it. Pure: it says which request comes next and is given the answer. The
// operator's command sends the requests over the network, the Worker's watch through itself.

import { authenticateMessage, negotiateMessage } from "../ntlm/client.ts";
import { startsWithSignature } from "../ntlm/wire.ts";

/**
 * The steps, in this order. Each is one request, and the last is two. `offer`: own discovery without a ticket, which
 * says where to sign in. `device`: only for a probe that has a device. It starts UCWA with it, and ends UCWA again.
 */
export const PROBE_STEPS = ["discovery", "offer", "challenge", "sign-in", "own-discovery", "device"] as const;
export type ProbeStep = (typeof PROBE_STEPS)[number];

/** Why a synthetic sign-in failed at a step. `status`: another HTTP status than the step's. */
export type ProbeFault =
  | "status"
  | "no-links"
  | "link-elsewhere"
  | "no-grant"
  | "no-challenge"
  | "bad-challenge"
  | "refused"
  | "unavailable"
  | "no-ticket"
  | "ticket-refused"
  | "no-applications"
  | "device-refused";

/** A request of one step. `host`: the public name, which `path` belongs to. */
export type ProbeRequest = {
  readonly stage: ProbeStep;
  readonly host: string;
  readonly method: "GET" | "POST" | "DELETE";
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
};

/** The answer to a request. `header`: a header's value, several lines joined by a comma; empty when there is none. */
export type ProbeAnswer = {
  readonly status: number;
  readonly header: (name: string) => string;
  readonly body: string;
};

export type ProbeOutcome =
  | { readonly ok: true; readonly ticket: { readonly kind: "compact" } }
  | { readonly ok: false; readonly at: ProbeStep; readonly reason: ProbeFault; readonly status?: number };

/** Who signs in, and with what. `account`: `DOMAIN\user` or a UPN. */
export type Prober = {
  /** The host that is asked first: lyncdiscover, or the web host. */
  readonly host: string;
  readonly account: string;
  readonly ntHash: Uint8Array;
  /** Tells the policy which device this is, and the guard which place. */
  readonly userAgent: string;
  /** The id of the device that signs in. Without one no device is named, and the ticket opens discovery alone. */
  readonly device?: string | undefined;
  /** Random bytes. */
  readonly random: (bytes: number) => Uint8Array;
  /** ms since 1970. */
  readonly now: () => number;
};

/** Longest answer that is read, bytes. A user's own discovery has some 2 KB. */
export const MAX_PROBE_ANSWER_BYTES = 64 * 1024;
/** The machine that NTLM names. It is the same everywhere, so that the place depends on the network alone. */
const WORKSTATION = "POSTERN-PROBE";
const ROOT = "/Autodiscover/AutodiscoverService.svc/root";
const WINDOWS_GRANT = "urn:microsoft.rtc:windows";
const CHALLENGE = /^NTLM +([A-Za-z0-9+/]+={0,2})$/i;
const OFFER = /MsRtcOAuth\b.*?\bhref="?([^",\s]+)"?/i;
const JSON_ACCEPTED = { accept: "application/json" };

/** The steps as a coroutine: it yields each request, takes the answer, and returns what came of it. */
export function* probeSteps(prober: Prober): Generator<ProbeRequest, ProbeOutcome, ProbeAnswer> {
  const agent = { "user-agent": prober.userAgent };
  const root = yield get("discovery", prober.host, ROOT, { ...agent, ...JSON_ACCEPTED });
  if (root.status !== 200) return failed("discovery", faultOf(root.status), root.status);
  const own = hrefOf(root.body, "user");
  if (own === undefined) return failed("discovery", "no-links");

  const offered = yield get("offer", own.host, own.path, { ...agent, ...JSON_ACCEPTED });
  if (offered.status !== 401) return failed("offer", faultOf(offered.status), offered.status);
  const offer = offered.header("www-authenticate");
  const service = placeOf(OFFER.exec(offer)?.[1] ?? "");
  if (service === undefined || !offer.includes(WINDOWS_GRANT)) return failed("offer", "no-grant");
  // The password's proof goes to the host that named itself, and to no other.
  if (service.host !== own.host) return failed("offer", "link-elsewhere");

  const negotiate = negotiateMessage();
  const challenged = yield grant("challenge", service, negotiate, agent);
  if (challenged.status !== 401) return failed("challenge", faultOf(challenged.status), challenged.status);
  const token = CHALLENGE.exec(challenged.header("www-authenticate").trim())?.[1];
  const challenge = new Uint8Array(Buffer.from(token ?? "", "base64"));
  if (!startsWithSignature(challenge)) return failed("challenge", "no-challenge");
  const { user, domain } = accountOf(prober.account);
  const answer = authenticateMessage({
    ...{ negotiate, challenge, user, domain, ntHash: prober.ntHash, workstation: WORKSTATION },
    ...{ targetName: `HTTP/${service.host}`, clientChallenge: prober.random(8), now: prober.now() },
  });
  if (answer === undefined) return failed("challenge", "bad-challenge");

  const granted = yield grant("sign-in", service, answer, agent);
  if (granted.status === 401) return failed("sign-in", "refused", 401);
  if (granted.status !== 200) return failed("sign-in", faultOf(granted.status), granted.status);
  const ticket = ticketIn(granted.body);
  if (ticket === undefined) return failed("sign-in", "no-ticket");

  const bearer = { authorization: `Bearer ${ticket}` };
  const mine = yield get("own-discovery", own.host, own.path, { ...agent, ...JSON_ACCEPTED, ...bearer });
  if (mine.status === 401 || mine.status === 403) return failed("own-discovery", "ticket-refused", mine.status);
  if (mine.status !== 200) return failed("own-discovery", faultOf(mine.status), mine.status);
  const applications = hrefOf(mine.body, "applications");
  if (applications === undefined) return failed("own-discovery", "no-applications");
  if (prober.device !== undefined) {
    const refused = yield* deviceSteps(prober.device, applications, { ...agent, ...JSON_ACCEPTED, ...bearer });
    if (refused !== undefined) return refused;
  }
  return { ok: true, ticket: { kind: "compact" } };
}

/** Starts a UCWA application as a phone does, which names the device, and ends it. Undefined: both went well. */
function* deviceSteps(
  device: string,
  { host, path }: Place,
  headers: Readonly<Record<string, string>>,
): Generator<ProbeRequest, ProbeOutcome | undefined, ProbeAnswer> {
  const body = JSON.stringify({ UserAgent: headers["user-agent"], EndpointId: device, Culture: "en-US" });
  const json = { ...headers, "content-type": "application/json" };
  const created = yield { stage: "device", host, method: "POST", path, headers: json, body };
  if (created.status === 401 || created.status === 403) return failed("device", "device-refused", created.status);
  if (created.status !== 200 && created.status !== 201)
    return failed("device", faultOf(created.status), created.status);
  const self = fieldOf(fieldOf(fieldOf(objectIn(created.body), "_links"), "self"), "href");
  const base = `https://${host}`;
  const own = typeof self === "string" && URL.canParse(self, base) ? new URL(self, base) : undefined;
  if (own?.host !== host) return failed("device", "no-links");
  const ended = yield { stage: "device", host, method: "DELETE", path: own.pathname, headers };
  return ended.status >= 200 && ended.status < 300 ? undefined : failed("device", faultOf(ended.status), ended.status);
}

/** User and domain of an account as it is typed. A UPN goes whole into the user's field, as clients do. */
export function accountOf(account: string): { readonly user: string; readonly domain: string } {
  const [, domain = "", user = account] = /^([^\\]*)\\(.*)$/.exec(account) ?? [];
  return { user, domain };
}

const failed = (at: ProbeStep, reason: ProbeFault, status?: number): ProbeOutcome => ({
  ...{ ok: false, at, reason },
  ...(status === undefined ? {} : { status }),
});

const faultOf = (status: number): ProbeFault => (status === 429 || status >= 500 ? "unavailable" : "status");

type Place = { readonly host: string; readonly path: string };

function get(stage: ProbeStep, host: string, path: string, headers: Readonly<Record<string, string>>): ProbeRequest {
  return { stage, host, method: "GET", path, headers };
}

function grant(
  stage: ProbeStep,
  { host, path }: Place,
  message: Uint8Array,
  agent: Readonly<Record<string, string>>,
): ProbeRequest {
  const authorization = `NTLM ${Buffer.from(message).toString("base64")}`;
  const headers = { ...agent, authorization, "content-type": "application/x-www-form-urlencoded;charset=UTF-8" };
  return { stage, host, method: "POST", path, headers, body: `grant_type=${WINDOWS_GRANT}` };
}

/** Where an address leads. Only https: a ticket and a proof travel there. */
function placeOf(address: string): Place | undefined {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  return url?.protocol === "https:" && url.username === "" && url.password === ""
    ? { host: url.host, path: url.pathname + url.search }
    : undefined;
}

/** A link of a document of discovery. */
function hrefOf(body: string, name: string): Place | undefined {
  const links = fieldOf(objectIn(body), "_links");
  const href = fieldOf(fieldOf(links, name), "href");
  return typeof href === "string" ? placeOf(href) : undefined;
}

/** The ticket of an OAuth answer, as it is presented. Its text can stand in a header. */
function ticketIn(body: string): string | undefined {
  const token = fieldOf(objectIn(body), "access_token");
  return typeof token === "string" && /^cwt=[\x21-\x7e]+$/.test(token) ? token : undefined;
}

function objectIn(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null && name in value ? (value as Record<string, unknown>)[name] : undefined;
