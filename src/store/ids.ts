// Row ids: a letter that says what the row is, and 80 random bits in base32. An id must be unique, but it need not be
// hard to guess. It is so long that two ids are never equal, and so short that a person can read it out.

/** The base32 alphabet of RFC 4648 in lower case. It has 32 characters, so five random bits choose one without bias. */
const ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";
const ID_LENGTH = 16;

/** A new user id: `u_` and 16 characters. */
export const newUserId = (): string => newId("u_");

/** Whether a text is such an id. No name of a user looks like one: a name has a domain. */
export const isUserId = (text: string): boolean => /^u_[a-z2-7]{16}$/.test(text);

/** A new id of somebody who administrates: `a_` and 16 characters. */
export const newAdministratorId = (): string => newId("a_");

/** A new invitation id: `i_` and 16 characters. */
export const newInvitationId = (): string => newId("i_");

/** A new id of a web session: `s_` and 16 characters. It is not its secret. */
export const newSessionId = (): string => newId("s_");

/** A new app password id: `p_` and 16 characters. */
export const newCredentialId = (): string => newId("p_");

/** The app password id that belongs to these bytes: the same one each time. At least 16 bytes. */
export const credentialIdFrom = (bytes: Uint8Array): string => idFrom("p_", bytes);

/** A new partnership id: `d_` and 16 characters. */
export const newPartnershipId = (): string => newId("d_");

/** A new id of a notice that no event makes: `n_` and 16 characters. */
export const newNoticeId = (): string => newId("n_");

/** A new pseudonym for an erased person: `x_` and 16 characters. */
export const newPseudonym = (): string => newId("x_");

const newId = (prefix: string): string => idFrom(prefix, crypto.getRandomValues(new Uint8Array(ID_LENGTH)));

const idFrom = (prefix: string, bytes: Uint8Array): string =>
  prefix + Array.from(bytes.subarray(0, ID_LENGTH), (byte) => ALPHABET.charAt(byte & 31)).join("");
