// A UCWA client as a device, in both of UCWA's languages. Its EndpointId makes a partnership, and another device with
// the same app password gets nothing. Approval and blocking decide about it. When it is blocked while it waits for
// events, it hears none.

import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { demoUsers } from "../../../simulator/simulator.ts";
import { type AdministeredGateway, startAdministered } from "../administered.ts";
import { describeClient } from "../requirements.ts";
import { type End, UcwaClient, type UcwaOptions } from "./client.ts";
import { JSON_DIALECT, XML_DIALECT } from "./dialects.ts";

const PHONE = "RTCC/7.0.0.0 UCWA/7.0.0.0 AndroidLync/6.25.0.27 (SM-G930U Android 8.0.0)";
const WAITING_MS = 60_000;

describeClient("a UCWA client", [{ file: "curl", debianPackage: "curl" }], () => {
  let gateway: AdministeredGateway;
  const running: UcwaClient[] = [];
  beforeAll(async () => {
    gateway = await startAdministered();
  });
  afterEach(() => {
    for (const client of running.splice(0)) client.close();
  });
  afterAll(() => gateway?.stop());

  let phones = 0;
  /** The id of a phone that Postern has never seen. */
  const newEndpointId = () => `5a1e0000-0000-4000-8000-${String(++phones).padStart(12, "0")}`;

  /** Starts a client, and does not wait for its end. */
  function start(options: Pick<UcwaOptions, "place" | "dialect" | "wait">, endpointId: string) {
    const client = new UcwaClient({ ...options, device: { endpointId, userAgent: PHONE, type: "Phone" } });
    running.push(client);
    return { client, end: client.run() };
  }

  /** Waits until the client's poll is open; fails when it ends before. */
  async function polling({ client, end }: ReturnType<typeof start>): Promise<void> {
    const ended = end.then((why) => Promise.reject(new Error(`${why}: ${client.refusal}`)));
    const id = () => client.application.split("/").at(-1) ?? "";
    const open = vi.waitFor(
      () => {
        const polls = gateway.simulator.ledger().requests.filter(({ path }) => path.includes(`/${id()}/events`));
        if (id() === "" || polls.every(({ status }) => status !== null)) throw new Error("no poll is open");
      },
      { timeout: WAITING_MS, interval: 20 },
    );
    await Promise.race([open, ended]);
    ended.catch(() => undefined);
  }

  /** Makes an event for the client's user. `what` is found again in what the client hears. */
  async function happen(client: UcwaClient, what: string): Promise<void> {
    const application = client.application.split("/").at(-1);
    const body = JSON.stringify({ application, event: { type: what } });
    expect((await fetch(`${gateway.frontEnd}/_sim/event`, { method: "POST", body })).status).toBe(200);
  }

  const hears = (client: UcwaClient, what: string) =>
    vi.waitFor(() => expect(client.heard.at(-1)).toContain(what), { timeout: WAITING_MS, interval: 20 });

  describe.each([
    { language: "JSON", dialect: JSON_DIALECT },
    { language: "XML", dialect: XML_DIALECT },
  ])("that speaks $language", ({ language, dialect }) => {
    /** The user's phone in the tests of this language: alice's in one, bob's in the other. */
    const owner = () => (language === "JSON" ? gateway.alice : gateway.bob);
    let endpointId = "";

    it("finds its way at the Front-End itself, and hears of what happens", async () => {
      const password = demoUsers.find(({ upn }) => upn === owner().upn)?.directoryPassword ?? "";
      const place = { ...gateway.placeOf(owner()), baseUrl: gateway.frontEnd, password };
      const phone = start({ place, dialect }, newEndpointId());
      await polling(phone);
      await happen(phone.client, "at-the-front-end");
      await hears(phone.client, "at-the-front-end");
      phone.client.close();
      expect(await phone.end).toBe("closed" satisfies End);
    });

    it("quarantined where approval is needed, is forbidden in its own language and asks no more", async () => {
      await gateway.administrator.settings(owner(), { enrolment: "approval" });
      endpointId = newEndpointId();
      const { client, end } = start({ place: gateway.placeOf(owner()), dialect }, endpointId);
      expect(await end).toBe("forbidden" satisfies End);
      expect(client.refusal).toMatch(
        language === "JSON" ? /^\{"code":"Forbidden"/ : /<property name="code">Forbidden</,
      );
      expect(client.asked.map(({ status }) => status)).toEqual([200, 401, 200, 403]);
      expect(await gateway.administrator.device(owner(), endpointId)).toMatchObject({
        key: `endpoint:${endpointId}`,
        state: "quarantined",
        facts: { type: "phone", platform: "android", product: "AndroidLync", version: "6.25.0.27", model: "SM-G930U" },
      });
    });

    it("approved, hears of what happens; another device with its stolen password gets nothing meanwhile", async () => {
      await gateway.administrator.decide(owner(), endpointId, "approve");
      const place = gateway.placeOf(owner());
      const phone = start({ place, dialect }, endpointId);
      await polling(phone);

      const stolenBy = newEndpointId();
      const thief = start({ place, dialect }, stolenBy);
      expect(await thief.end).toBe("forbidden" satisfies End);
      expect(thief.client.application).toBe("");
      expect(await gateway.administrator.device(owner(), stolenBy)).toBeUndefined();

      for (const what of ["first", "second"]) {
        await happen(phone.client, what);
        await hears(phone.client, what);
      }
      expect(phone.client.heard).toHaveLength(2);
      phone.client.close();
      expect(await phone.end).toBe("closed" satisfies End);
    });

    it("waits and asks again when the Front-End fails", async () => {
      const waits: number[] = [];
      const wait = async (ms: number) => void waits.push(ms);
      const phone = start({ place: gateway.placeOf(owner()), dialect, wait }, endpointId);
      await polling(phone);
      const served = new URL(phone.client.application).pathname;
      const body = JSON.stringify({ path: `${served}/events`, kind: "drop", times: 1 });
      expect((await fetch(`${gateway.frontEnd}/_sim/fail`, { method: "POST", body })).status).toBe(204);
      await happen(phone.client, "before-the-failure");
      await vi.waitFor(() => expect(waits).toEqual([10_000]), { timeout: WAITING_MS, interval: 20 });
      await happen(phone.client, "after-the-failure");
      await hears(phone.client, "after-the-failure");
    });

    it("S-17: blocked while it waits for events, hears none, and stops", async () => {
      const phone = start({ place: gateway.placeOf(owner()), dialect }, endpointId);
      await polling(phone);
      await gateway.administrator.decide(owner(), endpointId, "block");
      const asked = phone.client.asked.length;
      await happen(phone.client, "too-late");
      expect(await phone.end).toBe("signed-out" satisfies End);
      expect(phone.client.heard).toEqual([]);
      expect(phone.client.asked.slice(asked).map(({ status }) => status)).toEqual([401]);
    });
  });
});
