// The right user with the right device, seen from outside. What does a ticket open before and after its device has
// named itself? Who is refused with a stolen app password? What do blocking, revoking and disabling do to a ticket that
// is in use?

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestRequest, TestResponse } from "../../simulator/test-client.ts";
import type { WhyAnswer } from "../../src/api/device-answers.ts";
import type { DevicePageAnswer, ListedDeviceAnswer } from "../../src/api/schemas/device-list.ts";
import { LONG_RUNS } from "../kit/runs.ts";
import { startApplication } from "./support/devices.ts";
import { type Person, startTestGateway, type TestGateway } from "./support/gateway.ts";
import {
  APPLICATIONS,
  asBearer,
  asBearerSoap,
  asCompact,
  asOpaque,
  asProof,
  creation,
  GROUP_EXPANSION,
  ROOT_OAUTH_USER,
  ROOT_USER,
  soap,
} from "./support/presenting.ts";
import { shapeOf } from "./support/shape.ts";
import { accessTokenIn, compactTicket, grantRequest, type SamlTicket, samlTicket } from "./support/tickets.ts";

/** Carol's app passwords, each waiting for a device. */
const CAROLS = LONG_RUNS ? 100 : 30;
let gateway: TestGateway;
let spare: Person[];

beforeAll(async () => {
  const user = (account: string) => {
    const upn = `${account}@contoso.test`;
    return { sipUri: `sip:${upn}`, upn, domain: "CONTOSO", account };
  };
  const others = Array.from({ length: 20 }, (_, n) => user(`dan${n}`));
  const carols = Array.from({ length: CAROLS }, () => user("carol"));
  gateway = await startTestGateway({
    moreUsers: [...others, ...carols],
    simulator: { newcomersAt: "contoso.test" },
  });
  spare = gateway.others.filter(({ account }) => account !== "carol");
});
afterAll(() => gateway?.stop());

/** Somebody without a device. */
function unused(): Person {
  const person = spare.pop();
  if (person === undefined) throw new Error("more users are needed");
  return person;
}

