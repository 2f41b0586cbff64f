// What the help of many commands says alike.

/** Of commands that work on the database. */
export const GLOBAL = `Options everywhere:
  --local              the database of "npm start" (default)
  --remote             the deployed database, through wrangler
  --env NAME           with --remote: the environment of wrangler.toml, such as production
  --json               one JSON document on standard output, a fault as JSON on standard error;
                       "npm run --silent postern -- …" keeps npm's own lines out of it
  -h, --help           the help of this level
  --version            the version of Postern`;

/** How a user is named. */
export const USER = `USER is any name of the user: sip:alice@contoso.test, alice@contoso.test, 'CONTOSO\\alice' or CONTOSO/alice.`;

/** Of commands that ask the gateway. */
export const GATEWAY_GLOBAL = `Asks the running gateway, not its database.

  --local              the gateway that "npm start" runs (default)
  --remote             the deployed gateway at $POSTERN_ADMIN_HOST, with the admin key in $POSTERN_ADMIN_KEY
  --json               one JSON document on standard output, a fault as JSON on standard error
  -h, --help           the help of this level`;

/** Of commands that the gateway carries out, and the database alone when it cannot be asked. */
export const AT_ONCE = `Asks the running gateway, which ends what is under way; with --remote, $POSTERN_ADMIN_HOST and $POSTERN_ADMIN_KEY say
where. When it cannot be asked, the database alone is told, which holds for sign-ins, and the exit code is 1: tickets
that were given out before live on until the command is given again.`;
