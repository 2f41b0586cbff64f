// NTLM clients as data: what each sends, returns and insists on. This was read from the sources of the open clients,
// and from MS-NLMP for the others. Only what a server can see or fail on is here. Used by tests, never deployed.

import {
  AV_CHANNEL_BINDINGS,
  AV_FLAGS,
  AV_SINGLE_HOST,
  AV_TARGET_NAME,
  NEGOTIATE_56,
  NEGOTIATE_128,
  NEGOTIATE_ALWAYS_SIGN,
  NEGOTIATE_EXTENDED_SESSIONSECURITY,
  NEGOTIATE_KEY_EXCH,
  NEGOTIATE_LM_KEY,
  NEGOTIATE_NTLM,
  NEGOTIATE_OEM,
  NEGOTIATE_OEM_DOMAIN_SUPPLIED,
  NEGOTIATE_OEM_WORKSTATION_SUPPLIED,
  NEGOTIATE_SEAL,
  NEGOTIATE_SIGN,
  NEGOTIATE_TARGET_INFO,
  NEGOTIATE_UNICODE,
  NEGOTIATE_VERSION,
  REQUEST_TARGET,
} from "../../src/core/ntlm/constants.ts";

/** How one NTLM client behaves. */
export type ClientProfile = {
  readonly name: string;
  /** Flags of its Type 1. With a "supplied" bit, the names are in it. */
  readonly negotiateFlags: number;
  /** Flags without which it gives up on a challenge, and flags with which it does. */
  readonly requires: number;
  readonly forbids: number;
  /**
   * Gives up on a challenge without the time. No real client does; it is set for those whose MIC would be lost without
   * the time.
   */
  readonly insistsOnTimestamp: boolean;
  /** Flags of its Type 3: those of the challenge, or only those that both sides have. */
  readonly authenticateFlags: "challenge" | "common";
  /**
   * What of the target info comes back: all of it unchanged, all of it packed again, or only the ids it knows, in their
   * order.
   */
  readonly echo: "verbatim" | "repacked" | "known";
  /** AV pairs of its own. With {@link AV_FLAGS} it announces a MIC and sends one. */
  readonly adds: readonly number[];
  /** Zero bytes behind the terminator. */
  readonly trailingZeros: number;
  readonly time: "server" | "own";
  readonly lm: "lmv2" | "zeros" | "empty";
  readonly response: "ntlm-v2" | "ntlm2-session" | "ntlm-v1" | "lm-v2-only" | "anonymous";
  readonly userCase: "unicode" | "ascii";
  /** The domain it hashes: as sent, or in upper case although it sends it as typed. */
  readonly hashedDomain: "sent" | "upper" | "empty";
  readonly strings: "utf-16" | "oem";
  /** Where the payload of its Type 3 starts: 64, 72 with a version, 88 with a MIC. */
  readonly fixedBytes: 64 | 72 | 88;
  /** The longest Type 3 it can build. */
  readonly maxBytes: number;
};

const COMMON = REQUEST_TARGET | NEGOTIATE_NTLM | NEGOTIATE_ALWAYS_SIGN | NEGOTIATE_EXTENDED_SESSIONSECURITY;
const STRONG = NEGOTIATE_128 | NEGOTIATE_56 | NEGOTIATE_VERSION;
const SIGNED = NEGOTIATE_SIGN | NEGOTIATE_KEY_EXCH | STRONG;
const MIC_AND_NAMES = [AV_FLAGS, AV_TARGET_NAME, AV_CHANNEL_BINDINGS];

/** A client of the older kind: no MIC, no key exchange, the target info as it came. */
const PLAIN: ClientProfile = {
  name: "plain",
  negotiateFlags: NEGOTIATE_UNICODE | NEGOTIATE_OEM | COMMON,
  requires: NEGOTIATE_TARGET_INFO,
  forbids: 0,
  insistsOnTimestamp: false,
  authenticateFlags: "common",
  echo: "verbatim",
  adds: [],
  trailingZeros: 0,
  time: "own",
  lm: "lmv2",
  response: "ntlm-v2",
  userCase: "unicode",
  hashedDomain: "sent",
  strings: "utf-16",
  fixedBytes: 64,
  maxBytes: 2888,
};

/** A client of the newer kind: a MIC and its own AV pairs. */
const WITH_MIC: ClientProfile = {
  ...PLAIN,
  insistsOnTimestamp: true,
  echo: "repacked",
  adds: MIC_AND_NAMES,
  time: "server",
  lm: "zeros",
  fixedBytes: 88,
};

