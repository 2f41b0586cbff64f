// Each public host has a role. The test asks for every row on a host of every role. A row that the role does not have
// gets the 404 of anything that is not published. Also: meeting links as Topology Builder makes them.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { send } from "../../simulator/test-client.ts";
import { type HostRole, PUBLISH_TABLE } from "../../src/core/http/publish.ts";
import { phoneTicket } from "./support/devices.ts";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";
import { lookAlikesOf } from "./support/look-alikes.ts";
import { inParallel, rawSend } from "./support/raw-http.ts";
import { shapeOf } from "./support/shape.ts";

let gateway: TestGateway;
let ticket: string;
beforeAll(async () => {
  gateway = await startTestGateway();
  ticket = await phoneTicket(gateway, gateway.alice);
});
afterAll(() => gateway?.stop());

const HOSTS: Readonly<Record<HostRole, string>> = {
  web: "web.contoso.test",
  discovery: "lyncdiscover.contoso.test",
  meet: "meet.contoso.test",
  "dial-in": "dialin.contoso.test",
};
const ROLES = Object.keys(HOSTS) as HostRole[];

describe("S-38: roles and rows", () => {
  it.each(ROLES)("a %s host has its rows, and with a good ticket too every other is the same 404", async (role) => {
    const host = HOSTS[role];
    const nothing = shapeOf(await gateway.send({ host, path: "/cscp" }));
    expect(nothing.status).toBe(404);
    const closed = PUBLISH_TABLE.filter(
      ({ path, access, hosts }) => path !== "/" && (access.kind === "closed" || !hosts.includes(role)),
    );
    const { requests } = await gateway.arrivals(() =>
      inParallel(closed, 8, async ({ path, methods }) => {
        for (const method of methods.length === 0 ? ["GET"] : methods) {
          const headers = { authorization: `Bearer cwt=${ticket}` };
          const answer = await gateway.send({ host, path: path.replace("/*", "/x"), method, headers });
          if (method === "HEAD") expect(answer.status, `HEAD ${path}`).toBe(404);
          else expect(shapeOf(answer), `${method} ${path}`).toEqual(nothing);
        }
      }),
    );
    expect(requests).toEqual([]);
    const open = PUBLISH_TABLE.filter(({ access, hosts }) => access.kind !== "closed" && hosts.includes(role));
    await inParallel(open, 8, async ({ path, methods: [method = "GET"] }) => {
      const answer = await gateway.send({ host, path: path.replace("/*", "/x"), method });
      expect(answer.status, `${method} ${path}`).not.toBe(404);
    });
  });
});

describe("meeting links on hosts of their own", () => {
  it.each([
    ["meet.contoso.test", "/alice/ABC123", "Join the meeting"],
    ["meet.contoso.test", "/alice/ABC123?sl=1", "Join the meeting"],
    ["meet.contoso.test", "/o'neill/ABC123", "Join the meeting"],
    ["meet.contoso.test", "/", "Join the meeting"],
    ["meet.contoso.test", "/JavaScriptResourceHandler.ashx?lcs_se=1", "L_Texts"],
    ["meet.contoso.test", "/meet/alice/ABC123", "Join the meeting"],
    ["dialin.contoso.test", "/", "Dial-in"],
    ["dialin.contoso.test", "/Conference.aspx", "Dial-in"],
    ["dialin.contoso.test", "/JavaScriptResourceHandler.ashx", "L_Texts"],
    ["web.contoso.test", "/contoso.test/meet/alice/ABC123", "Join the meeting"],
    ["web.contoso.test", "/Contoso.Test/dialin/Conference.aspx", "Dial-in"],
    ["web.contoso.test", "/meet/alice/ABC123", "Join the meeting"],
  ])("%s%s: served, as it was asked for", async (host, path, says) => {
    const { requests } = await gateway.arrivals(async () => {
      const answer = await gateway.send({ host, path });
      expect([answer.status, answer.text.includes(says)]).toEqual([200, true]);
      expect(answer.headers.server).toBeUndefined();
    });
    expect(requests.map((each) => each.host + each.path)).toEqual([host + path]);
  });

  it.each([
    ["web.contoso.test", "/alice/ABC123"],
    ["web.contoso.test", "/fabrikam.test/meet/alice/ABC123"],
    ["web.contoso.test", "/contoso.test/cscp"],
    ["lyncdiscover.contoso.test", "/alice/ABC123"],
    ["lyncdiscover.contoso.test", "/contoso.test/meet/alice/ABC123"],
  ])("S-38: %s%s is not published", async (host, path) => {
    const { requests } = await gateway.arrivals(async () => {
      expect((await gateway.send({ host, path })).status).toBe(404);
    });
    expect(requests).toEqual([]);
  });

  it("S-34: methods and limits are those of /meet", async () => {
    const host = HOSTS.meet;
    const ask = async (method: string, body?: string): Promise<number> =>
      (await gateway.send({ host, path: "/alice/ABC123", method, ...(body === undefined ? {} : { body }) })).status;
    expect([await ask("HEAD"), await ask("POST", "x")]).toEqual([200, 200]);
    expect([await ask("PUT", "x"), await ask("DELETE"), await ask("TRACE")]).toEqual([405, 405, 405]);
    expect(await ask("POST", "x".repeat(1024 * 1024 + 1))).toBe(413);
  });

  it("S-32: every directory in every look-alike is refused on a meet host too", async () => {
    const spellings = [
      ...lookAlikesOf("/webticket/oauthtoken"),
      ...lookAlikesOf("/alice/abc123"),
      "/alice/..%2fcscp",
      "/alice/../cscp",
      "/%63scp",
      "/CSCP/",
      "/Ucwa/v1/applications",
    ];
    const { requests } = await gateway.arrivals(() =>
      inParallel(spellings, 16, async (target) => {
        const { status } = await rawSend(gateway, { target, host: HOSTS.meet });
        expect([400, 404], target).toContain(status);
      }),
    );
    expect(requests).toEqual([]);
  });

  it("S-31: no credential goes along", async () => {
    const { requests } = await gateway.arrivals(async () => {
      const headers = {
        authorization: `Bearer cwt=${ticket}`,
        "x-ms-webticket": `cwt=${ticket}`,
        cookie: "cwt_ucwa=x; a=1",
        "x-forwarded-for": "10.0.0.1",
      };
      await gateway.send({ host: HOSTS.meet, path: "/alice/ABC123", headers });
    });
    expect(Object.keys(requests[0]?.headers ?? {}).sort()).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(authorization|x-ms-webticket|x-forwarded-for)$/)]),
    );
    expect(requests[0]?.headers.cookie).toMatch(/^a=/);
  });

  it("the simulator itself shows a leak: a directory is served on its meet host, too", async () => {
    const answer = await send(gateway.simulator, { host: HOSTS.meet, path: "/cscp/x" });
    expect(answer.text).toContain("should never have been reached");
  });
});
