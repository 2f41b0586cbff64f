// What sign-ins cost with an app password that asks for a code.

import { stepAt, totp } from "../test/kit/codes.ts";
import { type Answer, call, signIn } from "./client.ts";
import { REFUSAL_AUDITED, SIGN_IN_AUDITED } from "./limits.ts";
import type { Path } from "./path.ts";
import type { Stand } from "./stand.ts";

const LIMIT = { guardRequests: 4, rowsRead: 18, rowsWritten: 9, d1Queries: 1, d1RowsRead: 10 };

/** The rows. The user has no other app password that is live. */
export async function codePasswordPaths(stand: Stand, port: number): Promise<Path[]> {
  const { account, password } = await stand.addCodeUser("codie");
  const { text } = await call({ port, path: `/_authenticator?user=${account}@contoso.test` });
  const secret = Buffer.from(text, "base64url");
  const as = async (typed: string): Promise<Answer> => (await signIn(port, { account, password: typed })).answer;
  // A minute or two have passed when these are sent, so no step is used up. The next one is good, too.
  const withCode = (steps: number): string => password + totp(secret, stepAt(Date.now()) + steps);
  let typed = "";
  return [
    {
      name: "sign-in with a code, at a new place",
      status: 200,
      limit: { ...LIMIT, rowsRead: 50, rowsWritten: 18 },
      later: SIGN_IN_AUDITED,
      send: () => as(withCode(0)),
    },
    {
      name: "sign-in with the next code",
      status: 200,
      limit: { ...LIMIT, rowsRead: 24, rowsWritten: 11 },
      later: SIGN_IN_AUDITED,
      send: () => {
        typed = withCode(1);
        return as(typed);
      },
    },
    { name: "sign-in with the same code", status: 200, limit: LIMIT, later: SIGN_IN_AUDITED, send: () => as(typed) },
    {
      name: "sign-in, wrong code",
      status: 401,
      limit: { guardRequests: 2, rowsRead: 14, rowsWritten: 7, d1Queries: 1, d1RowsRead: 10 },
      later: REFUSAL_AUDITED,
      send: () => as(withCode(9)),
    },
  ];
}
