// Compares the started gateway with docs/published.md. On a host of every role, a stranger and a person whose device is
// let in ask for every row of the page with every method. The Front-End hears what the page says, and nothing else.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { publishedPage } from "../../scripts/published.ts";
import type { TestRequest } from "../../simulator/test-client.ts";
import { BATCH_ROWS, PUBLISH_TABLE } from "../../src/core/http/publish.ts";
import { phoneOf, startApplication } from "./support/devices.ts";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";
import { inParallel } from "./support/raw-http.ts";
import { compactTicket } from "./support/tickets.ts";

const METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"];
const HOSTS: Readonly<Record<string, string>> = {
  web: "web.contoso.test",
  discovery: "lyncdiscover.contoso.test",
  meet: "meet.contoso.test",
  "dial-in": "dialin.contoso.test",
};
/** For each role, what every path means on the host of a simple URL. */
const HOME: Readonly<Record<string, string>> = { meet: "/meet/*", "dial-in": "/dialin/*" };

/** A row of the page. */
type Row = {
  readonly path: string;
  readonly kind: "closed" | "open" | "sign-in" | "ticket";
  readonly methods: readonly string[];
  readonly hosts: readonly string[];
};

const words = (cell: string): readonly string[] => cell.split(/[ ,]+/).filter(Boolean);

