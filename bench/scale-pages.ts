// The pages of the console on the directory of a large pool: when each page is there, and how large it is.

import type { LocalGateway } from "../local/gateway.ts";
import { send } from "../simulator/test-client.ts";
import { consoleAs } from "../test/kit/gateway/console.ts";
import type { fill } from "./scale-fill.ts";

/** A page as it was measured. */
export type PageTime = { readonly name: string; readonly ms: number; readonly bytes: number };

/** Asks for each page as an administrator who is signed in, `times` times, and gives the middle time of each. */
export async function timePages(
  gateway: LocalGateway,
  { user, device, actor, network }: ReturnType<typeof fill>,
  times: number,
): Promise<PageTime[]> {
  const { gateway: url, simulator } = gateway;
  const admin = await consoleAs({ ...gateway, send: (request) => send({ ...simulator, url }, request) }, "admin");
  const paths = [
    "/",
    "/overview/waits",
    ...["", "?q=anna", "?q=a", "?q=anna+fis", "?state=disabled", "?group=vip"].map((query) => `/users${query}`),
    ...["", "/new-password", "/lost", "/edit"].map((step) => `/users/${user.id}${step}`),
    ...["", "?state=quarantined", "?q=anna", "?type=tablet"].map((query) => `/devices${query}`),
    ...["", `?user=${user.id}`, "?outcome=refused", `?source=${network}`, `?by=${actor}`].map(
      (query) => `/audit${query}`,
    ),
    `/audit?device=${device}`,
  ];
  const measured: PageTime[] = [];
  for (const path of paths) {
    const runs: { ms: number; bytes: number }[] = [];
    for (let run = 0; run < times; run++) {
      const begun = performance.now();
      const { status, bytes } = await admin.get(path);
      if (status !== 200) throw new Error(`${path}: ${status}`);
      runs.push({ ms: performance.now() - begun, bytes: bytes.length });
    }
    runs.sort((a, b) => a.ms - b.ms);
    const { ms, bytes } = runs[Math.floor(times / 2)] ?? { ms: 0, bytes: 0 };
    measured.push({ name: `console ${path}`, ms, bytes });
  }
  return measured;
}
