// The help of every level of the command line. `npm run postern -- …` is how an operator starts it in a checkout.

/** The commands, by their words. */
const COMMANDS = [
  "user add",
  "user list",
  "user show",
  "user disable",
  "user enable",
  "password create",
  "password list",
  "password revoke",
  "lock list",
  "lock show",
  "lock clear",
  "policy check",
  "policy show",
  "policy diff",
  "policy preview",
  "policy apply",
  "keys new",
  "audit",
] as const;

export type CommandName = (typeof COMMANDS)[number];
type GroupName = "user" | "password" | "lock" | "policy" | "keys";

export const isCommand = (text: string): text is CommandName => COMMANDS.some((command) => command === text);
export const isGroup = (text: string): text is GroupName => COMMANDS.some((command) => command.startsWith(`${text} `));

const GLOBAL = `Options everywhere:
  --local              the database of "npm start" (default)
  --remote             the deployed database, through wrangler
  --env NAME           with --remote: the environment of wrangler.toml, such as production
  --json               one JSON document on standard output, a fault as JSON on standard error;
                       "npm run --silent postern -- …" keeps npm's own lines out of it
  -h, --help           the help of this level
  --version            the version of Postern`;

const USER = `USER is any name of the user: sip:alice@contoso.test, alice@contoso.test, 'CONTOSO\\alice' or CONTOSO/alice.`;

const LOCK_TARGET = `  USER                 any name of the user
  NETWORK              an IPv4 address, an IPv6 address or its /64, or "unknown"`;

const GATEWAY_GLOBAL = `Asks the running gateway, not its database.

  --local              the gateway that "npm start" runs (default)
  --remote             the deployed gateway at $POSTERN_ADMIN_HOST, with the admin key in $POSTERN_ADMIN_KEY
  --json               one JSON document on standard output, a fault as JSON on standard error
  -h, --help           the help of this level`;

const FILE = `  FILE                 a policy in TOML (default policy.toml, at the top of the checkout); docs/devices.md explains it`;

