// The help of every level of the command line. `npm run postern -- …` is how an operator starts it in a checkout.

/** The commands, by both of their words. */
const COMMANDS = [
  "user add",
  "user list",
  "user show",
  "user disable",
  "user enable",
  "password create",
  "password list",
  "password revoke",
  "keys new",
] as const;

export type CommandName = (typeof COMMANDS)[number];
type GroupName = "user" | "password" | "keys";

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

/** The help text of each level; the empty name is the top. */
export const HELP: Readonly<Record<CommandName | GroupName | "", string>> = {
  "": `Usage: npm run postern -- COMMAND …

The operator's tool of Postern: who may sign in through the gateway, and with which app passwords.

Commands:
  user add SIP_URI --account 'DOMAIN\\user' [--upn UPN] [--name ALIAS…]
  user list
  user show USER
  user disable USER
  user enable USER
  password create USER [--label TEXT]
  password list USER
  password revoke USER ID
  keys new

${USER}

${GLOBAL}

Environment:
  SEALING_KEYS         for "password create --remote": the value of the Worker's secret of that name
  CLOUDFLARE_API_TOKEN for --remote without "npx wrangler login"

Exit codes:
  0  done
  1  the database, wrangler or the sealing keys failed
  2  the command line is wrong
  3  no such user or app password
  4  it exists already`,
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
  keys: `Usage: npm run postern -- keys COMMAND

  keys new             prints a new sealing key

${GLOBAL}`,
  "keys new": `Usage: npm run postern -- keys new

Prints a new sealing key for the Worker's secret SEALING_KEYS, and how to put it in place. Nothing is stored.

${GLOBAL}`,
};
