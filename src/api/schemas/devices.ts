// Users' devices, as they stand in JSON.

import * as v from "valibot";
import type { Explanation, Judgement } from "../../core/policy/types.ts";
import { actor } from "./audit.ts";
import { authorityAnswer, inquiry } from "./authority.ts";
import { list, time, why } from "./common.ts";

/** What a device tells about itself. */
export const deviceFacts = v.pipe(
  v.object({
    type: v.picklist(["desktop", "phone", "tablet", "browser", "unknown"]),
    platform: v.picklist(["windows", "mac", "linux", "ios", "android", "windows-phone", "web", "unknown"]),
    product: v.string(),
    version: v.string(),
    model: v.string(),
    os: v.string(),
    userAgent: v.string(),
    workstation: v.string(),
    culture: v.string(),
  }),
  v.title("DeviceFacts"),
  v.description("What a device tells about itself. A text that is unknown is empty."),
);

/** Where a device stands. */
export const deviceState = v.picklist(["pending", "allowed", "blocked", "quarantined", "expired"]);

/** From where a request came. */
export const requestSource = v.pipe(
  v.object({
    network: v.pipe(v.string(), v.description("An IPv4 address, an IPv6 /64, or `unknown`.")),
    country: v.pipe(v.string(), v.description("ISO 3166-1 alpha-2; empty when unknown.")),
    asn: v.pipe(v.number(), v.description("0 when unknown.")),
    city: v.optional(
      v.pipe(v.string(), v.description("As Cloudflare guesses it from the address. Absent when unknown.")),
    ),
  }),
  v.title("RequestSource"),
);

/** What a device's keys say for it now. */
export const deviceProof = v.pipe(
  v.picklist(["none", "key", "proved"]),
  v.description("`none`: the device has no key. `key`: it has one. `proved`: one of its keys has signed a request."),
);

/** What somebody decided about this very device. */
export const personalDecision = v.nullable(v.picklist(["allow", "block"]));

/** One partnership. */
export const device = v.pipe(
  v.object({
    id: v.pipe(v.string(), v.description("`d_…`")),
    key: v.pipe(
      v.nullable(v.string()),
      v.description(
        "The id by which the device names itself, with its kind. Null: the next device is expected, whatever its id.",
      ),
    ),
    provisional: v.pipe(
      v.boolean(),
      v.description("No Front-End has accepted the device yet. If another user names its id, that user gets the id."),
    ),
    credentialId: v.pipe(
      v.nullable(v.string()),
      v.description("The app password to which the device is bound. Null: that one is revoked."),
    ),
    number: v.pipe(
      v.string(),
      v.description(
        "Four digits, made from the id. The device's user sees the same in the portal: compare them on the phone.",
      ),
    ),
    state: deviceState,
    waitsFor: v.pipe(
      v.nullable(v.picklist(["owner", "administrator"])),
      v.description(
        "Who has to approve the device. `owner`: its user, in the portal; an administrator may, too. Null: it does not wait.",
      ),
    ),
    decision: personalDecision,
    decidedBy: v.pipe(
      v.string(),
      v.description("`policy`, `self` (its user, in the portal), or the id of who decided."),
    ),
    decidedAt: time,
    reason: v.string(),
    facts: deviceFacts,
    source: requestSource,
    firstSeenAt: time,
    lastSeenAt: time,
    proof: deviceProof,
    authority: authorityAnswer,
  }),
  v.title("Device"),
);

/** Who made the decision about a device, by name. */
export const decider = v.pipe(actor, v.description("Who decided, as `decidedBy` says it by the id."));

const certificateCommand = v.pipe(
  v.nullable(v.string()),
  v.description(
    "The PowerShell command that ends the user's client certificates for SIP. Postern does not see their use. Null: the device has none.",
  ),
);

/** What an approved, blocked, forgotten or expected device is now. */
export const deviceChanged = v.pipe(
  v.object({
    user: v.pipe(
      v.string(),
      v.description(
        "The user of the device. If you forget a device by its own id, this may be another user than you expect.",
      ),
    ),
    device,
    revokeCertificates: certificateCommand,
    revokedPassword: v.pipe(
      v.nullable(v.string()),
      v.description(
        "The app password that was revoked because a blocked device was forgotten. Otherwise the device could come back.",
      ),
    ),
    keysWaiting: v.pipe(
      v.number(),
      v.description("How many keys of the device wait for approval. Approving the device does not let them in."),
    ),
  }),
  v.title("DeviceChanged"),
);

/** `POST /v1/users/{user}/passwords/{password}/revoke`. */
export const passwordRevoked = v.pipe(
  v.object({
    ...{ user: v.string(), id: v.string(), revokedAt: time },
    device: v.pipe(v.nullable(device), v.description("The device that was bound to it.")),
    revokeCertificates: certificateCommand,
  }),
  v.title("PasswordRevoked"),
);

