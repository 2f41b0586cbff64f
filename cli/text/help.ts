// Texts of the help that many commands share.

import { EXIT } from "../fault.ts";

export const ABOUT = `The operator's command of Postern. It manages who may sign in through the gateway, with which app passwords and devices,
and shows who did. It asks the API of a running gateway: the target.`;

/** The meaning of each word in a command. */
export const ARGUMENTS: Readonly<Record<string, string>> = {
  USER: "any name of the user (sip:alice@contoso.test, alice@contoso.test, 'CONTOSO\\alice', CONTOSO/alice), or the id u_…",
  DEVICE: "the id of its partnership, d_…, or the beginning of that; or the id by which it names itself",
  USER_OR_DEVICE: "the user; or, alone, the id by which a device of any user names itself",
  ID: "the id that the list shows; of an app password p_…, of a token t_…",
  PASSWORD_ID: 'the id that "password list" shows, p_…',
  KEY: 'the beginning of its hash, at least 4 characters, as "device show" lists it',
  EMAIL: "the administrator's e-mail address",
  DOMAIN: "a SIP domain, such as contoso.com (default: those of the target)",
  DEVICE_ID: "the id by which it will name itself: endpoint:… (mobile, Mac, browser) or device:… (desktop)",
  USER_OR_NETWORK: 'any name of a user; or an IPv4 address, an IPv6 address or its /64, or "unknown"',
  FILE: "the file (default: the one at the top of the checkout)",
  CSV: 'the file of people ("-": standard input)',
  SIP_URI: "the user's SIP address, such as sip:alice@contoso.test",
  ALIAS: "a name to sign in by, such as corp.contoso.test/alice",
  VERSION: 'the number that "policy history" shows',
  ADMIN: "the id of the administrator, a_…, or the e-mail address",
  EVENT: "the id of the event, e_…",
  PASSKEY: 'the id of the passkey, as "admin passkeys" shows it',
  SESSION: 'the id of the session, s_…, as "admin sessions" shows it (default: all)',
  NAME: "a name of your choice",
  TARGET: 'the name of a target, or "local"',
  URL: "https:// and the Worker's ADMIN_HOST",
};

export const ENDING = `
Targets: "local" is the gateway that "npm start" runs from this checkout. Add every other one once, with "target add".
A command asks the target of --target; or of $POSTERN_TARGET; or the gateway at $POSTERN_URL with the token in
$POSTERN_TOKEN; or the target of "target use"; or "local".

Exit codes:
  ${EXIT.ok}  done
  ${EXIT.failure}  the gateway, the network or a key failed, or some of many were not done
  ${EXIT.usage}  the command line, the policy or wrangler.toml is wrong
  ${EXIT.notFound}  no such user, app password, device, token or version
  ${EXIT.conflict}  it exists already, or somebody else changed it in the meantime
  ${EXIT.forbidden}  this token may not do that`;
