// The addresses of a pool's web site that the checks ask, and the questions that several of them send.

import type { Question } from "./wire.ts";

export const DISCOVERY = "/Autodiscover/AutodiscoverService.svc/root";
export const USER_DISCOVERY = `${DISCOVERY}/user`;
export const WEB_TICKET = "/WebTicket/WebTicketService.svc";
export const OAUTH_TOKEN = "/WebTicket/oauthtoken";
export const APPLICATIONS = "/ucwa/v1/applications";
/** A directory that Postern publishes on no host, so the answer is its own. */
export const CLOSED = "/cscp/";

const FORM = { "content-type": "application/x-www-form-urlencoded" };
const WINDOWS_GRANT = "grant_type=urn%3Amicrosoft.rtc%3Awindows";

/** Asks the OAuth token service for a ticket by NTLM. */
export const windowsGrant = (host: string, headers: Readonly<Record<string, string>> = {}): Question => ({
  ...{ host, path: OAUTH_TOKEN, method: "POST", headers: { ...FORM, ...headers }, body: WINDOWS_GRANT },
});
/** Asks it by a grant that there is not. */
export const unknownGrant = (host: string): Question => ({
  ...{ host, path: OAUTH_TOKEN, method: "POST", headers: FORM, body: "grant_type=urn%3Apostern%3Anone" },
});

/** User agents of clients that a pool has, as they send them. */
export const CLIENTS: Readonly<Record<string, string>> = {
  "Lync 2013": "UCCAPI/15.0.4420.1017 OC/15.0.4420.1017 (Microsoft Lync)",
  "Skype for Business 2016": "UCCAPI/16.0.4849.1000 OC/16.0.4849.1000 (Skype for Business)",
  "Lync on Android": "AndroidLync/5.4 (Android 4.4)",
  "Lync on iPhone": "iPhoneLync/6.25 CFNetwork/1408 Darwin/22",
  "a client without a user agent": "",
};
