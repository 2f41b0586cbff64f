// What stands for a sign-in by the page (WS-Federation passive) where the guard has the id of an app password: with a
// ticket, and with the device of a partnership. It is one word for each user. Unlike an app password it belongs to no
// single device, because the person proves two factors each time.

const PREFIX = "passive:";

/** The word of this user. */
export const passiveCredential = (userId: string): string => PREFIX + userId;

/** Whether this stands for the page. No app password's id has a colon. */
export const isPassiveCredential = (credentialId: string): boolean => credentialId.startsWith(PREFIX);
