// Every reason of the audit in English.

import type { Explanations, Said } from "./explanations.ts";
import { DEVICES_ENGLISH } from "./explanations-devices.ts";
import { KEEPING_ENGLISH } from "./explanations-keeping.ts";
import { PASSIVE_ENGLISH } from "./explanations-passive-english.ts";
import { PORTAL_ENGLISH } from "./explanations-portal.ts";

const REPORT = "If a client that people use does this again and again, report it with its user agent.";
const OLD_NTLM: Said = [
  "The client answered with something older than NTLMv2.",
  "On Windows set LmCompatibilityLevel to 3 or more. On other systems switch NTLMv2 on.",
];
const NOT_OURS: Said = [
  "The message is not an answer to a challenge of this gateway, or it was changed on the way.",
  "Once is nothing. Again and again it is a client that mixes up two servers, or somebody who relays messages: look at the network.",
];
const ODD_ANSWER: Said = [
  "The Front-End answered with something that Postern does not understand.",
  "Report it, with the time.",
];
const TAMPERED: Said = [
  "The integrity check of the message is missing or wrong: something changed the message on the way.",
  "Find the proxy that takes NTLM apart. An NTLM relay looks like this, too.",
];

export const ENGLISH: Explanations = {
  lead: {
    signedIn: "{who} signed in from {from}.",
    guestIn: "A meeting guest was let in from {from}.",
    refused: "Somebody tried to sign in as {who} from {from}, and was refused.",
    refusedNobody: "Somebody tried to sign in from {from}, and was refused.",
    guestOut: "A meeting guest from {from} was refused.",
    key: "Somebody called the API from {from}, and was refused.",
    failed: "{who} gave a right app password from {from}, and still could not sign in.",
    allowed: "A device of {who} was let in.",
    quarantined: "A device of {who} has to wait until somebody approves it.",
    blocked: "A device of {who} was refused.",
  },
  after: {
    repeats: "This stands for {n} attempts alike.",
    waits: "This network has to wait until {time}.",
    wouldRefuse: "Lockout only reports here. Otherwise it would have been refused ({code}).",
    why: "Noted with it: {why}.",
  },
  nobody: "somebody",
  itself: "Postern itself",
  person: "the person",
  somewhere: "an unknown network",
  rule: [
    "A rule of the policy decided it: {code}.",
    "If that is wrong, change the rule, or approve this one device by name.",
  ],
  status: [
    "The Front-End answered with an error ({code}), which the client got as well.",
    "Look into the Front-End's own log.",
  ],
  guestStatus: [
    "The Front-End gave no ticket to a guest who named no meeting ({code}).",
    "Look into the Front-End's own log. Joining without an account may be switched off there.",
  ],
  settings: ["{by} changed several settings of {who}."],
  guest: {
    saml: ["The ticket opens the meeting and nothing else."],
    cwt: ["The ticket opens the meeting and nothing else."],
    waiting: [
      "This network failed too often at this meeting.",
      "Nothing: the wait ends by itself. Send the guest a fresh link.",
    ],
    "strangers-waiting": [
      "Too many networks from which nobody ever got in have failed at this meeting.",
      "Somebody tries keys of this meeting from many places. A new meeting gets another key.",
    ],
  },
  portal: PORTAL_ENGLISH.here,
  signedIn: {
    saml: ["The client got a ticket."],
    cwt: ["The client got a ticket."],
    "no-ticket": ["The client only proved the app password, and asked for no ticket."],
    "portal-signed-in": ["It was the portal, where people look after their own devices."],
  },
  refused: {
    "wrong-proof": [
      "What was typed is none of this user's app passwords.",
      "As a rule it is the domain password or a typing error: make a new app password for the device. If one network tries many users, somebody guesses.",
    ],
    "wrong-password": [
      "What was typed is none of this user's app passwords.",
      "As a rule it is the domain password or a typing error: make a new app password for the device. If one network tries many users, somebody guesses.",
    ],
    "invitation-refused": [
      "The code of an invitation was wrong, or the invitation was used, withdrawn or over.",
      "Once is an old link. Many from one network is somebody who tries codes. Make the person a new invitation.",
    ],
    "unknown-user": [
      "Nobody has the name that was given.",
      "If the network is a known one, add the user, or add the name that this user types as an alias. Otherwise somebody guesses names.",
    ],
    "revoked-password": [
      "The app password was right once, and has been revoked.",
      "Find the device by its machine and user agent, and give it a new app password. If the old one was stolen, this is the thief.",
    ],
    "expired-password": [
      "The app password has run out, or was replaced by a renewed one.",
      "Renew it, or give it another end. The device stays the same.",
    ],
    "code-missing": [
      "The app password was right, and no code was behind it.",
      "Tell the person to type the six digits of the authenticator app directly behind the app password.",
    ],
    "code-wrong": [
      "The app password was right, and the code behind it was wrong.",
      "Once is a typing error, or a clock that is wrong. Many are somebody who has the app password: revoke it.",
    ],
    "code-used": [
      "The app password was right, and the code behind it had been used.",
      "Again and again from one client: it stores its password. Give that device an app password without a code. From elsewhere: somebody saw the code.",
    ],
    "code-waiting": [
      "The app password and the code were right, but too many codes were guessed before.",
      "If the person is at that place, clear the locks of the person. Find out who guesses.",
    ],
    "user-disabled": ["The user is disabled.", "Enable the user if that is wrong."],
    repeated: [
      "The same wrong password came again. It was not counted again.",
      "A device tries by itself: give it a new app password, or remove the account from it.",
    ],
    "password-too-long": ["What was typed is longer than any app password."],
    "proof-malformed": [
      "The request is not signed in a way that Postern accepts.",
      "Nothing: a scanner. If a desktop of yours sends it, report it with the rule that is noted.",
    ],
    "proof-stale": ["The signature is of another time.", "The clock of that desktop is wrong: set it."],
    "proof-repeated": [
      "The same signature came a second time.",
      "Now and then it is a network that sends again. If there are many, somebody plays back what was recorded: look at the network.",
    ],
    "key-unknown": [
      "The signature is good, but Postern has not seen its key issued to a device of this user.",
      "Let the desktop fetch a new certificate: Revoke-CsClientCertificate once. From a network that nobody knows, somebody tries a key of their own.",
    ],
    "key-ended": [
      "The certificate of this key has ended.",
      "The desktop fetches another by itself. If it does not, let the user sign out and in.",
    ],
    "key-waiting": [
      "The device's key is new, and waits for an approval.",
      "Ask the user whether it is their computer, and approve the key.",
    ],
    anonymous: ["The client named no user.", "Nothing: a scanner, or a client that tries without a name first."],
    "wrong-conference-key": [
      "The meeting's key is wrong, or there is no such meeting.",
      "Nothing: an old link or a typing error. If one network fails often, somebody guesses, and Postern makes it wait.",
    ],
    "not-a-token-request": [
      "The password was right, but the request does not ask for a ticket in a form that Postern knows.",
      REPORT,
    ],
    "address-of-another": [
      "The password was right, but the client asked for a ticket of another person's address.",
      "Compare the account and the address that are entered in the client with those of the user here. If they agree, somebody tries to become somebody else.",
    ],
    waiting: [
      "This network failed too often with this user.",
      "Nothing: the wait ends by itself. Once the device has a right app password, clear the lock.",
    ],
    "strangers-waiting": [
      "Too many networks from which this user never signed in have failed.",
      "Somebody tries this user from many places. Where the user signs in as a rule, nothing is held up. Clear the lock to let a new place in.",
    ],
    "network-waiting": [
      "This network failed too often, over all users.",
      "Somebody guesses, or an office has many devices with old passwords: then clear the lock of the network.",
    ],
    "ntlm-v1": OLD_NTLM,
    "lm-only": OLD_NTLM,
    "challenge-not-ntlm-v2": OLD_NTLM,
    "mic-missing": TAMPERED,
    "mic-wrong": TAMPERED,
    "target-of-another-service": [
      "The proof is right, but it was made for another service: somebody else took it and carried it here.",
      "Find out where the user signed in just then, and revoke the app password.",
    ],
    "wrong-channel-binding": [
      "The proof is right, but it was made for another TLS connection than the one to Cloudflare.",
      "If the certificate at the edge has changed, put its hash into EDGE_CERTIFICATE_HASHES. Otherwise find out where the user signed in, and revoke the app password.",
    ],
    "bad-session-key": ["The client's answer is malformed.", REPORT],
    "bad-response": ["The client's answer is malformed.", REPORT],
    "challenge-expired": [
      "The answer came more than two minutes after the question.",
      "Nothing: a password prompt was left open.",
    ],
    "challenge-future": ["The challenge is from another clock.", "Nothing. If it lasts, report it."],
    "challenge-replayed": [
      "The same answer came a second time.",
      "Nothing, once: a network that sends again. If there are many, somebody plays back what was recorded.",
    ],
    "challenge-no-token": NOT_OURS,
    "challenge-two-tokens": NOT_OURS,
    "challenge-broken": NOT_OURS,
    "challenge-unknown-key": [
      "The challenge was sealed with a key that is gone.",
      "Nothing, for two minutes after a key was taken out of SEALING_KEYS.",
    ],
    ...PASSIVE_ENGLISH.refused,
  },
  failed: {
    "sign-on-not-configured": [
      "SIGN_ON is none, so nobody is signed on to the Front-End.",
      "Set up the connector, if that is not meant.",
    ],
    "sign-on-no-upn": ["The user has no UPN here.", "Give the user the UPN that Active Directory has."],
    "sign-on-unknown-user": [
      "The connector does not sign this account on: it is unknown, disabled, expired, protected, or not in the group.",
      "Compare the user's UPN with Active Directory. The connector's log says which it is.",
    ],
    "sign-on-unreachable": [
      "No connector answered.",
      "See whether the connector runs, and whether the tunnel to it works.",
    ],
    "sign-on-overloaded": [
      "Too many people signed in at this moment. The client was told to come back.",
      "If it ends by itself, nothing. Otherwise the connector or the Front-End is slow.",
    ],
    "sign-on-rejected": [
      "The Front-End refused what the connector gave.",
      "Check the service principal name, and the providers of IIS.",
    ],
    "front-end-unreachable": ["The Front-End did not answer.", "Check the tunnel or the VPC service, then the pool."],
    "answer-too-large": ODD_ANSWER,
    "answer-not-utf-8": ODD_ANSWER,
    "answer-byte-order-mark": ODD_ANSWER,
    "answer-without-ticket": ODD_ANSWER,
    "ticket-of-another-user": [
      "The Front-End's ticket was for somebody else. It was not given out.",
      "Compare the address here with Active Directory's. If the account was deleted and made again there, disable and enable the user here. Otherwise treat it as serious: sign-ons are being mixed up.",
    ],
    "ended-meanwhile": [
      "The app password, the device or the user was ended while the Front-End was asked; or the person's sessions, since the page was used.",
    ],
    "app-password-unknown-key": [
      "The stored app password was sealed with a key that is not there.",
      "Put the key back into SEALING_KEYS, or make new app passwords.",
    ],
    "app-password-broken": [
      "The stored app password was altered.",
      "Make a new app password, and find out who wrote to D1.",
    ],
    internal: ["Something in Postern failed.", "Report it with the log line of the request."],
    ...PASSIVE_ENGLISH.failed,
  },
  device: DEVICES_ENGLISH,
  changed: {
    "device-approved": ["{by} approved a device of {who}."],
    "device-approved-by-owner": ["{who} approved it in the portal, after a fresh sign-in there."],
    "device-blocked": ["{by} blocked a device of {who}. It is refused from that moment on."],
    "device-blocked-by-owner": [
      "{who} blocked it in the portal: it is lost, or somebody else's. Its app password is revoked with it.",
      "If the user says that it is somebody else's, ask how the app password got known.",
    ],
    "device-forgotten": ["{by} removed a device of {who}, as if it had never come."],
    "device-forgotten-by-owner": ["{who} removed an own device in the portal, as if it had never come."],
    "device-expected": ["{by} said which device of {who} will come next."],
    "device-id-given-up": [
      "Another user named the same device id, which nobody had confirmed yet, so {who} lost it.",
      "Ask both users whose device it is.",
    ],
    "device-key-added": [
      "A device of {who} got a certificate for another key than before.",
      "If the person did not set the computer up again, somebody else may have the app password: revoke it.",
    ],
    "device-key-approved": ["{by} approved a further key of a device of {who}."],
    "device-keys-reset": ["{by} took the keys from a device of {who}. It starts like a device that never had one."],
    "device-expired": ["A device of {who} was not seen for too long, and has expired."],
    "authority-answered": ["The organisation's authority has said something new of a device of {who}."],
    "password-created": ["{by} made an app password for {who}."],
    "password-renewed": ["{by} made the next app password beside one of {who} that ends."],
    "password-changed": ["{by} changed the label or the end of an app password of {who}."],
    "password-revoked": ["{by} revoked an app password of {who}. It opens nothing any more."],
    "user-created": ["{by} added {who}."],
    "user-disabled": ["{by} disabled {who}. Everything of this user is refused from that moment on."],
    "user-enabled": ["{by} enabled {who} again."],
    "user-groups": ["{by} changed the groups of {who}."],
    "user-enrolment": ["{by} changed how devices of {who} enrol."],
    "user-max-devices": ["{by} changed how many devices {who} may have."],
    "user-window": ["{by} opened or closed the time in which devices of {who} may enrol."],
    "user-name": ["{by} changed the display name of {who}."],
    "user-upn": ["{by} changed the UPN of {who}."],
    "user-details": ["{by} changed the mail address, the mobile number, the language or the SID of {who}."],
    "user-linked": ["{who} was made by hand, and comes from the directory from now on. {by} told it."],
    "directory-state": [
      "The directory says something else of {who}, who could not sign in before and cannot now. {by} told it.",
    ],
    "directory-adoption": [
      "{by} opened or closed the time in which a directory may take over users who were made by hand.",
    ],
    "directory-brake": [
      "The sync with the directory stopped or released its brake. {by} told it.",
      "If it stopped, look at whom it wanted to shut out: console, Settings, Directory. Then run `postern-agent sync --confirm`, or mend the filter.",
    ],
    "directory-unlinked": [
      "{by} ended a source of people. Its users stay as they were, and no directory changes them any more.",
    ],
    "policy-applied": ["{by} put another policy in force."],
    "locks-cleared": ["{by} cleared failed sign-ins, so nobody has to wait because of them."],
    "audit-purged": ["{by} deleted old events of the audit."],
    "notice-tested": ["{by} sent a test mail."],
    "token-created": ["{by} made a token for the API{named}."],
    "token-revoked": ["{by} revoked a token of the API."],
    "administrator-created": ["{by} added an administrator{named}."],
    "administrator-changed": ["{by} changed an administrator's name, role or state."],
    "administrator-deleted": ["{by} took an administrator's role away."],
    "administrator-signed-in": ["{by} signed in to the console."],
    "passkey-added": [
      "{by} added a passkey to their own sign-in to the console.",
      "If that person did not do it, remove the passkey and sign the person out everywhere: console, Settings, Administrators.",
    ],
    "administrator-invited": ["{by} made a link with which an administrator sets up a passkey{named}."],
    "passkey-removed": ["{by} took a passkey from an administrator{named}, and signed that person out."],
    "sessions-ended": ["{by} signed an administrator out{named}."],
    "break-glass-used": [
      "A key of ADMIN_KEYS opened the API. Such a key belongs to nobody.",
      "After the first day, ask who used it. Use a token or the console instead.",
    ],
    "user-erased": ["{by} deleted everything that was stored about a person."],
    "user-renamed": ["{by} gave {who} another address, UPN or account."],
    "user-alias-added": ["{by} added a name by which {who} signs in."],
    "user-alias-removed": ["{by} took away a name by which {who} signed in."],
    "user-deleted": ["{by} deleted {who}."],
    "user-invited": [
      "{by} invited {who}: a link that lets the person into the portal once, to choose how to sign in there.",
      "If the person did not expect that, withdraw the invitation, and ask who made it.",
    ],
    "invitation-used": [
      "{who} came into the portal with an invitation. All earlier sessions there have ended.",
      "If it was not this person, take away what was registered (postern portal reset), end new app passwords and devices, and find out who else had the link.",
    ],
    "invitation-withdrawn": ["{by} withdrew an invitation of {who}. Nobody can use it any more."],
    ...PASSIVE_ENGLISH.changed,
    ...PORTAL_ENGLISH.changed,
    ...KEEPING_ENGLISH,
  },
};
