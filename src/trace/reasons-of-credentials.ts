// Why a request is refused because of its ticket, its credential or its device, or because something behind the gateway
// failed. If the audit has an event, docs/audit.md explains the reason. Here are the reasons of requests that name
// nobody, and those without an event.

import type { Explained } from "./explained.ts";

const SIGN_IN_AGAIN =
  "Nothing, if it happens once: the client fetches another ticket by itself. If it goes on, let the user sign out and in.";
const DEFECT = "If a client that people use sends this, report it with its user agent.";
const CERTIFICATE = `The desktop cannot name itself, and gets no address book. ${DEFECT}`;
const APPLICATION = `The client cannot name its device, and gets no UCWA application. ${DEFECT}`;
const METADATA = `The client cannot find the token service. ${DEFECT}`;

/** Reasons that lie in the ticket of a request. */
export const OF_TICKETS = {
  "not-one-ticket": [
    "The request carries two tickets, or one in a place or form in which nobody looks for it.",
    DEFECT,
  ],
  "not-a-ticket": [
    "What the request carries is not a ticket that Postern gave out: garbage, one sealed with a key that is gone, or one that " +
      "came from the Front-End past Postern.",
    `After a change of SEALING_KEYS, old tickets are refused in this way. ${SIGN_IN_AGAIN}`,
  ],
  "of-another-pool": [
    "The ticket was given by another pool. A ticket goes only to the pool that gave it; the answer says where this pool gives one.",
    `A SAML ticket of another pool shows as not-relayed. ${SIGN_IN_AGAIN}`,
  ],
  expired: ["The ticket has reached its end.", SIGN_IN_AGAIN],
  "not-relayed": [
    "Postern does not know the ticket, or it is dead: its app password was revoked, its user disabled, or its device blocked or forgotten.",
    "See what changed: npx postern audit --user USER. For a device: npx postern why USER DEVICE.",
  ],
  "crowded-network": [
    "Too many dead tickets came from this network, so a ticket that was not seen alive lately is not looked at.",
    "The wait ends by itself; clients that are signed in are served. Find the device that goes on with a dead ticket.",
  ],
  "device-refused": [
    "The ticket is good, and its device may not do this.",
    "The audit has the reason at the user: npx postern audit --user USER, then npx postern why USER DEVICE.",
  ],
  "anonymous-ticket": ["A meeting guest's ticket opens the meeting and nothing else.", "Nothing."],
  "entity-of-another-user": [
    "The request asks for the certificate of somebody else than the ticket's user.",
    "Compare the SIP address in the client with npx postern user show USER. Otherwise somebody tries to become somebody else.",
  ],
  "front-end-refused": [
    "Postern took the ticket, and the Front-End answered 401.",
    "The pool's clock and certificate, and whether the user was moved or disabled there: the Front-End's own log says why.",
  ],
} as const satisfies Explained;

/** Reasons that lie in a body in which a device names itself. */
export const OF_DEVICES = {
  "soap-action-differs": ["The SOAPAction header names another operation than the body.", CERTIFICATE],
  "certificate-request-not-xml": ["The certificate request is not XML.", CERTIFICATE],
  "certificate-request-too-large": ["The XML of the certificate request is too large or too deep.", CERTIFICATE],
  "certificate-request-doctype": ["The certificate request has a document type.", CERTIFICATE],
  "certificate-request-not-soap": ["The certificate request is not a SOAP message.", CERTIFICATE],
  "certificate-request-ambiguous": [
    "The certificate request says something twice, or in a place where it does not belong.",
    CERTIFICATE,
  ],
  "certificate-request-bad-device-id": ["The DeviceId of the certificate request is not a UUID.", CERTIFICATE],
  "certificate-request-bad-entity": ["The Entity of the certificate request is not a SIP address.", CERTIFICATE],
  "application-request-not-xml": ["The application request is not XML, and its type says so.", APPLICATION],
  "application-request-too-large": ["The XML of the application request is too large or too deep.", APPLICATION],
  "application-request-doctype": ["The application request has a document type.", APPLICATION],
  "application-request-unknown-content-type": [
    "The type of the application request is neither JSON nor XML as UCWA has them.",
    APPLICATION,
  ],
  "application-request-not-json": ["The application request is not JSON.", APPLICATION],
  "application-request-not-input": ["The XML of the application request is not an input element of UCWA.", APPLICATION],
  "application-request-ambiguous": ["The application request says something twice.", APPLICATION],
  "application-request-not-text": ["A property of the application request is not a text.", APPLICATION],
  "application-request-bad-endpoint-id": [
    "The EndpointId of the application request is missing or cannot be one.",
    APPLICATION,
  ],
  "application-request-bad-instance-id": ["The instance id of the application request cannot be one.", APPLICATION],
} as const satisfies Explained;