async function administer(path: string, body?: object): Promise<TestResponse> {
  const answer = await gateway.send({
    path: `/v1/${path}`,
    host: gateway.adminHost,
    headers: { authorization: `Bearer ${gateway.adminKey}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
  });
  expect(answer.status, answer.text).toBe(200);
  return answer;
}

async function devicesOf(sipUri: string): Promise<ListedDeviceAnswer[]> {
  const { text } = await administer(`devices?user=${encodeURIComponent(sipUri)}`);
  return [...(JSON.parse(text) as DevicePageAnswer).items];
}

const named = async ({ sipUri }: Person, key: string): Promise<ListedDeviceAnswer | undefined> => {
  const find = async () => (await devicesOf(sipUri)).find((one) => one.key === key);
  await expect.poll(find, { timeout: 60_000 }).toBeDefined();
  return find();
};

const naming = (cwt: string, endpointId: string): TestRequest => {
  const request = creation(endpointId);
  return { ...request, headers: { ...request.headers, authorization: `Bearer cwt=${cwt}` } };
};

describe("a ticket whose device has not named itself", () => {
  it("discovers the user's resources, and opens nothing else in any row", async () => {
    const who = unused();
    const cwt = await compactTicket(gateway, who);
    for (const path of [ROOT_USER, ROOT_OAUTH_USER]) expect((await gateway.send(asBearer(cwt, path))).status).toBe(200);
    const ledger = await gateway.arrivals(async () => {
      for (const path of [
        ...[`${APPLICATIONS}/100000000001`, `${APPLICATIONS}/100000000001/events?ack=1`, "/ucwa/v1/x", APPLICATIONS],
        ...["/abs/handler", "/Reach/sip.svc", "/scheduler", "/conf/x", "/RgsClients/x", GROUP_EXPANSION],
      ]) {
        const { status, headers } = await gateway.send(asCompact(cwt, path));
        expect([path, status, headers["www-authenticate"]]).toEqual([path, 403, undefined]);
      }
    });
    expect(ledger.requests).toEqual([]);
  });

  it("opens UCWA once the device has named itself, and each other ticket of the app password in turn", async () => {
    const who = unused();
    const [first, second] = [await compactTicket(gateway, who), await compactTicket(gateway, who)];
    const application = await startApplication(gateway, first, "endpoint-first");
    expect((await gateway.send(asBearer(first, `${application}/me`))).status).toBe(200);
    // The application belongs to this device. So the ticket of its next sign-in is recognised at that application, and
    // nowhere else.
    expect((await gateway.send(asBearer(second, `${application}/me`))).status).toBe(200);
    expect((await gateway.send(asBearer(second, "/abs/handler"))).status).toBe(403);
    await startApplication(gateway, second, "endpoint-first");
    expect((await gateway.send(asCompact(second, "/abs/handler"))).status).toBe(200);
  });

  it("S-28: of a desktop opens its address book at the place where it fetched its certificate, and nothing else", async () => {
    const who = unused();
    const home = at("198.51.100.77");
    const [certificates, addressBook] = [await samlTicket(home, who), await samlTicket(home, who)];
    const opens = (from: Pick<TestGateway, "send">, path: string) => statusOf(from, addressBook, path);
    expect(await opens(home, "/abs/handler")).toBe(403);
    expect((await home.send(asProof(certificates, who.upn, "{0b7cd3a2-0000-4000-8000-000000000001}"))).status).toBe(
      200,
    );
    await new Promise((resolve) => setTimeout(resolve, 3_100)); // a refusal is reused for three seconds
    expect(await opens(home, "/abs/handler")).toBe(200);
    expect((await home.send(asBearerSoap(addressBook))).status).toBe(200);
    for (const path of OTHER_SERVICES) expect([path, await opens(home, path)]).toEqual([path, 403]);
    // The ticket is good at that place. It is not good from another continent, and neither is a ticket that was got
    // there.
    expect(await opens(at("192.0.2.99"), "/abs/handler")).toBe(403);
    expect((await at("192.0.2.99").send(asBearerSoap(addressBook))).status).toBe(403);
    const elsewhere = await samlTicket(gateway, who);
    expect(await statusOf(gateway, elsewhere, "/abs/handler")).toBe(403);
    // The ticket that named the device is good everywhere, wherever the desktop goes.
    for (const path of ["/abs/handler", ...OTHER_SERVICES]) {
      const { requests } = await gateway.arrivals(() => statusOf(at("192.0.2.99"), certificates, path));
      expect([path, requests.length]).toEqual([path, 1]);
    }
  });

  it("S-28: is not a desktop's by its address and client string: not by the password grant, nor on another machine", async () => {
    const who = unused();
    const home = at("198.51.100.78");
    const certificates = await samlTicket(home, who);
    expect((await home.send(asProof(certificates, who.upn, "{0b7cd3a2-0000-4000-8000-000000000002}"))).status).toBe(
      200,
    );
    const other = await samlTicket(home, who, { workstation: "LAPTOP-OF-A-THIEF" });
    for (const path of ["/abs/handler", ...OTHER_SERVICES]) {
      expect([path, await statusOf(home, other, path)]).toEqual([path, 403]);
    }
    const { upn, password } = who;
    const form = new URLSearchParams({ grant_type: "password", username: upn, password }).toString();
    const granted = accessTokenIn((await home.send(grantRequest(form))).text);
    for (const path of ["/abs/handler", ...OTHER_SERVICES]) {
      expect([path, (await home.send(asCompact(granted, path))).status]).toEqual([path, 403]);
    }
  });
});

/** A client at that address. */
const at = (address: string) => ({
  ...gateway,
  send: (request: TestRequest) =>
    gateway.send({ ...request, headers: { ...request.headers, "cf-connecting-ip": address } }),
});

const statusOf = async (from: Pick<TestGateway, "send">, ticket: SamlTicket, path: string): Promise<number> =>
  (await from.send(asOpaque(ticket.assertion, path))).status;

/** Services that need the ticket that named the device. */
const OTHER_SERVICES = ["/scheduler/x", "/conf/x", "/RgsClients/x", "/PhoneConferencing/x", "/Reach/sip.svc"];

describe("a body in which a device names itself", () => {
  it("goes to the Front-End byte for byte: JSON with any case and a comma too many, and XML", async () => {
    const who = unused();
    const cwt = await compactTicket(gateway, who);
    const json = '{ "userAgent" : "Zürich/1.0",\r\n\t"ENDPOINTID":"bytes-1", "Culture":"de-DE", }';
    const xml =
      '<?xml version="1.0"?>\r\n<input xmlns="http://schemas.microsoft.com/rtc/2012/03/ucwa">' +
      '<property name="culture">de-DE</property><property name="endpointId">bytes-1</property>' +
      '<property name="userAgent">iPhoneLync/6.1</property><property name="type">Phone</property></input>';
    for (const [type, body] of [
      ["application/json", json],
      ["application/vnd.microsoft.com.ucwa+xml", xml],
    ] as const) {
      const { requests } = await gateway.arrivals(async () => {
        const headers = { authorization: `Bearer cwt=${cwt}`, "content-type": type };
        const { status } = await gateway.send({ path: APPLICATIONS, method: "POST", headers, body });
        expect(status).toBe(201);
      });
      expect(requests.map(({ headers }) => headers["content-length"])).toEqual([String(Buffer.byteLength(body))]);
    }
    // The device keeps the facts that it told last, and D1 has them some seconds later.
    await expect
      .poll(() => named(who, "endpoint:bytes-1"), { timeout: 60_000, interval: 500 })
      .toMatchObject({
        state: "allowed",
        facts: { type: "phone", platform: "ios", product: "iPhoneLync", version: "6.1" },
      });
  });

  it.each([
    ["no id", '{"UserAgent":"x","Culture":"en-US"}'],
    ["two ids", '{"UserAgent":"x","EndpointId":"a","endpointId":"b","Culture":"en-US"}'],
    ["an id too long", JSON.stringify({ UserAgent: "x", EndpointId: "e".repeat(101), Culture: "en-US" })],
    ["an id with a line in it", JSON.stringify({ UserAgent: "x", EndpointId: "a\r\nb", Culture: "en-US" })],
    ["no JSON", "EndpointId=a"],
    ["nothing", ""],
  ])("that has %s is a bad request, and is not sent on", async (_, body) => {
    const cwt = await compactTicket(gateway, gateway.alice);
    const headers = { authorization: `Bearer cwt=${cwt}`, "content-type": "application/json" };
    const { requests } = await gateway.arrivals(async () => {
      expect((await gateway.send({ path: APPLICATIONS, method: "POST", headers, body })).status).toBe(400);
    });
    expect(requests).toEqual([]);
  });

  it("under another SOAPAction than the body's is a bad request", async () => {
    const saml = await samlTicket(gateway, gateway.alice);
    const honest = asProof(saml);
    const soapaction = '"http://schemas.microsoft.com/OCS/AuthWebServices/GetCert"';
    const { requests } = await gateway.arrivals(async () => {
      const headers = { ...honest.headers, soapaction };
      expect((await gateway.send({ ...honest, headers })).status).toBe(400);
      expect((await gateway.send({ ...honest, body: soap("").body })).status).toBe(401); // and without a ticket
    });
    expect(requests).toEqual([]);
  });
});

describe("a stolen app password", () => {
  it("opens nothing from a second device, and what it is told is what everybody refused is told", async () => {
    const owner = unused();
    const cwt = await compactTicket(gateway, owner);
    const application = await startApplication(gateway, cwt, "owners-phone");
    const stolen = await compactTicket(gateway, owner);
    const answers: TestResponse[] = [];
    const ledger = await gateway.arrivals(async () => {
      answers.push(await gateway.send(naming(stolen, "thiefs-laptop")));
      answers.push(await gateway.send(asBearer(stolen, `${APPLICATIONS}/100000000001/me`)));
      answers.push(await gateway.send(asBearer(await compactTicket(gateway, unused()), `${application}/me`)));
    });
    const [shape, ...others] = answers.map(shapeOf);
    expect(answers[0]?.status).toBe(403);
    expect(JSON.parse(answers[0]?.text ?? "")).toEqual({ code: "Forbidden", message: "Forbidden." });
    for (const other of others) expect(other).toEqual(shape);
    expect(ledger.requests.filter(({ path }) => path.startsWith("/ucwa"))).toEqual([]);
    expect((await gateway.send(asBearer(cwt, `${application}/me`))).status).toBe(200); // the owner's goes on
  });

  it("S-28: does not help to take another user's device id, and both are told in the audit", async () => {
    const owner = unused();
    await startApplication(gateway, await compactTicket(gateway, owner), "coveted-id");
    const bobs = await compactTicket(gateway, gateway.bob);
    expect((await gateway.send(naming(bobs, "coveted-id"))).status).toBe(403);
    const told = () => gateway.log.filter((line) => line.includes("device-of-another-user"));
    await expect.poll(() => told().length, { timeout: 60_000 }).toBe(2);
    expect(told().join("\n")).toContain(owner.sipUri);
    expect(told().join("\n")).toContain("sip:bob@contoso.test");
  });

  it("S-28: a device id that changes within a ticket is refused, and the ticket goes on as what it was", async () => {
    const who = unused();
    const cwt = await compactTicket(gateway, who);
    const application = await startApplication(gateway, cwt, "constant-id");
    expect((await gateway.send(naming(cwt, "changed-id"))).status).toBe(403);
    expect((await gateway.send(asBearer(cwt, `${application}/me`))).status).toBe(200);
  });
});

describe("S-27: a user's devices", () => {
  it(`are exactly three after ${CAROLS} first sign-ins at once, each with an app password of its own`, async () => {
    const carols = gateway.others.filter(({ account }) => account === "carol");
    expect(carols).toHaveLength(CAROLS);
    const tickets: string[] = [];
    for (const who of carols) tickets.push(await compactTicket(gateway, who));
    const statuses = await Promise.all(
      tickets.map(async (cwt, n) => (await gateway.send(naming(cwt, `carols-${n}`))).status),
    );
    expect(statuses.filter((status) => status === 201)).toHaveLength(3);
    expect(statuses.filter((status) => status === 403)).toHaveLength(CAROLS - 3);
    await expect.poll(async () => (await devicesOf("sip:carol@contoso.test")).length).toBe(3);
  }, 180_000);
});

describe("S-17: after the answer to the administrator, nothing more is served", () => {
  /** A phone in use. Returns its ticket, its application, and its partnership. */
  async function phone(endpointId: string) {
    const who = unused();
    const cwt = await compactTicket(gateway, who);
    const application = await startApplication(gateway, cwt, endpointId);
    const use = () => gateway.send(asBearer(cwt, `${application}/me`));
    expect((await use()).status).toBe(200);
    const partnership = await named(who, `endpoint:${endpointId}`);
    return { who, cwt, use, id: partnership?.id ?? "" };
  }

  it("to a device that is blocked, and once it is approved it signs in and goes on", async () => {
    const { who, use, id } = await phone("to-block");
    await administer(`users/${who.upn}/devices/${id}/block`, { why: "lost" });
    const { requests } = await gateway.arrivals(async () => expect((await use()).status).toBe(401));
    expect(requests).toEqual([]);
    await expect(compactTicket(gateway, who)).rejects.toThrow("401"); // its app password is refused as a wrong one is
    await administer(`users/${who.upn}/devices/${id}/approve`, {});
    const cwt = await compactTicket(gateway, who);
    await startApplication(gateway, cwt, "to-block");
    expect((await gateway.send(asCompact(cwt, "/abs/handler"))).status).toBe(200);
  });

  it("to a device that is forgotten, which may enrol anew", async () => {
    const { who, use, id } = await phone("to-forget");
    await administer(`users/${who.upn}/devices/${id}/forget`, {});
    expect((await use()).status).toBe(401);
    const cwt = await compactTicket(gateway, who);
    expect((await gateway.send(asBearer(cwt, "/abs/handler"))).status).toBe(403);
    await startApplication(gateway, cwt, "another-id-of-the-same-password");
  });

  it("S-29: why is explained in the published order, and ends with the verdict", async () => {
    const { who, id } = await phone("to-explain");
    const { text } = await administer(`users/${who.upn}/devices/${id}/why`);
    const { steps } = JSON.parse(text) as WhyAnswer;
    const order = [
      "user",
      "password",
      "owner",
      "binding",
      "proof",
      "address-book",
      "name",
      "personal-block",
      "key",
      "expiry",
      "pending",
    ];
    order.push("personal-allow", "rules", "own-approval", "quarantine", "authority", "enrolled", "default");
    expect(steps.map(({ step }) => step)).toEqual(order);
    expect(steps.filter(({ outcome }) => outcome === "decided").map(({ step }) => step)).toEqual(["enrolled"]);
  });

  it("to a user who is disabled", async () => {
    const who = gateway.atDesk.bob;
    const cwt = await compactTicket(gateway, who);
    const application = await startApplication(gateway, cwt, "bobs-last");
    await administer(`users/${who.upn}/disable`, {});
    expect((await gateway.send(asBearer(cwt, `${application}/me`))).status).toBe(401);
    await administer(`users/${who.upn}/enable`, {});
  });
});
