// What floods of guesses cost, a hundred requests in each row: one flood repeats the same guess, the other tries
// different guesses at one name.

import { setTimeout as wait } from "node:timers/promises";
import { FLUSH_AFTER_MS } from "../src/audit/cadence.ts";
import { DEFAULT_LIMITS } from "../src/core/lockout/limits.ts";
import { type Answer, call, signIn, sipUriOf, type TokenRequest, WINDOWS_GRANT } from "./client.ts";
import { SIGN_IN_AUDITED } from "./limits.ts";
import type { Operations, Path } from "./path.ts";
import type { Stand } from "./stand.ts";

const FLOOD = 100;
const { free } = DEFAULT_LIMITS.stranger;
/**
 * While a flood goes on, the alarms of both guards take the audit to D1. How often they ring depends on how fast the
 * machine is. In a run that was looked at none did, or one: 32 rows read, 7 written, and 16 in D1. Each event that gets
 * there is counted in D1, too: three rows read and one written.
 */
const ALARMS = 3;
const meanwhile = (limit: Partial<Operations>): Partial<Operations> => ({
  ...limit,
  rowsRead: (limit.rowsRead ?? 0) + ALARMS * 35,
  rowsWritten: (limit.rowsWritten ?? 0) + ALARMS * 8,
  d1Queries: (limit.d1Queries ?? 0) + ALARMS,
  d1RowsRead: (limit.d1RowsRead ?? 0) + ALARMS * 12,
  d1RowsWritten: ALARMS * 29,
});

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
      limit: meanwhile({ guardRequests: FLOOD + 5, rowsRead: 62, rowsWritten: 57, d1Queries: 2, d1RowsRead: 12 }),
      send: () => flood(() => grantOf(erin.account, "the same wrong password", "198.51.100.1")),
    },
    {
      name: `${FLOOD} times the same password, a name nobody has`,
      status: 400,
      limit: meanwhile({ guardRequests: FLOOD + 5, rowsRead: 20, rowsWritten: 19, d1Queries: 2, d1RowsRead: 2 }),
      send: () => flood(() => grantOf("nobody-at-all", "the same wrong password", "198.51.100.2")),
    },
    {
      name: `${FLOOD} times one and the same NTLM answer`,
      status: 401,
      limit: meanwhile({ guardRequests: FLOOD + 7, rowsRead: 77, rowsWritten: 66, d1Queries: 3, d1RowsRead: 24 }),
      send: async () => {
        const address = "198.51.100.3";
        const { authorization } = await signIn(port, { ...frank, password: guess() }, windowsGrant(address));
        return flood(() => call({ port, ...windowsGrant(address, authorization) }));
      },
    },
    {
      name: `${FLOOD} other passwords at one name`,
      status: 400,
      limit: meanwhile({
        guardRequests: FLOOD + free + 1,
        rowsRead: 193,
        rowsWritten: 72,
        d1Queries: free,
        d1RowsRead: 30,
      }),
      send: () => flood(() => grantOf(grace.account, guess(), "198.51.100.4")),
    },
    {
      name: `${FLOOD} guesses over the budget in a familiar place`,
      status: 400,
      limit: meanwhile({
        guardRequests: 2 * FLOOD + 2,
        rowsRead: 3 * FLOOD,
        rowsWritten: 4,
        d1Queries: 1, // once in half a minute
        d1RowsRead: 6,
      }),
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
      limit: { guardRequests: 5, rowsRead: 15, rowsWritten: 6, d1Queries: 1, d1RowsRead: 6 },
      // Waited for, or the row after this one would pay: the sign-in, and the guesses as a number.
      later: { ...SIGN_IN_AUDITED, d1RowsWritten: 10 },
      send: () => grantOf(heidi.account, heidi.password, "198.51.100.5"),
    },
  ];
}

async function flood(send: () => Promise<Answer>): Promise<Answer> {
  for (let i = 1; i < FLOOD; i++) await send();
  return send();
}

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