/** About a request for a service's metadata (`/mex`). */
export const OF_METADATA = {
  "metadata-request-not-xml": ["The request for metadata is not XML.", METADATA],
  "metadata-request-too-large": ["The XML of the request for metadata is too large or too deep.", METADATA],
  "metadata-request-doctype": ["The request for metadata has a document type.", METADATA],
  "metadata-request-not-soap": ["The request for metadata is not a SOAP message.", METADATA],
  "metadata-request-not-a-get": ["The request for metadata is not a WS-Transfer Get.", METADATA],
  "metadata-request-credential": [
    "The request for metadata carries a credential, which this address does not take.",
    METADATA,
  ],
  "metadata-request-bad-message-id": ["The MessageID of the request for metadata cannot be answered to.", METADATA],
} as const satisfies Explained;

/** About a request to a token service that names nobody. */
export const OF_SIGN_INS = {
  "not-an-ntlm-message": [
    "The Authorization header of a token service is not a message of NTLM.",
    "A client that tries Basic or Kerberos there, or a scanner. Nothing is counted against anybody.",
  ],
  "not-a-token-request": ["The body at a token service does not ask for a ticket in a way that Postern reads.", DEFECT],
  "proof-malformed": [
    "A request at /Cert is not signed as Postern accepts it, or carries another credential. The line's detail says which rule it breaks.",
    "A scanner, or a client of another kind. If a desktop of yours sends this, report it with the detail: docs/design/0014-device-proof.md has the rules.",
  ],
  "proof-stale": [
    "The signature of a request at /Cert is too old, or of a time to come. The line's detail says which.",
    "Set the clock of the desktop: it may be wrong by five minutes at most. The Front-End asks for the same.",
  ],
  "grant-not-supported": ["The form asks for a grant_type that the token service does not have.", DEFECT],
  "grant-not-usable": [
    "The form names a grant that there is, and what belongs to it is missing, there twice, or cannot be what it says.",
    DEFECT,
  ],
  "passive-not-a-reply": [
    "What was posted to /PassiveAuth is not a form with a token as the passive page makes it.",
    "A scanner, or a browser that went back. Nothing reached the pool.",
  ],
  "passive-not-ours": [
    "A form was posted to /PassiveAuth with a token that Postern did not make, or whose user has moved since.",
    "Somebody tries tokens of another token service, or forged ones. Nothing reached the pool. After SEALING_KEYS has lost a key, people have to begin again.",
  ],
  "passive-answer-in-query": [
    "A GET to /PassiveAuth has parameters of WS-Federation. A token comes by POST alone.",
    "A scanner, or somebody who tries to get past the checks. Nothing reached the pool.",
  ],
  "guest-not-admitted": [
    "A meeting guest got no ticket: the key of the conference is wrong, the guest has to wait, or the ticket to be renewed has ended.",
    "An old link or a typing error. What was counted is in the audit: npx postern audit --reason wrong-conference-key.",
  ],
  "identity-refused": [
    "The console or the portal did not let somebody in who comes from the organisation's identity provider, or by Cloudflare Access. The line's detail says why.",
    "docs/console-identity.md explains each detail of the console, and docs/portal.md those of the portal, with what to do about it.",
  ],
} as const satisfies Explained;

/** About failures behind the gateway, or in it. The client did nothing wrong, and nothing is counted against it. */
export const OF_FAILURES = {
  "front-end-unreachable": [
    "The Front-End did not answer, or not in time.",
    "The tunnel or VPC service, then the pool. The log has a line with event unavailable and reason front-end beside this one.",
  ],
  "no-key-signs": [
    "The metadata of the token service was asked for, and no certificate of STS_KEYS is good now.",
    "Make a key with npx postern keys new --sts, or see whether the clock was right where the key was made.",
  ],
  "passive-redirect-unexpected": [
    "The pool did not send a browser to the gateway's token service, or not with the identifier of its relying party that STS_REALMS has. The line's detail says which.",
    "If it says elsewhere, the pool trusts another token service: see Set-CsWebServiceConfiguration. If it says other-realm, compare STS_REALMS and STS_REPLIES with what the pool sends, letter by letter. A number is the status of the pool's answer: passive authentication may be off there.",
  ],
  "passive-loop": [
    "The pool accepted the token of the passive page and asked for another at once, three times in a row.",
    "The pool does not get, or cannot read, its own cookies: look at their path, and whether each Front-End can read what another one wrote.",
  ],
  "metadata-unreadable": [
    "The Front-End's metadata is not what Postern can read, so it was not relayed.",
    "Open the service's /mex on the inside. If it looks right there, report it.",
  ],
  configuration: [
    "The gateway serves nothing, because its configuration has faults.",
    "The log has a line with event configuration for each fault, with its fix.",
  ],
  internal: [
    "Something that the gateway depends on failed: D1 or a Durable Object, or there is a defect.",
    "The log has a line with event unavailable and reason internal beside this one; its detail says what. Try again; if it lasts, look at Cloudflare's status.",
  ],
  "admin-request": [
    "The admin API did not do what a command with a right key asked for. The line's detail is the code in the answer.",
    "The command has said what is wrong.",
  ],
} as const satisfies Explained;
