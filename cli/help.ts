// The help of every level of the command line. `npm run postern -- …` is how an operator starts it in a checkout.

import { GATEWAY_HELP } from "./help-gateway.ts";
import { AT_ONCE, GLOBAL, USER } from "./help-parts.ts";

/** The commands, by their words. */
const COMMANDS = [
  "user add",
  "user list",
  "user show",
  "user set",
  "user disable",
  "user enable",
  "user export",
  "user erase",
  "password create",
  "password list",
  "password revoke",
  "lock list",
  "lock show",
  "lock clear",
  "device list",
  "device show",
  "device approve",
  "device approve-key",
  "device reset-key",
  "device block",
  "device forget",
  "device expect",
  "device window",
  "why",
  "policy check",
  "policy show",
  "policy diff",
  "policy preview",
  "policy apply",
  "config check",
  "keys new",
  "audit",
  "audit purge",
] as const;

export type CommandName = (typeof COMMANDS)[number];
type GroupName = "user" | "password" | "lock" | "device" | "policy" | "config" | "keys";

export const isCommand = (text: string): text is CommandName => COMMANDS.some((command) => command === text);
export const isGroup = (text: string): text is GroupName => COMMANDS.some((command) => command.startsWith(`${text} `));

/** The help text of each level; the empty name is the top. */
export const HELP: Readonly<Record<CommandName | GroupName | "", string>> = {
  "": `Usage: npm run postern -- COMMAND …

The operator's tool of Postern. It manages who may sign in through the gateway, with which app passwords and devices,
and shows who did.

Commands:
  user add SIP_URI --account 'DOMAIN\\user' [--upn UPN] [--name ALIAS…]
  user list
  user show USER
  user set USER [--upn UPN] [--group NAME…] [--enrolment MODE] [--max-devices N]
  user disable USER
  user enable USER
  user export USER [--file FILE]
  user erase USER --audit pseudonymise|purge [--yes]
  password create USER [--label TEXT]
  password list USER
  password revoke USER ID
  device list [USER]
  device show|approve|block|forget USER DEVICE [--why TEXT]
  device approve-key|reset-key USER DEVICE [KEY] [--why TEXT]
  device expect USER PASSWORD_ID [DEVICE_ID]
  device window USER [--for TIME | --close]
  why USER DEVICE
  why --request ID [--file FILE]
  lock list
  lock show USER|NETWORK
  lock clear USER|NETWORK
  policy check [FILE]
  policy show
  policy diff [FILE]
  policy preview [FILE]
  policy apply [FILE] [--why TEXT] [--yes]
  config check [FILE] [--env NAME]
  keys new [--connector]
  audit [--user USER] [--source NETWORK] [--outcome OUTCOME] [--reason REASON] [--since TIME] …
  audit purge --before TIME|DAYS

${USER}

${GLOBAL}

Environment:
  SEALING_KEYS         for "password create --remote": the value of the Worker's secret of that name
  CLOUDFLARE_API_TOKEN for --remote without "npx wrangler login"
  POSTERN_ADMIN_HOST   for commands that ask the gateway, with --remote: the Worker's ADMIN_HOST
  POSTERN_ADMIN_KEY    for the same: one of the keys in the Worker's secret ADMIN_KEYS
  POSTERN_ACCESS_CLIENT_ID, POSTERN_ACCESS_CLIENT_SECRET
                       a service token, when Cloudflare Access stands in front of ADMIN_HOST

Exit codes:
  0  done
  1  the database, the gateway, wrangler or a key failed, or only the database was changed
  2  the command line, the policy or wrangler.toml is wrong
  3  no such user, app password or device
  4  it exists already, or somebody else changed it in the meantime`,
  user: `Usage: npm run postern -- user COMMAND …

  user add SIP_URI --account 'DOMAIN\\user' [--upn UPN] [--name ALIAS…]
  user list
  user show USER
  user set USER        UPN; groups, enrolment mode and limit of the user's devices
  user disable USER    refuse this user
  user enable USER     accept sign-ins again
  user export USER     everything that is stored about this person, as one JSON document
  user erase USER      delete everything that is stored about this person

${USER}

${GLOBAL}`,
  "user add": `Usage: npm run postern -- user add SIP_URI --account 'DOMAIN\\user' [--upn UPN] [--name ALIAS…]

Adds a user. The case of names does not matter. Two users cannot have the same name.

  SIP_URI              the user's SIP address, such as sip:alice@contoso.test
  --account NAME       the Active Directory account, 'CONTOSO\\alice' (quote the backslash) or CONTOSO/alice
  --upn UPN            the user principal name in Active Directory, such as alice@contoso.test;
                       a user without one cannot be signed on to the Front-End; "user set" changes it
  --name ALIAS         one more name to sign in by, such as corp.contoso.test/alice; may be given several times

${GLOBAL}`,
  "user list": `Usage: npm run postern -- user list

Lists all users by SIP address.

${GLOBAL}`,
  "user show": `Usage: npm run postern -- user show USER

Shows one user with all of the user's names.

${USER}

${GLOBAL}`,
  "user disable": `Usage: npm run postern -- user disable USER

Refuses the user. When the command returns, the gateway serves none of the user's devices. Names, app passwords and
devices are kept; "user enable" undoes it.

${USER}

${AT_ONCE}

${GLOBAL}`,
  "user enable": `Usage: npm run postern -- user enable USER

Accepts the user's sign-ins again. Asks the running gateway. If the gateway cannot be reached, the command changes only
the database and ends with exit code 1: sign-ins are accepted, but the audit does not record the change.

${USER}

${GLOBAL}`,
  password: `Usage: npm run postern -- password COMMAND …

  password create USER [--label TEXT]
  password list USER
  password revoke USER ID

${USER}

${GLOBAL}`,
  "password create": `Usage: npm run postern -- password create USER [--label TEXT]

Makes an app password and prints it once. It is stored nowhere, and no command can show it again.

  --label TEXT         what it is for, such as "Alice's phone"; at most 100 characters

With --remote, the environment variable SEALING_KEYS must hold the value of the Worker's secret of that name.

${USER}

${GLOBAL}`,
  "password list": `Usage: npm run postern -- password list USER

Lists the user's app passwords, revoked ones included: id, label, dates. Never the passwords.

${USER}

${GLOBAL}`,
  "password revoke": `Usage: npm run postern -- password revoke USER ID

Revokes one app password for good. When the command returns, the gateway serves nothing more to a client that signed in
with it. The user's other app passwords stay good. The device may come back with another app password.

  ID                   as "password list" shows it, such as p_3kq7…

${USER}

${AT_ONCE}

${GLOBAL}`,
  ...GATEWAY_HELP,
  config: `Usage: npm run postern -- config COMMAND

  config check [FILE]  what is wrong with the configuration of a gateway, before it is deployed

${GLOBAL}`,
  "config check": `Usage: npm run postern -- config check [FILE] [--env NAME]

Lists everything that is wrong with the variables and bindings in wrangler.toml, each with its fix, and ends with exit
code 2. It finds the faults that the gateway would log, and faults that only the file shows: a secret in it, an id that
is still the sample, a host without a route. It contacts no server, and cannot see secrets set by "wrangler secret put".

  FILE                 default: wrangler.toml at the top of the checkout
  --env NAME           the environment in it (default production)
  --json               one JSON document on standard output, a fault as JSON on standard error
  -h, --help           the help of this level`,
  keys: `Usage: npm run postern -- keys COMMAND

  keys new             prints a new sealing key, or with --connector a new pair of keys

${GLOBAL}`,
  "keys new": `Usage: npm run postern -- keys new [--connector]

Prints a new sealing key for the Worker's secret SEALING_KEYS, and how to put it in place. Nothing is stored.

  --connector          a pair of keys instead: the secret for the Worker's SIGN_ON_KEYS, the public half for connectors

${GLOBAL}`,
  audit: `Usage: npm run postern -- audit [OPTIONS]

Shows sign-ins, new verdicts on devices, and changes by administrators, the newest first: when, who, the outcome and
why, from where, with which device. docs/audit.md explains each reason. An event appears some seconds after it happened.
If the user is "-", Postern does not know the user.

  --user USER          of this user
  --source NETWORK     from this IPv4 address, IPv6 address or IPv6 /64, or from "unknown"
  --outcome OUTCOME    of a sign-in: signed-in, refused or failed; of a device: allowed, quarantined, blocked or
                       refused; of an administrator: changed
  --reason REASON      such as wrong-proof
  --since TIME         from then on: 30m, 24h or 7d ago, or 2026-11-23 or 2026-11-23T12:00:00Z (UTC without a zone)
  --until TIME         before then
  --limit N            at most so many, from 1 to 1000 (default 50)

"audit purge" deletes old events: npm run postern -- audit purge --help

${USER}

${GLOBAL}`,
};
