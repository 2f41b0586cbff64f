// The longest texts that a client may say about itself, in characters. They apply to the facts of a device and to the
// audit.

/** The part that tells clients apart is at the beginning. UCWA's own limit is 100 (UCWA reference). */
export const MAX_USER_AGENT_CHARS = 256;
/** NTLM clients send a NetBIOS name, at most 15 characters, or, some of them, another host name. */
export const MAX_WORKSTATION_CHARS = 64;
/** The longest language tag for which RFC 5646, 4.4.1 asks readers to have room. */
export const MAX_CULTURE_CHARS = 35;
/** Product, version, model and operating system, each. */
export const MAX_FACT_CHARS = 64;
