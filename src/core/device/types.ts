// The types for a device: the id by which it names itself, and the facts that it tells about itself. Facts are only
// claims. Rules may read them, but only the id and the app password bind a device to its user.

/**
 * How devices are told apart. A device names itself with UCWA's `EndpointId`, or with the `DeviceId` of CertProv's
 * `GetAndPublishCert`. If a rule says so, its app password identifies it (`password`, the id of the app password).
 */
export type DeviceIdKind = "endpoint" | "device" | "password";

/** The id by which a device names itself, in one spelling. Two spellings of one id mean the same device. */
export type DeviceId = {
  readonly kind: DeviceIdKind;
  /** At most {@link MAX_DEVICE_ID_CHARS} characters. A GUID is in lower case without braces, anything else as sent. */
  readonly id: string;
};

/** Lync's own limit for an `EndpointId` (UCWA reference). A GUID in braces is shorter. */
export const MAX_DEVICE_ID_CHARS = 100;

/** The key under which a device is stored, unique over all users: `endpoint:…`, `device:…` or `password:…`. */
export const deviceKey = ({ kind, id }: DeviceId): string => `${kind}:${id}`;

export const DEVICE_ID_KINDS: readonly DeviceIdKind[] = ["endpoint", "device"];

/** Reads how people write a device: its id, with or without the kind before it. The id may be any text. */
export function readDeviceWord(word: string): { readonly kind: DeviceIdKind | undefined; readonly id: string } {
  const kind = DEVICE_ID_KINDS.find((each) => word.startsWith(`${each}:`));
  return { kind, id: kind === undefined ? word : word.slice(kind.length + 1) };
}

/** The id in a key that {@link deviceKey} made. */
export function deviceIdIn(key: string): DeviceId {
  const password = /^password:(.*)$/s.exec(key)?.[1];
  if (password !== undefined) return { kind: "password", id: password };
  const { kind = "endpoint", id } = readDeviceWord(key);
  return { kind, id };
}

export type Platform = "windows" | "mac" | "linux" | "ios" | "android" | "windows-phone" | "web" | "unknown";

export type DeviceType = "desktop" | "phone" | "tablet" | "browser" | "unknown";

/** What a device tells about itself. A text that is unknown is empty; every text is bounded and printable. */
export type DeviceFacts = {
  readonly type: DeviceType;
  readonly platform: Platform;
  /**
   * The product's code from Lync's client version configuration (`OC`, `AndroidLync`, `iPhoneLync`). The product's own
   * name if it has no code.
   */
  readonly product: string;
  /** The version of the product as sent, in digits and dots. */
  readonly version: string;
  /** Such as `SM-G930U`. */
  readonly model: string;
  /** Name and version, such as `Android 8.0.0`. */
  readonly os: string;
  /** The user agent from which all this was read, unchanged except for characters that are not printable. */
  readonly userAgent: string;
  /** The machine's name that NTLM told. Only for a sign-in with NTLM. */
  readonly workstation: string;
  /** Such as `en-US`. */
  readonly culture: string;
};

/** The facts of a device about which nothing is known. */
export const UNKNOWN_DEVICE: DeviceFacts = {
  type: "unknown",
  platform: "unknown",
  product: "",
  version: "",
  model: "",
  os: "",
  userAgent: "",
  workstation: "",
  culture: "",
};

/**
 * What a device can show for itself beside its id and its app password. `none`: nothing. `key`: the pool has certified
 * a key for it, through Postern. `proved`: it has signed a request with such a key.
 */
export type DeviceProof = "none" | "key" | "proved";

/** Where a partnership stands. docs/devices.md says what leads from one to the other. */
export type PartnershipState = "pending" | "allowed" | "blocked" | "quarantined" | "expired";

/** What an administrator decided about this one device. It comes before every rule. */
export type PersonalDecision = "allow" | "block";

/** Where a request comes from, according to Cloudflare. */
export type RequestSource = {
  /** An IPv4 address, an IPv6 /64 (`networkOf`), or `unknown`. */
  readonly network: string;
  /** ISO 3166-1 alpha-2, upper case; empty when unknown. */
  readonly country: string;
  /** 0 when unknown. */
  readonly asn: number;
  /**
   * As Cloudflare guesses it from the address, for the person whose device it is. No rule reads it. Absent when unknown.
   */
  readonly city?: string | undefined;
};
