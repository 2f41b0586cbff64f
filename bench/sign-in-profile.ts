// `npm run bench -- --sign-ins --profile`: where the time of a sign-in and of refused ones goes. CPU profiles of the
// isolate that the gateway shares with its guards, until the alarms have taken the audit to D1.

import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { ALARMS_RUNG_MS } from "./limits.ts";
import { profiled } from "./profile.ts";
import { type Row, shown } from "./report.ts";
import { attemptOf, gatewayKinds, USERS } from "./sign-in-kinds.ts";
import { startSignInStand } from "./sign-in-stand.ts";

const KINDS = ["a sign-in", "a wrong guess", "a locked-out guess"];
/** Rounds of each kind in one profile. */
const ROUNDS = 5;

/** Profiles each kind, writes the files, and returns what takes most. */
export async function profileSignIns(rounds = ROUNDS): Promise<Row[]> {
  const stand = await startSignInStand(USERS, { inspected: true });
  try {
    const { gateway } = stand;
    if (gateway.inspector === undefined) throw new Error("workerd opened no inspector");
    const folder = await mkdtemp(join(tmpdir(), "postern-profile-"));
    for (const user of stand.users.keys()) await attemptOf(stand, gateway, user);
    const kinds = gatewayKinds(stand, gateway, []);
    const rows: Row[] = [];
    for (const name of KINDS) {
      const kind = kinds[name];
      await kind?.prepare?.();
      await kind?.send(); // warms up
      const work = async () => {
        for (let round = 0; round < rounds; round++) {
          await kind?.prepare?.();
          await kind?.send();
          await wait(ALARMS_RUNG_MS);
        }
      };
      rows.push(...(await profiled(gateway.inspector, folder, name, work)));
    }
    return [...rows, shown("the files", folder)];
  } finally {
    await stand.stop();
  }
}
