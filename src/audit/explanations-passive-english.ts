// The reasons of passive sign-in in English: of its page, and of the sign-on by its token service.

import type { Explanations, Said } from "./explanations.ts";

/** The reasons of the page, of what is asked of another device for it, and of the sign-on by its token service. */
type Passive<Of extends keyof Explanations> = Extract<
  keyof Explanations[Of],
  `passive-${string}` | `approval-${string}` | `sts-${string}`
>;
/** Every text about passive sign-in of one language. */
export type PassiveTexts = {
  readonly [Of in "refused" | "failed" | "changed"]: Readonly<Record<Passive<Of>, Said>>;
};

export const PASSIVE_ENGLISH: PassiveTexts = {
  refused: {
    "approval-waiting": [
      "Somebody asked for an approval on another device while another request was open.",
      "If it happens often, somebody wants the person to say yes by mistake: tell the person, and look at the network.",
    ],
    "approval-declined": [
      "The person said in the portal that this sign-in was not their own.",
      "Somebody has tried to get in as this person. Look at the network, and warn the person.",
    ],
    "approval-wrong-number": [
      "The person picked a number in the portal that was not the one on the page.",
      "Once is a mistake. Otherwise the person was asked to approve a sign-in of somebody else: warn the person.",
    ],
    "approval-expired": ["Nobody approved this sign-in in its two minutes, or it was asked for again."],
    "passive-sid-shared": [
      "Another user here has the same SID, so a token would not say who signs in.",
      "See which of the two has the account in Active Directory, and take the SID from the other.",
    ],
    "passive-no-account": [
      "The user has no SID, or one for which the sign-in page makes no token.",
      "See `npx postern user show`. The agent or SCIM tells the SID, and a user made by hand has none. If there is one, compare it with STS_DOMAIN_SIDS and STS_DENIED_SIDS.",
    ],
    "passive-required": [
      "The app password was right, but the policy wants this user to sign in by the page.",
      "Set the account of this client up again, so that it shows the page.",
    ],
    "passive-not-allowed": [
      "The policy does not let this user sign in by the page.",
      "Name the user, or one of their groups, in the policy's [passive].",
    ],
    "passive-too-many": [
      "Too many sign-ins by the page were begun for this user and not finished.",
      "Wait five minutes. If nobody of yours does this, somebody else knows the user's factors.",
    ],
    "passive-expired": [
      "A token of the page came later than five minutes after it was made.",
      "The person signs in again. If it happens to many, look at what stands between their browsers and the gateway.",
    ],
    "passive-unknown": [
      "A sign-in by the page was finished that this gateway does not know any more. Its time was over.",
    ],
    "passive-repeated": [
      "A sign-in by the page was finished a second time, and the pool did not see it.",
      "Somebody may have copied the page. If this happens again from elsewhere, end the user's sessions.",
    ],
    "passive-altered": ["What the page had made was altered on its way, and the pool did not see it."],
    "passive-other-browser": [
      "A sign-in by the page was begun in one browser and finished in another, and the pool did not see it.",
      "Somebody may have copied the page, or wanted a person to be signed in as somebody else.",
    ],
    "passive-other-cookies": ["The pool's cookies were not those with which this browser was signed in by the page."],
  },
  failed: {
    "sts-not-configured": [
      "Postern's token service has no key that signs now.",
      "Look at STS_KEYS: a key is damaged, or its certificate has ended or has not begun.",
    ],
    "sts-sid-shared": [
      "Another user here has the same SID, so a token would not say who signs in.",
      "See which of the two has the account in Active Directory, and take the SID from the other.",
    ],
    "sts-no-sid": [
      "The user has no SID here for which a token may be signed.",
      "See `npx postern user show`. The agent or SCIM tells the SID, and a user made by hand has none. It must be of a domain in STS_DOMAIN_SIDS, and not be denied.",
    ],
    "sts-no-soap": [
      "The client speaks SOAP, and the pool's metadata names no port that takes a session or a token of Postern's token service.",
      "See whether passive sign-in is on at the pool. If it is, use the connector, or let these people use phones and the web app only.",
    ],
    "sts-unreachable": [
      "The pool's page for passive sign-in, or its metadata, did not answer.",
      "Check the tunnel, then the pool.",
    ],
    "sts-redirect-unexpected": [
      "The pool did not ask for a token of this gateway.",
      "Check that passive sign-in is on at the pool, and compare STS_REALMS with what it sends in wtrealm.",
    ],
    "sts-token-refused": [
      "The pool did not accept Postern's token.",
      "See whether the pool has read the gateway's newest metadata, and whether the Front-End's clock is right.",
    ],
    "sts-grant-refused": [
      "The pool accepted the token, and then gave no ticket for it.",
      "See whether every Front-End of the pool can read the cookies of the others, and whether the SID belongs to this address.",
    ],
    "sts-user-unknown-to-pool": [
      "The pool knows nobody with this SID.",
      "Compare the user's SID with Active Directory, and see whether the account is enabled for Lync.",
    ],
    "passive-no-token": [
      "The page could not make a token.",
      "The log has a line with the reason `token`: the first key of STS_KEYS is damaged, has ended or has not begun, or the name of the account cannot be written.",
    ],
    "passive-not-accepted": [
      "The pool did not accept the page's token.",
      "See whether the pool has read the gateway's newest metadata, and whether the Front-End's clock is right.",
    ],
  },
  changed: {
    "passive-token-issued": ["The page made a token for {who}, with which a client signs in to the pool."],
  },
};
