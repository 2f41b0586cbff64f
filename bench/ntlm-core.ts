// The NTLM verification core, in milliseconds of CPU inside workerd: the workerd process is charged for a request that
// does the work many times, less what it is charged for an empty one.

import { call } from "./client.ts";
import { cpuMs } from "./process.ts";
import { judged, median, type Row } from "./report.ts";
import type { Stand } from "./stand.ts";

const TIMES = 1_000;
const ROUNDS = 7;
const TARGET_MS = 0.3;
const TARGET_WITH_CODE_MS = 0.6;

export async function measureNtlmCore(stand: Stand): Promise<Row[]> {
  return [
    await measure(stand, "NTLM verification, 5 app passwords", "", TARGET_MS),
    await measure(stand, "NTLM verification, an app password with a code", "&code", TARGET_WITH_CODE_MS),
  ];
}

async function measure(stand: Stand, name: string, more: string, target: number): Promise<Row> {
  const port = await stand.portOf("ntlm-core");
  const cost = async (n: number): Promise<number> => {
    const before = cpuMs(stand.pid);
    const { text } = await call({ port, path: `/?n=${n}${more}` });
    if (text !== JSON.stringify({ verified: n })) throw new Error(`the core verified not ${n} but ${text}`);
    return cpuMs(stand.pid) - before;
  };
  await cost(TIMES); // compiled and warm
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push((await cost(TIMES)) / TIMES - (await cost(0)) / TIMES);
  const ms = median(rounds);
  return judged(name, `${ms.toFixed(3)} ms CPU`, `< ${target} ms`, ms < target);
}