/** A certificate's key of a device. */
export const deviceKey = v.pipe(
  v.object({
    hash: v.pipe(v.string(), v.description("SHA-256 of the SubjectPublicKeyInfo, in hex.")),
    network: v.pipe(v.string(), v.description("The network in which a certificate for the key was last fetched.")),
    ...{ firstSeenAt: time, lastSeenAt: time },
    endsAt: v.pipe(
      time,
      v.description(
        "The end of its last certificate. If it has none: until when the key waits, or its approval is good.",
      ),
    ),
    state: v.pipe(
      v.picklist(["good", "waiting", "approved"]),
      v.description("`waiting` until somebody approves it, `approved` until the device comes for its certificate."),
    ),
    via: v.pipe(
      v.picklist(["password", "key"]),
      v.description(
        "The kind of ticket by which its first certificate was asked for: of the app password, or of another key.",
      ),
    ),
    provedAt: v.pipe(v.nullable(time), v.description("When it first signed a request that was accepted.")),
  }),
  v.title("DeviceKey"),
  v.description("A key for which the pool issued a certificate to a device through Postern."),
);

/** What happens to a request. */
export const judgedAction = v.picklist(["allow", "discover", "block", "quarantine"]);

export const judgement = v.pipe(
  v.object({
    action: judgedAction,
    reason: v.string(),
    step: v.string(),
    rule: v.exactOptional(v.string()),
  }),
  v.title("Judgement"),
);

/** `GET /v1/users/{user}/devices/{device}/why`. */
export const deviceWhy = v.pipe(
  v.object({
    user: v.string(),
    upn: v.pipe(v.nullable(v.string()), v.description("The UPN by which the user is signed on to the Front-End.")),
    device,
    decider,
    holder: v.pipe(
      v.nullable(v.string()),
      v.description("The owner of the device, if that is another user. Then `user` is refused with the device's id."),
    ),
    keys: list(deviceKey),
    inquiry,
    judgement: v.pipe(
      judgement,
      v.description("The verdict on a request that comes now from the network where the device was last seen."),
    ),
    steps: list(
      v.object({ step: v.string(), outcome: v.picklist(["passed", "decided", "not-reached"]), detail: v.string() }),
    ),
  }),
  v.title("DeviceWhy"),
);

/** `POST /v1/users/{user}/devices/{device}/ask-authority`. */
export const authorityAsked = v.pipe(
  v.object({
    ...{ user: v.string(), device, inquiry },
    judgement: v.pipe(judgement, v.description("The verdict on the device, now that the authority was asked.")),
  }),
  v.title("AuthorityAsked"),
);

/** `{user}` and `{device}` in a path. */
export const deviceParams = v.strictObject({
  user: v.pipe(v.string(), v.description("The user's id (`u_…`), or any name of the user.")),
  device: v.pipe(
    v.string(),
    v.description("The partnership's id (`d_…`), or the id by which the device names itself."),
  ),
});

/** Which key of a device is meant. */
export const keyToDecide = v.strictObject({
  key: v.pipe(
    v.optional(
      v.pipe(v.string(), v.regex(/^(?:[0-9a-fA-F]{4,64})?$/, "It is the beginning of a hash: 4 to 64 hex digits.")),
      "",
    ),
    v.description("The beginning of the key's hash. It may be left out when only one key can be meant."),
  ),
  why,
});

/** The query of `GET /v1/users/{user}/devices/{device}/why`. */
export const whyQuery = v.strictObject({
  language: v.optional(v.pipe(v.picklist(["en", "de"]), v.description("Of the steps.")), "en"),
});

/** `POST /v1/users/{user}/devices`. */
export const deviceToExpect = v.strictObject({
  credentialId: v.pipe(v.string(), v.description("The app password that the device will use.")),
  key: v.pipe(
    v.optional(v.nullable(v.string()), null),
    v.description("`endpoint:…` or `device:…`. Null: the first device that comes with the app password."),
  ),
  why,
});

export type DeviceAnswer = v.InferOutput<typeof device>;
export type DeviceKeyAnswer = v.InferOutput<typeof deviceKey>;
export type DeviceChangedAnswer = v.InferOutput<typeof deviceChanged>;
export type PasswordRevokedAnswer = v.InferOutput<typeof passwordRevoked>;
export type AuthorityAskedAnswer = v.InferOutput<typeof authorityAsked>;
/** The same, with the stricter types of the policy that a JSON schema cannot express. */
export type WhyAnswer = Omit<v.InferOutput<typeof deviceWhy>, "judgement" | "steps"> & {
  readonly judgement: Judgement;
  readonly steps: readonly Omit<Explanation, "said">[];
};
