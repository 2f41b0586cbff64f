// What sign-ins with an app password cost, and refusals of them up to the one after which a network has to wait.

import { setTimeout as wait } from "node:timers/promises";
import { DEFAULT_LIMITS } from "../src/core/lockout/limits.ts";
import { type Answer, call, samlRequest, signIn, WINDOWS_GRANT } from "./client.ts";
import { ALARMS_RUNG_MS, REFUSAL_AUDITED, SIGN_IN_AUDITED } from "./limits.ts";
import type { Path } from "./path.ts";
import type { Stand, StandUser } from "./stand.ts";

const SIGN_IN = { guardRequests: 4, rowsRead: 11, rowsWritten: 9, d1Queries: 1, d1RowsRead: 8 };
const REFUSED = { guardRequests: 2, rowsRead: 8, rowsWritten: 6, d1Queries: 1, d1RowsRead: 8 };

/** The rows of sign-ins, all from one network. `bob` has signed in from it before. */
export async function signInPaths(stand: Stand, port: number, bob: StandUser): Promise<Path[]> {
  const alice = await stand.addUser("alice");
  const carol = await stand.addUser("carol");
  const { authorization: used } = await signIn(port, bob);
  const last = async (legs: Promise<{ answer: Answer }>): Promise<Answer> => (await legs).answer;
  const wrong = "aaaa-aaaa-aaaa-aaaa-aaaa";
  const bobSignsIn = () => last(signIn(port, bob));
  const carolFails = () => last(signIn(port, { ...carol, password: wrong }));
  return [
    {
      name: "sign-in, a user's first",
      status: 200,
      limit: { ...SIGN_IN, rowsRead: 85, rowsWritten: 70, d1Queries: 2, d1RowsRead: 9 }, // its guard's tables are made, and the policy is read
      later: SIGN_IN_AUDITED,
      send: () => last(signIn(port, alice)),
    },
    { name: "sign-in for a compact ticket", status: 200, limit: SIGN_IN, later: SIGN_IN_AUDITED, send: bobSignsIn },
    {
      name: "sign-in for a SAML ticket",
      status: 200,
      limit: SIGN_IN,
      later: SIGN_IN_AUDITED,
      send: () => last(signIn(port, bob, samlRequest(bob.account))),
    },
    {
      name: "sign-in, wrong password",
      status: 401,
      limit: REFUSED,
      later: REFUSAL_AUDITED,
      send: () => last(signIn(port, { ...bob, password: wrong })),
    },
    { name: "sign-in after a wrong password", status: 200, limit: SIGN_IN, later: SIGN_IN_AUDITED, send: bobSignsIn },
    {
      name: "sign-in, Type 3 sent again",
      status: 401,
      limit: REFUSED,
      later: REFUSAL_AUDITED,
      send: () => call({ port, ...WINDOWS_GRANT, headers: { ...WINDOWS_GRANT.headers, authorization: used } }),
    },
    {
      name: "the same once more",
      status: 401,
      limit: { ...REFUSED, guardRequests: 3 },
      later: REFUSAL_AUDITED,
      send: () => call({ port, ...WINDOWS_GRANT, headers: { ...WINDOWS_GRANT.headers, authorization: used } }),
    },
    {
      name: "sign-in, unknown user",
      status: 401,
      limit: { ...REFUSED, guardRequests: 3 },
      later: REFUSAL_AUDITED,
      send: () => last(signIn(port, { account: "nobody", password: wrong })),
    },
    {
      name: "the failure after which it has to wait",
      status: 401,
      limit: { ...REFUSED, guardRequests: 3 },
      later: REFUSAL_AUDITED,
      send: async () => {
        for (let failures = 0; failures < DEFAULT_LIMITS.stranger.free - 1; failures++) await carolFails();
        await wait(ALARMS_RUNG_MS);
        await call({ port, path: "/_counts" });
        return carolFails();
      },
    },
    {
      name: "the next: its network's guard knows",
      status: 401,
      limit: { guardRequests: 1, rowsRead: 5, rowsWritten: 2 },
      later: REFUSAL_AUDITED,
      send: carolFails,
    },
    {
      name: "every other",
      status: 401,
      limit: { guardRequests: 1, rowsRead: 5, rowsWritten: 1 }, // an alarm now and then
      send: carolFails,
    },
  ];
}