/** The rows of the page's tables: an open row has seven cells, a closed one three. */
const rows: readonly Row[] = [...publishedPage().matchAll(/^\| (`\/.*) \|$/gm)].flatMap(([, line = ""]) => {
  const cells = line.split(" | ");
  const paths = [...(cells[0] ?? "").matchAll(/`([^`]+)`/g)].map(([, path = ""]) => path);
  const [, kind = "", methods = "", , hosts = ""] = cells.length === 7 ? cells : [];
  return paths.map((path) => ({ path, kind: kindOf(kind), methods: words(methods), hosts: words(hosts) }));
});

function kindOf(cell: string): Row["kind"] {
  if (cell.startsWith("anybody")) return "open";
  if (cell.startsWith("sign-in")) return "sign-in";
  return cell.startsWith("ticket") ? "ticket" : "closed";
}

/** An address of that row's. */
const addressOf = (path: string): string =>
  path
    .replace("/ucwa/*/v1/applications/*/", "/ucwa/oauth/v1/applications/1/")
    .replace("/ucwa/*/", "/ucwa/v1/1/")
    .replace("/*", "/x");

let gateway: TestGateway;
let ticket: string;
let application: string;
beforeAll(async () => {
  gateway = await startTestGateway();
  ticket = await compactTicket(gateway, gateway.alice);
  application = await startApplication(gateway, ticket, phoneOf(gateway.alice), "/ucwa/oauth/v1/applications");
});
afterAll(() => gateway?.stop());

type Asked = {
  readonly row: Row;
  readonly request: TestRequest & { readonly method: string };
  readonly served: Row | undefined;
};

/** Every row with every method on one host, with the row that answers there. */
const asked = (role: string, headers: Readonly<Record<string, string>>): readonly Asked[] =>
  rows.flatMap((row) => {
    const home = row.path === "/" ? rows.find(({ path }) => path === HOME[role]) : undefined;
    const served = row.hosts.includes(role) ? row : home;
    return METHODS.map((method) => {
      const body = ["POST", "PUT", "PATCH"].includes(method) ? { body: "<x/>" } : {};
      const content = { "content-type": "text/xml", ...headers };
      return {
        row,
        served,
        request: { host: HOSTS[role] ?? "", path: addressOf(row.path), method, headers: content, ...body },
      };
    });
  });

const nameOf = ({ method, path }: { readonly method?: string | undefined; readonly path: string }): string =>
  `${method} ${path}`;

/** What Postern answers by itself, whoever the caller is. Undefined: the class of the row decides. */
function ownAnswer({ served, request }: Asked): number | undefined {
  if (served === undefined || served.kind === "closed") return 404;
  return served.methods.includes(request.method) ? undefined : 405;
}

it("the page's tables are read whole", () => {
  expect(rows.map(({ path }) => path.toLowerCase()).sort()).toEqual(
    [...PUBLISH_TABLE, ...BATCH_ROWS].map(({ path }) => path).sort(),
  );
});

describe.each(Object.keys(HOSTS))("S-34, S-38: on a %s host", (role) => {
  it("a stranger gets what the page says is anybody's, and nothing else gets to the Front-End", async () => {
    const plan = asked(role, {});
    const { requests } = await gateway.arrivals(() =>
      inParallel(plan, 8, async (each) => {
        const { status, headers } = await gateway.send(each.request);
        const what = nameOf(each.request);
        const own = ownAnswer(each);
        if (own !== undefined) expect(status, what).toBe(own);
        else if (each.served?.kind === "ticket") expect(status, what).toBe(401);
        else if (each.served?.kind === "sign-in") expect([400, 401, 500], what).toContain(status);
        if (own === 405) expect(headers.allow, what).toBe(each.served?.methods.join(", "));
      }),
    );
    const anybodys = plan.filter((each) => each.served?.kind === "open" && ownAnswer(each) === undefined);
    // Postern asks for a description in its own words, and only when the client's envelope asks for one.
    const expected = anybodys.map(({ request }) => nameOf(request)).filter((what) => !/^POST .*\/mex$/.test(what));
    expect(requests.map(nameOf).sort()).toEqual(expected.sort());
    expect(requests.filter(({ identity }) => identity !== null)).toEqual([]);
  });

  it("somebody with a good ticket gets what the page says, too, and the same 404 and 405 for the rest", async () => {
    const plan = asked(role, { authorization: `Bearer cwt=${ticket}` });
    const allowed = plan.filter((each) => each.served?.kind !== "sign-in" && ownAnswer(each) === undefined);
    const { requests } = await gateway.arrivals(() =>
      inParallel(plan, 8, async (each) => {
        const { status } = await gateway.send(each.request);
        const own = ownAnswer(each);
        if (own !== undefined) expect(status, nameOf(each.request)).toBe(own);
      }),
    );
    const served = new Set(requests.map(nameOf));
    const names = allowed.map(({ request }) => nameOf(request));
    for (const name of served) expect(names).toContain(name);
    // Postern serves what is asked for without a body. With a body, a row may want another body than this.
    for (const name of names.filter((one) => /^(GET|HEAD|DELETE) /.test(one))) expect([...served]).toContain(name);
    for (const { identity } of requests) expect([null, "sip:alice@contoso.test"]).toContain(identity);
  });
});

describe("S-31: the ticket in a cookie", () => {
  it("is one for photos of an application, and nowhere else, whatever follows a row's path", async () => {
    const photos = `${application}/photos/alice@contoso.test`;
    const elsewhere = rows
      .filter(({ kind }) => kind === "ticket")
      .flatMap(({ path }) => {
        const address = addressOf(path);
        return path.endsWith("/*") ? [address, address.replace(/\/x$/, photos), `${address}/photos`] : [address];
      });
    const more = [`${application}/photosx`, `${application}/me/photos/x`, photos.replace("/oauth", ""), application];
    const cookie = `cwt_ucwa=${ticket}`;
    const { requests } = await gateway.arrivals(async () => {
      await inParallel([...elsewhere, ...more], 8, async (path) => {
        for (const method of ["GET", "POST"]) {
          const { status } = await gateway.send({ path, method, headers: { cookie } });
          expect([401, 405], `${method} ${path}`).toContain(status);
        }
      });
      expect((await gateway.send({ path: photos, headers: { cookie } })).status).toBe(200);
    });
    expect(requests.map(({ path, identity }) => [path, identity])).toEqual([[photos, "sip:alice@contoso.test"]]);
  });
});
