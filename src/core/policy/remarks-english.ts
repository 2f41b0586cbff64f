// The sentences of `postern why`, in English. The other languages have the same ids (remarks-german.ts).

const KEY_ONLY = "a ticket of the app password opens the user's own discovery and nothing else";
const NO_ADDRESS_BOOK = "Signed in, but no address book";

/** By id. Values stand in braces. */
export const ENGLISH = {
  "not-reached": "An earlier step has decided.",
  "user:decided": "The user is disabled.",
  "user:passed": "The user is not disabled.",
  "password:decided": "The app password is revoked.",
  "password:passed": "The app password is live.",
  "owner:decided": "The device's id belongs to another user.",
  "owner:passed": "The device's id belongs to no other user.",
  "binding:other": "The device is not the one that this ticket or app password belongs to.",
  "binding:own": "The ticket and the app password belong to no other device.",
  "binding:before":
    'The app password stays bound to this id, although the rule {rule} says identity = "app-password". The rule holds only for an app password to which no device is bound by its id. To apply the rule, forget this device.',
  "binding:password":
    "The app password is the device (rule {rule}): every client that has the app password and matches the rule is this device.",
  "binding:lost":
    'The device is known by its app password alone, and the rule that matches does not say identity = "app-password".',
  "proof:has-proved": `The device has proved a key, and the ticket is not its key's: ${KEY_ONLY}, until its certificates end or somebody gives "device reset-key".`,
  "proof:has-to-prove": `The policy (devices.requireProof) wants this platform to prove a key: until then ${KEY_ONLY}, besides a certificate for the device.`,
  "proof:proved": `The device has proved a key. With a ticket of its key it is served from anywhere; ${KEY_ONLY}.`,
  "proof:key": "The device has a key and has not proved it yet. Its place and its id are taken for it.",
  "proof:none": "The device has no key, and none is asked for.",
  "address-book:not-a-desktop": "The device is not a desktop.",
  "address-book:refused:not-a-desktop": `${NO_ADDRESS_BOOK}: the client is not a desktop, and its ticket has named no device.`,
  "address-book:refused:policy": `${NO_ADDRESS_BOOK}: devices.unnamed in the policy is "refuse".`,
  "address-book:refused:other-network": `${NO_ADDRESS_BOOK}: the request came from another network than its sign-in.`,
  "address-book:refused:not-named-there": `${NO_ADDRESS_BOOK}: the desktop has fetched no certificate from this network, with this client, in the last 30 days.`,
  "address-book:refused:no-machine-name": `${NO_ADDRESS_BOOK}: the sign-in did not tell the machine's name.`,
  "address-book:refused:other-machine": `${NO_ADDRESS_BOOK}: the machine of the sign-in has another name than the machine that fetched the certificate.`,
  "address-book:proved": "Opens from anywhere, with a ticket of the device's key.",
  "address-book:eight-hours": "Only the ticket that fetched the certificate opens it, for eight hours.",
  "address-book:nowhere": `${NO_ADDRESS_BOOK}: the desktop has fetched no certificate in the last 30 days. Only the ticket that fetched one opens it.`,
  "address-book:opens": "The address book opens in {networks}. Anywhere else: signed in, but no address book.",
  "address-book:fetch-again":
    'Sign out in the client, choose "Delete my sign-in info", and sign in there with the app password: the client fetches a certificate and is known in that network for 30 days.',
  "name:decided":
    "The device has not named itself yet: it may find its user's resources and name itself, nothing else.",
  "name:passed": "The device has named itself.",
  "personal-block:decided": "Somebody blocked this device.",
  "personal-block:passed": "Nobody blocked this device.",
  "key:asked": "The certificate is asked for a further key, which waits for somebody to approve it.",
  "key:none": "No further key of the device waits for approval.",
  "key:one":
    'A further key waits for approval: its certificate was refused. "device show" lists it; "device approve-key" lets it in. What the device has is not touched by it.',
  "key:several":
    '{n} further keys wait for approval: their certificates were refused. "device show" lists them; "device approve-key" lets one in. What the device has is not touched by them.',
  "expiry:decided": "The device was not seen for too long; it has to enrol again.",
  "expiry:passed": "The device has not expired.",
  "pending:decided": "The partnership still waits for its device to name itself.",
  "pending:passed": "The partnership does not wait for its device.",
  "personal-allow:decided": "Somebody approved this device.",
  "personal-allow:passed": "Nobody approved this device by name.",
  "rules:none": "No rule matches.",
  "rules:matched": "Rule {at} of {count} matches, {rule}: {reason}",
  "rules:open": "Not certain, because a fact about the device is not known: {rules}.",
  "own-approval:decided":
    "The device waits for its own user to approve it in the portal. An administrator may approve it too.",
  "own-approval:passed": "The device does not wait for its own user.",
  "quarantine:decided": "The device waits for somebody to approve it.",
  "quarantine:passed": "The device does not wait for approval.",
  "authority:unanswered": "The authority has not answered about this device.",
  "authority:harmless": 'Its silence does not matter: devices.authoritySilence is "{silence}".',
  "authority:refuses": 'devices.authoritySilence is "{silence}", so the device is refused until it answers.',
  "authority:says": "The authority says of this device: {words}.",
  "authority:says-nothing": "The authority says of this device: nothing.",
  "authority:said": "The authority's last answer is old and it has given no other. It said: {words}.",
  "authority:said-nothing": "The authority's last answer is old and it has given no other. It said: nothing.",
  "authority:old": "Rules that refuse still go by it, rules that let in do not.",
  "enrolled:decided": "The device is enrolled.",
  "enrolled:passed": "The device is not enrolled.",
  "default:decided": "Nothing above allows this device.",
} as const;
