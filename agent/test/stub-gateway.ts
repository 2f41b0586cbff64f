// A gateway in memory with the operations that the sync uses, as docs/api.md describes them. It keeps people and
// reports, and can be told to fail. The tests in test/real/directory use the real one.

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import type { Known, Row } from "../src/sync/plan.ts";

/** How the next requests are answered instead; undefined: as usual. */
type Fault = (
  path: string,
) =>
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: object }
  | "break"
  | undefined;

export type Stub = {
  readonly url: string;
  readonly people: Map<string, Known>;
  readonly requests: { readonly path: string; readonly headers: IncomingMessage["headers"]; readonly body: unknown }[];
  report: Record<string, unknown> | undefined;
  fault: Fault;
  /** How many rows one request carries out; the others are for later. */
  mostOfARequest: number;
  stop(): Promise<void>;
};

export async function startStub(): Promise<Stub> {
  // Node's default would end an idle connection at the moment at which the other side uses it again.
  const server = createServer(
    { keepAliveTimeout: 0 },
    (request, response) => void answer(request, response).catch(() => response.destroy()),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const stub: Stub = {
    url: `http://127.0.0.1:${port}`,
    people: new Map(),
    requests: [],
    report: undefined,
    fault: () => undefined,
    mostOfARequest: Number.POSITIVE_INFINITY,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return stub;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? "", stub.url);
    const body = request.method === "GET" ? undefined : ((await json(request)) as Record<string, unknown>);
    stub.requests.push({ path: pathname, headers: request.headers, body });
    const fault = stub.fault(pathname);
    if (fault === "break") return void response.destroy();
    const [status, said] = fault === undefined ? usual(pathname, searchParams, body) : [fault.status, fault.body ?? {}];
    response.writeHead(status, { "content-type": "application/json", ...fault?.headers }).end(JSON.stringify(said));
  }

  function usual(path: string, query: URLSearchParams, body: Record<string, unknown> | undefined): [number, object] {
    switch (path) {
      case "/v1/directory/people": {
        const [limit, after] = [Number(query.get("limit") ?? 200), query.get("after") ?? ""];
        const all = [...stub.people.values()]
          .toSorted((a, b) => (a.key < b.key ? -1 : 1))
          .filter(({ key }) => key > after);
        const items = all.slice(0, limit);
        return [200, { items, next: all.length > limit ? items.at(-1)?.key : null }];
      }
      case "/v1/directory/apply": {
        const rows = body?.rows as Row[];
        return [
          200,
          {
            rows: rows.map((row, at) => ({
              ...{ row: at, key: row.key },
              ...(at < stub.mostOfARequest
                ? carriedOut(row, body?.dryRun === true)
                : { status: "failed", code: "later" }),
            })),
          },
        ];
      }
      case "/v1/directory":
        return [200, { sources: [{ source: "ad", cursor: stub.report?.cursor ?? null, inStepAt: null }] }];
      case "/v1/directory/ad/report":
        stub.report = body;
        return [200, {}];
      default:
        return [404, {}];
    }
  }

  function carriedOut(
    { key, state, person }: Row,
    dryRun: boolean,
  ): { status: string; code?: string; message?: string } {
    const before = stub.people.get(key);
    if (before === undefined && state !== "in") return { status: "unchanged" };
    const other = [...stub.people.values()].find(
      (one) => one.key !== key && person !== undefined && one.sipUri.toLowerCase() === person.sipUri.toLowerCase(),
    );
    if (other !== undefined) return { status: "conflict", code: "name-taken", message: `${other.key} has it.` };
    const after = {
      ...{ key, userId: `u_${key.slice(-12)}`, held: false, told: true, disabled: state !== "in", state },
      ...before,
      ...person,
    } as Known;
    const now = { ...after, state, disabled: state !== "in" || after.held };
    const same = JSON.stringify(before) === JSON.stringify(now);
    if (!dryRun) stub.people.set(key, now);
    if (same) return { status: "unchanged" };
    if (before === undefined) return { status: "created" };
    if (before.state !== state) return { status: state === "in" ? "enabled" : "disabled" };
    return { status: before.sipUri === now.sipUri && before.account === now.account ? "changed" : "renamed" };
  }
}
