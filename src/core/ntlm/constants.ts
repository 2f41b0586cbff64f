// The numbers of NTLM: negotiate flags, AV pair ids, fixed sizes, and the limits for what Postern reads. Flags and ids
// have their names from MS-NLMP without the prefixes NTLMSSP_ and MsvAv. Each limit says why it has its value. Each is
// checked before the bytes are read or decoded.

/** MS-NLMP 2.2.2.5, bit by bit. */
export const NEGOTIATE_UNICODE = 0x0000_0001;
export const NEGOTIATE_OEM = 0x0000_0002;
export const REQUEST_TARGET = 0x0000_0004;
export const NEGOTIATE_SIGN = 0x0000_0010;
export const NEGOTIATE_SEAL = 0x0000_0020;
export const NEGOTIATE_DATAGRAM = 0x0000_0040;
export const NEGOTIATE_LM_KEY = 0x0000_0080;
export const NEGOTIATE_NTLM = 0x0000_0200;
export const NEGOTIATE_ANONYMOUS = 0x0000_0800;
export const NEGOTIATE_OEM_DOMAIN_SUPPLIED = 0x0000_1000;
export const NEGOTIATE_OEM_WORKSTATION_SUPPLIED = 0x0000_2000;
export const NEGOTIATE_ALWAYS_SIGN = 0x0000_8000;
export const TARGET_TYPE_DOMAIN = 0x0001_0000;
export const NEGOTIATE_EXTENDED_SESSIONSECURITY = 0x0008_0000;
export const NEGOTIATE_IDENTIFY = 0x0010_0000;
export const NEGOTIATE_TARGET_INFO = 0x0080_0000;
export const NEGOTIATE_VERSION = 0x0200_0000;
export const NEGOTIATE_128 = 0x2000_0000;
export const NEGOTIATE_KEY_EXCH = 0x4000_0000;
export const NEGOTIATE_56 = 0x8000_0000;

/** MS-NLMP 2.2.2.1, AvId. */
export const AV_EOL = 0;
export const AV_NB_COMPUTER_NAME = 1;
export const AV_NB_DOMAIN_NAME = 2;
export const AV_DNS_COMPUTER_NAME = 3;
export const AV_DNS_DOMAIN_NAME = 4;
export const AV_DNS_TREE_NAME = 5;
export const AV_FLAGS = 6;
export const AV_TIMESTAMP = 7;
export const AV_SINGLE_HOST = 8;
export const AV_TARGET_NAME = 9;
export const AV_CHANNEL_BINDINGS = 10;

/** Bit of {@link AV_FLAGS}: the authenticate message carries a MIC (MS-NLMP 2.2.2.1). */
export const AV_FLAG_MIC = 0x0000_0002;

/** "NTLMSSP\0", the first eight bytes of every message (MS-NLMP 2.2.1). */
export const SIGNATURE: readonly number[] = [0x4e, 0x54, 0x4c, 0x4d, 0x53, 0x53, 0x50, 0x00];

export const MESSAGE_NEGOTIATE = 1;
export const MESSAGE_CHALLENGE = 2;
export const MESSAGE_AUTHENTICATE = 3;

/** Bytes of a proof, a MIC, an NT hash and every NTLM key. All have the size of MD4 and MD5. */
export const DIGEST_BYTES = 16;
/** Bytes of the server's and of the client's challenge. */
export const CHALLENGE_BYTES = 8;
/** Bytes of an LM, NTLMv1 or NTLM2-session response (MS-NLMP 2.2.2.3, 2.2.2.6). An NTLMv2 response is longer. */
export const V1_RESPONSE_BYTES = 24;

/** Most bytes of a whole message. Windows allows its own NTLM package as many (`cbMaxToken`). */
export const MAX_MESSAGE_BYTES = 2888;
/**
 * Most bytes of a negotiate message: 40, two NetBIOS names of 15 characters, and room to spare. The sealed challenge
 * carries the whole message.
 */
export const MAX_NEGOTIATE_BYTES = 96;
/**
 * Most bytes of a user, domain or workstation name: 256 UTF-16 code units. DNS names (255) and UPNs in use are shorter.
 */
export const MAX_NAME_BYTES = 512;
/** Most AV pairs in one list. Ten ids are defined, each at most once. The rest is room for undefined ids. */
export const MAX_AV_PAIRS = 24;
/** Most bytes of a SPNEGO frame: a whole message, and room for a mechanism list and its MIC. */
export const MAX_SPNEGO_BYTES = MAX_MESSAGE_BYTES + 256;

/**
 * For how long a challenge may be answered by the server's clock, ms. Enough to type a password into an open prompt.
 */
export const CHALLENGE_TTL_MS = 120_000;
/** How far the clock of the machine that issued a challenge may run ahead of the clock of the one that opens it, ms. */
export const CLOCK_SKEW_MS = 1_000;
/** Most characters of a sealed challenge: base64url of 32 (seal) + 7 (version, time) + {@link MAX_NEGOTIATE_BYTES}. */
export const MAX_TOKEN_CHARS = 180;
/**
 * Most bytes of a TargetInfo. curl builds its answer in 1,024 bytes and needs TargetInfo < 866 - 2 * (user + domain).
 */
export const MAX_TARGET_INFO_BYTES = 700;
