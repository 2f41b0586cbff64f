// What floods of guesses cost, a hundred requests in each row: one flood repeats the same guess, the other tries
// different guesses at one name.

import { setTimeout as wait } from "node:timers/promises";
import { FLUSH_AFTER_MS } from "../src/audit/cadence.ts";
import { DEFAULT_LIMITS } from "../src/core/lockout/limits.ts";
import { type Answer, call, signIn, sipUriOf, type TokenRequest, WINDOWS_GRANT } from "./client.ts";
import type { Path } from "./path.ts";
import type { Stand } from "./stand.ts";

const FLOOD = 100;
const { free } = DEFAULT_LIMITS.stranger;
/**
 * What is looked at before a network's guard answers from memory is the price of a wrong password each; and the alarms
 * it sets.
 */
const LOOKED_AT = { rowsRead: 35, rowsWritten: 14 };
/** Alarms that take the audit to D1 may ring meanwhile, on a busy machine several. */
const AUDIT = 6;

/** The rows of the floods. Each flood comes from a different network. */
export async function floodPaths(stand: Stand, port: number): Promise<Path[]> {
  const erin = await stand.addUser("erin");
  const frank = await stand.addUser("frank");
  const grace = await stand.addUser("grace");
  const heidi = await stand.addUser("heidi");
  const grantOf = (account: string, password: string, address: string): Promise<Answer> =>
    call({ port, ...passwordGrant(account, password, address) });
  return [
    {
      name: `${FLOOD} times the same wrong password`,
      status: 400,
      limit: { guardRequests: FLOOD + 5, ...times(2, LOOKED_AT, FLOOD), d1Queries: 2 + AUDIT },
      send: () => flood(() => grantOf(erin.account, "the same wrong password", "198.51.100.1")),
    },
    {
      name: `${FLOOD} times the same password, a name nobody has`,
      status: 400,
      limit: { guardRequests: FLOOD + 5, ...times(2, LOOKED_AT, FLOOD), d1Queries: 2 + AUDIT },
      send: () => flood(() => grantOf("nobody-at-all", "the same wrong password", "198.51.100.2")),
    },
    {
      name: `${FLOOD} times one and the same NTLM answer`,
      status: 401,
      limit: { guardRequests: FLOOD + 10, ...times(4, LOOKED_AT, FLOOD), d1Queries: 3 + AUDIT },
      send: async () => {
        const address = "198.51.100.3";
        const { authorization } = await signIn(port, { ...frank, password: guess() }, windowsGrant(address));
        return flood(() => call({ port, ...windowsGrant(address, authorization) }));
      },
    },
    {
      name: `${FLOOD} other passwords at one name`,
      status: 400,
      limit: { guardRequests: FLOOD + free + 1, ...times(free, LOOKED_AT, FLOOD), d1Queries: free + AUDIT },
      send: () => flood(() => grantOf(grace.account, guess(), "198.51.100.4")),
    },
    {
      name: `${FLOOD} guesses over the budget in a familiar place`,
      status: 400,
      limit: { guardRequests: 2 * FLOOD + 2, rowsRead: 4 * FLOOD, rowsWritten: 6, d1Queries: 1 + AUDIT },
      send: async () => {
        const guessed = () => grantOf(heidi.account, guess(), "198.51.100.5");
        const { status } = await grantOf(heidi.account, heidi.password, "198.51.100.5");
        if (status !== 200) throw new Error(`heidi signs in: ${status}`);
        for (let i = 0; i < free; i++) await guessed();
        await wait(FLUSH_AFTER_MS + 1_000); // by then D1 has the earlier events
        await call({ port, path: "/_counts" });
        return flood(guessed);
      },
    },
    {
      name: "the owner's sign-in there",
      status: 200,
      limit: { guardRequests: 5, rowsRead: 25, rowsWritten: 10, d1Queries: 1 },
      // Waited for, or the row after this one would pay: the sign-in, and the guesses as a number.
      later: { alarms: 2, rowsRead: 50, rowsWritten: 6, d1Queries: 1, d1RowsWritten: 8 },
      send: () => grantOf(heidi.account, heidi.password, "198.51.100.5"),
    },
  ];
}

async function flood(send: () => Promise<Answer>): Promise<Answer> {
  for (let i = 1; i < FLOOD; i++) await send();
  return send();
}

/** So often what is looked at, and for each of the others a look at what the network's guard has stored. */
const times = (count: number, { rowsRead, rowsWritten }: typeof LOOKED_AT, others: number) => ({
  rowsRead: count * rowsRead + 3 * others,
  rowsWritten: (count + 3) * rowsWritten, // the tables of a new network's guard, and of a new user's
});

let guesses = 0;
const guess = (): string => `wrong-${++guesses}-wrong-wrong-wrong`;

const windowsGrant = (address: string, authorization?: string): TokenRequest => ({
  ...WINDOWS_GRANT,
  headers: { ...WINDOWS_GRANT.headers, "cf-connecting-ip": address, ...(authorization && { authorization }) },
});

const passwordGrant = (account: string, password: string, address: string): TokenRequest => ({
  ...windowsGrant(address),
  body: new URLSearchParams({ grant_type: "password", username: sipUriOf(account), password }).toString(),
});