const table = {
  sipe: {
    ...PLAIN,
    negotiateFlags: NEGOTIATE_UNICODE | COMMON | NEGOTIATE_TARGET_INFO | STRONG,
    requires:
      NEGOTIATE_UNICODE |
      NEGOTIATE_NTLM |
      NEGOTIATE_ALWAYS_SIGN |
      NEGOTIATE_EXTENDED_SESSIONSECURITY |
      NEGOTIATE_TARGET_INFO,
    trailingZeros: 4,
    time: "server",
    fixedBytes: 72,
  },
  curl: {
    ...PLAIN,
    negotiateFlags: NEGOTIATE_OEM | COMMON,
    requires: NEGOTIATE_EXTENDED_SESSIONSECURITY | NEGOTIATE_TARGET_INFO,
    authenticateFlags: "challenge",
    trailingZeros: 4,
    userCase: "ascii",
    maxBytes: 1023,
  },
  firefox: { ...PLAIN, hashedDomain: "upper" },
  goNtlmssp: {
    ...PLAIN,
    negotiateFlags:
      NEGOTIATE_UNICODE |
      NEGOTIATE_EXTENDED_SESSIONSECURITY |
      NEGOTIATE_TARGET_INFO |
      NEGOTIATE_128 |
      (NEGOTIATE_56 >>> 0),
    forbids: NEGOTIATE_KEY_EXCH | NEGOTIATE_LM_KEY,
    authenticateFlags: "challenge",
    trailingZeros: 4,
    time: "server",
    lm: "empty",
    fixedBytes: 88,
  },
  rubyntlm: { ...PLAIN, authenticateFlags: "challenge" },
  ntlmAuthPython: {
    ...WITH_MIC,
    negotiateFlags: NEGOTIATE_UNICODE | COMMON | SIGNED | NEGOTIATE_SEAL,
    adds: [AV_FLAGS],
  },
  impacket: {
    ...PLAIN,
    echo: "repacked",
    adds: [AV_TARGET_NAME],
    time: "server",
    negotiateFlags: NEGOTIATE_UNICODE | COMMON | SIGNED | NEGOTIATE_SEAL | NEGOTIATE_TARGET_INFO,
    trailingZeros: 4,
  },
  pyspnego: {
    ...WITH_MIC,
    negotiateFlags: NEGOTIATE_UNICODE | COMMON | SIGNED | NEGOTIATE_SEAL | NEGOTIATE_TARGET_INFO,
    trailingZeros: 4,
  },
  samba: {
    ...WITH_MIC,
    negotiateFlags: NEGOTIATE_UNICODE | NEGOTIATE_OEM | COMMON | SIGNED,
    adds: [AV_FLAGS, AV_SINGLE_HOST, AV_CHANNEL_BINDINGS, AV_TARGET_NAME],
  },
  chromium: WITH_MIC,
  dotnet: {
    ...WITH_MIC,
    negotiateFlags: NEGOTIATE_UNICODE | COMMON | SIGNED | NEGOTIATE_TARGET_INFO,
    requires:
      NEGOTIATE_UNICODE | NEGOTIATE_EXTENDED_SESSIONSECURITY | NEGOTIATE_TARGET_INFO | NEGOTIATE_ALWAYS_SIGN | SIGNED,
  },
  gssNtlmssp: {
    ...WITH_MIC,
    negotiateFlags: NEGOTIATE_UNICODE | NEGOTIATE_OEM | COMMON | SIGNED | NEGOTIATE_SEAL,
    echo: "known",
  },
  apple: {
    ...WITH_MIC,
    negotiateFlags: NEGOTIATE_UNICODE | COMMON | SIGNED,
    echo: "known",
    adds: [AV_FLAGS, AV_TARGET_NAME, AV_CHANNEL_BINDINGS],
  },
  windowsHttp: {
    ...WITH_MIC,
    negotiateFlags: NEGOTIATE_UNICODE | NEGOTIATE_OEM | COMMON | STRONG,
    adds: [AV_FLAGS, AV_SINGLE_HOST, AV_CHANNEL_BINDINGS, AV_TARGET_NAME],
    trailingZeros: 4,
  },
  windowsSigned: {
    ...WITH_MIC,
    negotiateFlags: NEGOTIATE_UNICODE | NEGOTIATE_OEM | COMMON | SIGNED | NEGOTIATE_LM_KEY,
    adds: [AV_FLAGS, AV_SINGLE_HOST, AV_CHANNEL_BINDINGS, AV_TARGET_NAME],
    trailingZeros: 4,
  },
  oem: {
    ...PLAIN,
    negotiateFlags: NEGOTIATE_OEM | COMMON | NEGOTIATE_OEM_DOMAIN_SUPPLIED | NEGOTIATE_OEM_WORKSTATION_SUPPLIED,
    strings: "oem",
  },
  emptyDomainHash: { ...PLAIN, hashedDomain: "empty" },
} satisfies Record<string, Partial<ClientProfile>>;

const refused = {
  heimdal: { ...PLAIN, response: "ntlm2-session" },
  ntlmV1: { ...PLAIN, response: "ntlm-v1" },
  lmV2Only: { ...PLAIN, response: "lm-v2-only" },
  anonymous: { ...PLAIN, response: "anonymous" },
} satisfies Record<string, Partial<ClientProfile>>;

const named = <K extends string>(profiles: Record<K, Omit<ClientProfile, "name">>) =>
  Object.fromEntries(
    Object.entries<Omit<ClientProfile, "name">>(profiles).map(([name, profile]) => [name, { ...profile, name }]),
  ) as Record<K, ClientProfile>;

/** Clients that must get in. */
export const PROFILES = named(table);

/** Clients whose dialect proves too little. They must be refused with any password (S-1, S-8). */
export const REFUSED_PROFILES = named(refused);
