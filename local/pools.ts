// A second pool for the local gateway: another simulated Front-End with hosts, ticket keys and a service of its own. The
// connector of the first signs users on to both. Bob is homed at the second pool, everybody else at the first.

import { contosoHosts, type PublicHosts } from "../simulator/hosts.ts";
import { demoUsers, type SimulatorOptions } from "../simulator/simulator.ts";
import { publicHosts } from "./world.ts";

/** The hosts of the second pool that the gateway answers for. */
export const secondPoolHosts: Pick<PublicHosts, "web" | "meet"> = {
  web: "web2.contoso.test",
  meet: "meet2.contoso.test",
};

/** The variables that tell the gateway of both pools. */
export const poolVariables = {
  PUBLIC_HOSTS: [...publicHosts, ...Object.values(secondPoolHosts)].join(" "),
  MEET_HOSTS: `${contosoHosts.meet} ${secondPoolHosts.meet}`,
  POOLS: `main=${contosoHosts.web} second=${secondPoolHosts.web}`,
  POOL_HOSTS: `second=${secondPoolHosts.meet}`,
  POOL_ORIGINS: "second=ORIGIN_2",
  POOL_FQDNS: "main=pool.contoso.local second=pool2.contoso.local",
};

const BOB = "sip:bob@contoso.test";
const homedAt = (host: string) => ({ homePool: `https://${host}` });

/** What the two Front-Ends are told; `signOnKey` is the key that their connector and they share. */
export function simulatorsOfPools(signOnKey: Uint8Array): readonly [SimulatorOptions, SimulatorOptions] {
  const first = demoUsers.map((user) => (user.sipUri === BOB ? { ...user, ...homedAt(secondPoolHosts.web) } : user));
  const second = demoUsers.map((user) => (user.sipUri === BOB ? user : { ...user, ...homedAt(contosoHosts.web) }));
  return [
    { users: first, signOnKey, otherServices: [`http/${secondPoolHosts.web}`] },
    { users: second, signOnKey, hosts: secondPoolHosts },
  ];
}
