// Parts of the help that many commands share.

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

/** For commands that go through the gateway, or change only the database when the gateway cannot be reached. */
export const AT_ONCE = `Asks the running gateway, which also ends tickets in use. With --remote, $POSTERN_ADMIN_HOST and $POSTERN_ADMIN_KEY say
where it is. If the gateway cannot be reached, the command changes only the database and ends with exit code 1. The
change then applies to new sign-ins, but earlier tickets stay good until you run the command again.`;
