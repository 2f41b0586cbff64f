// What UCWA clients say in their headers, and in which of UCWA's own types. It reaches the Front-End from a single
// request and from inside a batch. Postern's own answers are in the client's type.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BATCHING, batchOf, HOST_LINE, request } from "../kit/batches.ts";
import { phoneOf, startApplication } from "./support/devices.ts";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";
import { APPLICATIONS } from "./support/presenting.ts";
import { compactTicket } from "./support/tickets.ts";

let gateway: TestGateway;
let cwt: string;
let application: string;
beforeAll(async () => {
  gateway = await startTestGateway();
  cwt = await compactTicket(gateway, gateway.alice);
  application = await startApplication(gateway, cwt, phoneOf(gateway.alice));
});
afterAll(() => gateway?.stop());

const bearer = () => ({ authorization: `Bearer cwt=${cwt}` });

/** What Microsoft's SDK sends with each request, each name in a letter case of its own. */
const SDK_HEADERS = {
  "X-MS-RequiresMinResourceVersion": "2",
  "X-Ms-SDK-Version": "SkypeWeb/0.4.885 master SWX(1.118.30 - Exchange)",
  "x-ms-sdk-host": "Exchange",
  "X-MS-Namespace": "internal",
  "X-Ms-SDK-Instance": "1346633843",
} as const;
const inLowerCase = Object.fromEntries(Object.entries(SDK_HEADERS).map(([name, value]) => [name.toLowerCase(), value]));

describe("S-31: the headers of UCWA clients", () => {
  it("reach the Front-End from a request by itself", async () => {
    const { requests } = await gateway.arrivals(async () => {
      const path = `${application}/people/myGroupMemberships?contactUri=sip:bob@contoso.test`;
      const answer = await gateway.send({ path, method: "POST", headers: { ...bearer(), ...SDK_HEADERS } });
      expect([answer.status, answer.headers["x-ms-ucwaversion"]]).toEqual([204, "2"]);
    });
    expect(requests.map(({ headers }) => headers)).toEqual([expect.objectContaining(inLowerCase)]);
  });

  it("reach it from inside a batch", async () => {
    const lines = Object.entries(SDK_HEADERS).map(([name, value]) => `${name}: ${value}`);
    const groups = `${application}/people/myGroupMemberships?contactUri=sip:bob%40contoso.test`;
    const body = batchOf(
      request([`POST ${groups} HTTP/1.1`, HOST_LINE, ...lines]),
      request([`POST ${groups} HTTP/1.1`, HOST_LINE]),
    );
    const headers = { ...bearer(), "content-type": BATCHING };
    const { requests } = await gateway.arrivals(async () => {
      const answer = await gateway.send({ path: `${application}/batch`, method: "POST", headers, body });
      expect(answer.text.match(/HTTP\/1\.1 \d{3}/g)).toEqual(["HTTP/1.1 204", "HTTP/1.1 405"]);
    });
    expect(requests[1]?.headers).toMatchObject(inLowerCase);
  });

  it("decide which revision of a resource is asked for", async () => {
    for (const [version, status] of [
      ["2", 200],
      ["4.0", 404],
    ] as const) {
      const headers = { ...bearer(), "x-ms-requiresminresourceversion": version };
      expect((await gateway.send({ path: application, headers })).status, version).toBe(status);
    }
  });
});

describe("UCWA's own types, in either spelling", () => {
  const XML =
    '<input xmlns="http://schemas.microsoft.com/rtc/2012/03/ucwa"><property name="culture">de-DE</property>' +
    '<property name="endpointId">phone of alice</property><property name="userAgent">iPhoneLync/6.1</property></input>';
  const JSON_TEXT = JSON.stringify({ culture: "de-DE", endpointId: "phone of alice", userAgent: "iPhoneLync/6.1" });

  it.each([
    ["application/vnd.microsoft.com.ucwa+xml", XML],
    ["application/vnd.microsoft.ucwa+xml", XML],
    ["application/vnd.microsoft.com.ucwa+json", JSON_TEXT],
    ["application/vnd.microsoft.ucwa+json", JSON_TEXT],
  ])("%s: a device names itself", async (type, body) => {
    const headers = { ...bearer(), "content-type": type, accept: type };
    const created = await gateway.send({ path: APPLICATIONS, method: "POST", headers, body });
    expect(created.status).toBe(201);
    if (type.endsWith("xml")) expect(created.headers["content-type"]).toBe(`${type}; charset=utf-8`);
  });

  it.each(["application/vnd.microsoft.com.ucwa+xml", "application/vnd.microsoft.ucwa+xml"])(
    "%s: a device that may not is told so in its own type",
    async (accept) => {
      const unnamed = await compactTicket(gateway, gateway.bob);
      const headers = { authorization: `Bearer cwt=${unnamed}`, accept };
      const refused = await gateway.send({ path: `${application}/me`, headers });
      expect([refused.status, refused.headers["content-type"]]).toEqual([403, `${accept}; charset=utf-8`]);
    },
  );

  it.each(["application/vnd.microsoft.com.ucwa+xml", "application/vnd.microsoft.ucwa+xml"])(
    "%s: discovery answers in it",
    async (accept) => {
      const path = "/Autodiscover/AutodiscoverService.svc/root/oauth/user";
      const answer = await gateway.send({ path, headers: { ...bearer(), accept } });
      expect([answer.status, answer.headers["content-type"]]).toEqual([200, `${accept}; charset=utf-8`]);
    },
  );
});