/** The help text of each level; the empty name is the top. */
export const HELP: Readonly<Record<CommandName | GroupName | "", string>> = {
  "": `Usage: npm run postern -- COMMAND …

The operator's tool of Postern: who may sign in through the gateway, with which app passwords, and who did.

Commands:
  user add SIP_URI --account 'DOMAIN\\user' [--upn UPN] [--name ALIAS…]
  user list
  user show USER
  user disable USER
  user enable USER
  password create USER [--label TEXT]
  password list USER
  password revoke USER ID
  lock list
  lock show USER|NETWORK
  lock clear USER|NETWORK
  policy check [FILE]
  policy show
  policy diff [FILE]
  policy preview [FILE]
  policy apply [FILE] [--why TEXT]
  keys new [--connector]
  audit [--user USER] [--source NETWORK] [--outcome OUTCOME] [--reason REASON] [--since TIME] …

${USER}

${GLOBAL}

Environment:
  SEALING_KEYS         for "password create --remote": the value of the Worker's secret of that name
  CLOUDFLARE_API_TOKEN for --remote without "npx wrangler login"
  POSTERN_ADMIN_HOST   for "lock" and "policy" with --remote: the Worker's ADMIN_HOST
  POSTERN_ADMIN_KEY    for the same: one of the keys in the Worker's secret ADMIN_KEYS
  POSTERN_ACCESS_CLIENT_ID, POSTERN_ACCESS_CLIENT_SECRET
                       a service token, when Cloudflare Access stands in front of ADMIN_HOST

Exit codes:
  0  done
  1  the database, the gateway, wrangler or a key failed
  2  the command line or the policy is wrong
  3  no such user or app password
  4  it exists already, or somebody else changed it in the meantime`,
  user: `Usage: npm run postern -- user COMMAND …

  user add SIP_URI --account 'DOMAIN\\user' [--upn UPN] [--name ALIAS…]
  user list
  user show USER
  user disable USER    refuse this user's sign-ins
  user enable USER     accept them again

${USER}

${GLOBAL}`,
  "user add": `Usage: npm run postern -- user add SIP_URI --account 'DOMAIN\\user' [--upn UPN] [--name ALIAS…]

Adds a user. Names are compared without regard to case; no two users may share one.

  SIP_URI              the user's SIP address, such as sip:alice@contoso.test
  --account NAME       the Active Directory account, 'CONTOSO\\alice' (quote the backslash) or CONTOSO/alice
  --upn UPN            the user principal name, such as alice@contoso.test
  --name ALIAS         one more name to sign in by, such as corp.contoso.test/alice; may be given several times

${GLOBAL}`,
  "user list": `Usage: npm run postern -- user list

Lists all users by SIP address.

${GLOBAL}`,
  "user show": `Usage: npm run postern -- user show USER

Shows one user with every name that leads to it.

${USER}

${GLOBAL}`,
  "user disable": `Usage: npm run postern -- user disable USER

Refuses every sign-in of the user from now on. Names and app passwords are kept; "user enable" undoes it.

${USER}

${GLOBAL}`,
  "user enable": `Usage: npm run postern -- user enable USER

Accepts the user's sign-ins again.

${USER}

${GLOBAL}`,
  password: `Usage: npm run postern -- password COMMAND …

  password create USER [--label TEXT]
  password list USER
  password revoke USER ID

${USER}

${GLOBAL}`,
  "password create": `Usage: npm run postern -- password create USER [--label TEXT]

Makes an app password and prints it, this once: it is stored nowhere, and no command shows it again.

  --label TEXT         what it is for, such as "Alice's phone"; at most 100 characters

With --remote, the environment variable SEALING_KEYS must hold the value of the Worker's secret of that name.

${USER}

${GLOBAL}`,
  "password list": `Usage: npm run postern -- password list USER

Lists the user's app passwords, revoked ones included: id, label, dates. Never the passwords.

${USER}

${GLOBAL}`,
  "password revoke": `Usage: npm run postern -- password revoke USER ID

Revokes one app password for good. The others stay as they are.

  ID                   as "password list" shows it, such as p_3kq7…

${USER}

${GLOBAL}`,
  lock: `Usage: npm run postern -- lock COMMAND …

  lock list                who is made to wait now, and until when
  lock show USER|NETWORK   what is held against a user or a network
  lock clear USER|NETWORK  forget it

${LOCK_TARGET}

${GATEWAY_GLOBAL}`,
  "lock list": `Usage: npm run postern -- lock list

Lists the users and networks that are made to wait at this moment, why and until when.

${GATEWAY_GLOBAL}`,
  "lock show": `Usage: npm run postern -- lock show USER|NETWORK

Of a user: each network that failed or signed in lately, whether it waits and until when, with how many failures,
whether it is familiar, and whether strange networks together are held off. Of a network: what it failed, whatever the
names.

${LOCK_TARGET}

${GATEWAY_GLOBAL}`,
  "lock clear": `Usage: npm run postern -- lock clear USER|NETWORK

Of a user: forgets the failures of all networks at this user, so that they may try at once. Of a network: forgets what
it failed, whatever the names; what it failed at one user is that user's. Who is familiar stays so. The gateway logs
who cleared what.

${LOCK_TARGET}

${GATEWAY_GLOBAL}`,
  policy: `Usage: npm run postern -- policy COMMAND …

  policy check [FILE]      what is wrong with a policy, and where; asks no gateway
  policy show              the policy that the gateway decides by
  policy diff [FILE]       what the file would change
  policy preview [FILE]    which devices in use it would block, quarantine or let in
  policy apply [FILE]      put it in place

${FILE}

${GATEWAY_GLOBAL}`,
  "policy check": `Usage: npm run postern -- policy check [FILE]

Names everything that is wrong with a policy, each with its place and its fix, and ends with exit code 2. Of a policy
that is right it names the rules that can never decide. Asks no gateway.

${FILE}
  --json               one JSON document on standard output, a fault as JSON on standard error
  -h, --help           the help of this level`,
  "policy show": `Usage: npm run postern -- policy show

Prints the policy that the gateway decides by, as TOML, and who applied it when and why.

${GATEWAY_GLOBAL}`,
  "policy diff": `Usage: npm run postern -- policy diff [FILE]

Compares the file with the policy that the gateway has: settings, and rules that are new, changed, moved or gone.

${FILE}

${GATEWAY_GLOBAL}`,
  "policy preview": `Usage: npm run postern -- policy preview [FILE]

Judges each device in use by the gateway's policy and by the file, and names those for which the verdict changes: user,
device, what it is now, what it would be, and why. Each is taken to come from where it came last. Changes nothing.

${FILE}

${GATEWAY_GLOBAL}`,
  "policy apply": `Usage: npm run postern -- policy apply [FILE] [--why TEXT]

Puts the file in place of the gateway's policy and shows what that changed. When the command returns, every user's guard
decides by it; if it is interrupted, give it again. It is refused when somebody else applied a policy in the meantime.

${FILE}
  --why TEXT           why, for whoever reads "policy show"; at most 200 characters

${GATEWAY_GLOBAL}`,
  keys: `Usage: npm run postern -- keys COMMAND

  keys new             prints a new sealing key, or with --connector a new pair of keys

${GLOBAL}`,
  "keys new": `Usage: npm run postern -- keys new [--connector]

Prints a new sealing key for the Worker's secret SEALING_KEYS, and how to put it in place. Nothing is stored.

  --connector          a pair of keys instead: the secret for the Worker's SIGN_ON_KEYS, the public half for connectors

${GLOBAL}`,
  audit: `Usage: npm run postern -- audit [OPTIONS]

Shows sign-ins, the newest first: when, who, what came of it and why, from where, with which device. docs/audit.md
explains each reason. An event is here some seconds after it happened. A user of "-" is nobody that Postern knows.

  --user USER          of this user
  --source NETWORK     from this IPv4 address, IPv6 address or IPv6 /64, or from "unknown"
  --outcome OUTCOME    signed-in, refused or failed
  --reason REASON      such as wrong-proof
  --since TIME         from then on: 30m, 24h or 7d ago, or 2026-11-23 or 2026-11-23T12:00:00Z (UTC without a zone)
  --until TIME         before then
  --limit N            at most so many, from 1 to 1000 (default 50)

${USER}

${GLOBAL}`,
};
