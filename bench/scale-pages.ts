// Every page of the console on the directory of a large pool: when its first byte comes, when all of it is there, how
// large it is, and what it costs.

import { request as httpRequest } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import type { LocalGateway } from "../local/gateway.ts";
import { send } from "../simulator/test-client.ts";
import { consoleAs } from "../test/kit/gateway/console.ts";
import { call } from "./client.ts";
import type { Operations } from "./path.ts";
import { median } from "./report.ts";
import type { Sample } from "./scale-fill.ts";

/** A page as it was measured. Times in ms. */
export type PageTime = {
  readonly name: string;
  readonly firstByte: number;
  readonly whole: number;
  readonly bytes: number;
};

type PageOf = { readonly name: string; readonly path: string; readonly form?: Readonly<Record<string, string>> };

/** What takes so long is asked for once, ms. */
export const SLOW_MS = 2_000;
/** A guard may still work after the answer. */
const SETTLED_MS = 50;

/** The pages that a rule for every device takes longest: each device is judged, and ten of them are shown. */
const REFUSING = `[[rules]]\ncode = "all"\naction = "block"\nreason = "Nobody"\nwhen = {}\n`;
const QUIET = "[enrolment]\nmaxDevices = 9\n";
/** The version in force after `fill`. */
const SEEN = "60";

function pagesOf({ user, device, event, actor, network }: Sample): PageOf[] {
  const at = `/users/${user.id}`;
  const get = (base: string, ...ends: readonly string[]) => ends.map((end) => ({ name: base + end, path: base + end }));
  const post = (path: string, form: Readonly<Record<string, string>>, said = "") => ({
    name: `POST ${path}${said}`,
    path,
    form,
  });
  return [
    ...get("/account", ""), // nothing but the person's own: what the others are compared with
    ...get("/", "", "overview/waits", "overview/health"),
    ...get("/users", "", "?q=anna", "?q=a", "?q=anna+fis", "?q=acc4711", "?q=@contoso", "?q=zzz"),
    ...get("/users", "?state=disabled", "?state=enabled", "?group=vip", "?group=sales&state=disabled", "/new"),
    ...get(at, "", "/new-password", "/lost", "/expect", "/edit", "/disable", "/delete", `/devices/${device}`),
    ...get(
      "/devices",
      "",
      "?state=quarantined",
      "?state=allowed",
      "?state=blocked",
      "?state=pending",
      "?state=expired",
    ),
    ...get(
      "/devices",
      "?type=tablet",
      "?product=OC",
      "?version=16.0",
      "?version=6.25.0.7",
      `?user=${user.id}`,
      "/contests",
    ),
    ...get("/devices", "?seen=day", "?seen=month", "?seen=not-month", "?seen=not-quarter"),
    ...get("/devices", "?q=anna", "?q=pc-17", "?q=windows&state=quarantined", "?state=allowed&type=phone&product=OC"),
    ...get("/policy", "", "/edit", "/history", "/history/1", "/history/1/back", "/diff?from=1&to=60"),
    post("/policy/check", { text: REFUSING, seen: SEEN }),
    post("/policy/preview", { text: QUIET, seen: SEEN }, ", which refuses none"),
    post("/policy/preview", { text: REFUSING, seen: SEEN }, ", which refuses all"),
    post("/policy/preview/devices", { text: REFUSING, seen: SEEN }),
    ...get(
      "/audit",
      "",
      `?user=${user.id}`,
      "?outcome=signed-in",
      "?outcome=refused",
      "?outcome=failed",
      "?outcome=changed",
    ),
    ...get("/audit", `?source=${network}`, "?source=198.51.100.1", `?by=${actor}`, `?device=${device}`, "?last=24h"),
    ...get("/audit", "?reason=saml", "?reason=no-ticket", "?request=0123456789abcdef", "?follow=yes", `/${event}`),
    ...get("/audit", "?reason=challenge-replayed&source=198.51.100.1"),
    ...get("/settings", "", "/tokens", "/administrators"),
  ];
}

/** Asks for each page as an administrator who is signed in, `times` times; each number is the middle one. */
export async function timePages(gateway: LocalGateway, sample: Sample, times: number): Promise<PageTime[]> {
  const ask = await asker(gateway);
  const measured: PageTime[] = [];
  for (const page of pagesOf(sample)) {
    const runs: Omit<PageTime, "name">[] = [];
    while (runs.length < times && (runs.at(-1)?.whole ?? 0) < SLOW_MS) runs.push(await ask(page));
    const middle = (what: keyof Omit<PageTime, "name">): number => median(runs.map((run) => run[what]));
    measured.push({
      name: `console ${page.name}`,
      firstByte: middle("firstByte"),
      whole: middle("whole"),
      bytes: middle("bytes"),
    });
  }
  return measured;
}

/** What each page costs, on a gateway with meters on its bindings (workers/counting-gateway.ts). */
export async function countPages(gateway: LocalGateway, sample: Sample): Promise<ReadonlyMap<string, Operations>> {
  const ask = await asker(gateway);
  const port = Number(new URL(gateway.gateway).port);
  const counts = async (): Promise<Operations> => JSON.parse((await call({ port, path: "/_counts" })).text);
  const [first] = pagesOf(sample);
  if (first !== undefined) await ask(first); // the session says once a minute that it is in use
  const counted = new Map<string, Operations>();
  for (const page of pagesOf(sample)) {
    await counts(); // from zero
    await ask(page);
    await wait(SETTLED_MS);
    counted.set(`console ${page.name}`, await counts());
  }
  return counted;
}

async function asker(gateway: LocalGateway): Promise<(page: PageOf) => Promise<Omit<PageTime, "name">>> {
  const { gateway: url, simulator, consoleHost: host } = gateway;
  const person = await consoleAs({ ...gateway, send: (request) => send({ ...simulator, url }, request) }, "admin");
  const { hostname, port } = new URL(url);
  return ({ name, path, form }) =>
    new Promise((resolve, reject) => {
      const body = form && new URLSearchParams({ csrf: person.csrf, ...form }).toString();
      const sent =
        body === undefined ? {} : { "content-type": "application/x-www-form-urlencoded", origin: `http://${host}` };
      const headers = { host, cookie: person.cookie, ...sent };
      const begun = performance.now();
      const outgoing = httpRequest(
        { hostname, port, path, method: body === undefined ? "GET" : "POST", headers },
        (answer) => {
          let [firstByte, bytes] = [0, 0];
          answer.on("data", (chunk: Buffer) => {
            if (bytes === 0) firstByte = performance.now() - begun;
            bytes += chunk.length;
          });
          answer.once("error", reject);
          answer.once("end", () => {
            if (answer.statusCode === 200) resolve({ firstByte, whole: performance.now() - begun, bytes });
            else reject(new Error(`${name}: ${answer.statusCode} ${answer.headers.location ?? ""}`));
          });
        },
      );
      outgoing.once("error", reject);
      outgoing.end(body);
    });
}
