// The longest texts that a client may say about itself, in characters. They apply to the facts of a device and to the
// audit.

/** The user agent. The part that tells clients apart is at its beginning. UCWA's own limit is 100 (UCWA reference). */
export const MAX_USER_AGENT_CHARS = 256;
/** The machine's name. NTLM clients send a NetBIOS name of at most 15 characters. Some send another host name. */
export const MAX_WORKSTATION_CHARS = 64;
/** The language. RFC 5646, 4.4.1 asks readers to have room for a tag of this length. */
export const MAX_CULTURE_CHARS = 35;
/** Each of product, version, model and operating system. */
export const MAX_FACT_CHARS = 64;
