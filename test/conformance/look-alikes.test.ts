// S-32 from outside: every protected directory, with a good ticket, in every spelling that IIS, ASP.NET, WCF or NTFS
// could read as another path. The paths of real clients pass, although they have colons, parentheses and apostrophes in
// them.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PUBLISH_TABLE } from "../../src/core/http/publish.ts";
import { phoneTicket } from "./support/devices.ts";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";
import { lookAlikesOf } from "./support/look-alikes.ts";
import { inParallel, rawSend } from "./support/raw-http.ts";

let gateway: TestGateway;
let ticket: string;
beforeAll(async () => {
  gateway = await startTestGateway();
  ticket = await phoneTicket(gateway, gateway.alice);
});
afterAll(() => gateway?.stop());

const bearer = () => `Authorization: Bearer cwt=${ticket}`;
const PROTECTED = PUBLISH_TABLE.filter(({ access }) => access.kind === "ticket" || access.kind === "sign-in");

describe("S-32: look-alikes", () => {
  it.each(PROTECTED.map(({ path, methods }) => [path, methods.includes("POST") ? "POST" : "GET"] as const))(
    "of %s are refused before any row is looked up",
    async (path, method) => {
      const spellings = lookAlikesOf(path.replace("/*", "/x"));
      expect(spellings.length).toBeGreaterThan(100);
      const { requests } = await gateway.arrivals(() =>
        inParallel(spellings, 16, async (target) => {
          const answer = await rawSend(gateway, { target, method, lines: [bearer()] });
          expect(answer.status, `${method} ${target}`).toBe(400);
        }),
      );
      expect(requests).toEqual([]);
    },
  );

  it("of a creation of an application name no device and create nothing", async () => {
    const { requests } = await gateway.arrivals(async () => {
      for (const target of ["/ucwa/oauth/v1/(S(x))/applications", "/ucwa/(A(x)F(y))/v1/applications"]) {
        const lines = [bearer(), "Content-Type: application/json"];
        const body = JSON.stringify({ UserAgent: "x", EndpointId: "thief", Culture: "en-US" });
        expect((await rawSend(gateway, { target, method: "POST", lines, body })).status).toBe(400);
      }
    });
    expect(requests).toEqual([]);
  });
});

describe("S-32: what real clients send", () => {
  const APPLICATION = "/ucwa/oauth/v1/applications/none";
  it.each([
    ["/people/sip:alice@contoso.test/presence", undefined],
    ["/people/sip%3Aalice%40contoso.test", "/people/sip:alice@contoso.test"],
    ["/people/tel:+14255550100", undefined],
    ["/people/con.murphy@contoso.test", undefined],
    ["/photos/o'neill@contoso.test", undefined],
    ["/onlineMeetings/my(1)*,x=$y", undefined],
    ["/communication/conversations/8f2c-41aa==", undefined],
  ])("%s is judged by its row", async (rest, arrives = rest) => {
    const { requests } = await gateway.arrivals(async () => {
      // The application belongs to another device, so the row answers 403. A path that could not be judged would get
      // 400.
      const answer = await rawSend(gateway, { target: APPLICATION + rest, lines: [bearer()] });
      expect([200, 403, 404]).toContain(answer.status);
    });
    for (const { path } of requests) expect(path).toBe(APPLICATION + arrives);
  });

  it.each(["/meet/con.murphy/X1Y2Z3", "/meet/alice/a%20b", "/meetingfiles/M%C3%BCller%E2%80%99s%20Plan"])(
    "%s reaches the Front-End",
    async (target) => {
      const { requests } = await gateway.arrivals(() => rawSend(gateway, { target }));
      expect(requests.map(({ path }) => path)).toEqual([target]);
    },
  );
});
