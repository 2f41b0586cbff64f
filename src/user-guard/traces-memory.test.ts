// The guard keeps in memory which device runs an application, and where a device named itself. The memory must say what
// the tables say, after every write that changes them, and spare reading them.

import { runInDurableObject } from "cloudflare:test";
import fc from "fast-check";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { eventsOf } from "../../test/kit/attempts.ts";
import { apply, owner } from "../../test/kit/devices.ts";
import { ABOUT } from "../../test/kit/events.ts";
import { LazyTables } from "../guards/storage.ts";
import { briefly } from "../guards/ticket-question.ts";
import { PartnershipTable } from "./partnership-table.ts";
import { SCHEMA_STEPS } from "./schema.ts";

const APPS = Array.from({ length: 70 }, (_, index) => `app ${index}`);
const DEVICES = ["d_1", "d_2"];
const PLACES = ["203.0.113.7 client", "198.51.100.1 client", "2001:db8:1:2::/64 client"];
const MONTH_MS = 31 * 86_400_000;

beforeEach(async () => {
  vi.spyOn(console, "log").mockImplementation(() => undefined); // Postern logs each decision
  await apply({});
});

type Step =
  | { readonly kind: "runs"; readonly app: string; readonly device: string }
  | { readonly kind: "named"; readonly device: string; readonly place: string }
  | { readonly kind: "removed" | "traceless"; readonly device: string }
  | { readonly kind: "replaced" | "later" };

const device = fc.constantFrom(...DEVICES);
const steps = fc.array(
  fc.oneof(
    { weight: 20, arbitrary: fc.record({ kind: fc.constant("runs" as const), app: fc.constantFrom(...APPS), device }) },
    {
      weight: 5,
      arbitrary: fc.record({ kind: fc.constant("named" as const), device, place: fc.constantFrom(...PLACES) }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("removed" as const, "traceless" as const), device }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("replaced" as const, "later" as const) }) },
  ),
  { minLength: 60, maxLength: 200 },
);

describe("S-28: what recognises a device, in the guard's memory", () => {
  it("is what the tables say, whatever was written, forgotten or put in their place", async () => {
    const who = await owner();
    await who.signIn("p_1");
    await runInDurableObject(who.guard as DurableObjectStub, (_, { storage }) => {
      const tables = new LazyTables(storage, SCHEMA_STEPS);
      fc.assert(
        fc.property(steps, (taken: Step[]) => {
          for (const table of ["applications", "named_places"]) tables.exec(`DELETE FROM ${table}`).toArray();
          const table = new PartnershipTable(tables);
          let now = 1_790_000_000_000;
          for (const step of taken) {
            now++;
            if (step.kind === "runs") table.rememberApplication(step.app, step.device, now);
            else if (step.kind === "named") table.rememberPlace(step.device, step.place, now);
            else if (step.kind === "removed") table.remove(step.device);
            else if (step.kind === "traceless") table.forgetTraces(step.device);
            else if (step.kind === "later") now += MONTH_MS;
            else {
              // As after a move or a restore: other rows, and the copies are dropped.
              tables.exec("DELETE FROM applications WHERE id < 'app 4'").toArray();
              tables.exec("UPDATE named_places SET at = at - 86400000").toArray();
              table.forget();
            }
            const asleep = new PartnershipTable(tables);
            for (const app of APPS.filter((_, index) => index % 7 === now % 7)) {
              expect(table.deviceOfApplication(app), app).toBe(asleep.deviceOfApplication(app));
            }
            for (const id of DEVICES) {
              for (const place of PLACES) expect(table.namedAt(id, place, now)).toBe(asleep.namedAt(id, place, now));
            }
          }
        }),
        { numRuns: 10 },
      );
    });
  });

  it("spares the rows: a second request below an application, or from a place, reads none", async () => {
    const who = await owner();
    await who.signIn("p_1");
    await runInDurableObject(who.guard as DurableObjectStub, (_, { storage }) => {
      const tables = new LazyTables(storage, SCHEMA_STEPS);
      new PartnershipTable(tables).rememberApplication("app 1", "d_1", 1);
      new PartnershipTable(tables).rememberPlace("d_1", "203.0.113.7 client", 1);
      let asked = 0;
      const exec = (...of: Parameters<LazyTables["exec"]>) => {
        asked++;
        return tables.exec(...of);
      };
      const counted = Object.create(tables, {
        exec: { value: exec },
        exist: { value: () => true },
      }) as LazyTables;
      const table = new PartnershipTable(counted);
      const look = () => [table.deviceOfApplication("app 1"), table.namedAt("d_1", "203.0.113.7 client", 2)];
      expect([look(), asked]).toEqual([["d_1", true], 2]);
      expect([look(), asked]).toEqual([["d_1", true], 2]);
    });
  });
});

describe("S-39: a request that is refused", () => {
  it("has everything in the audit, though the question told it in one text", async () => {
    const who = await owner();
    const ticket = await who.signIn("p_1");
    const verdict = await who.guard.verdictOn({
      id: ticket ?? "none",
      use: { kind: "service" },
      source: { network: ABOUT.source, country: "DE", asn: 3320, city: "Kiel" },
      brief: briefly(ABOUT),
    });
    expect(verdict).toBe("refused");
    const { requestId, host, source, userAgent } = ABOUT;
    const told = {
      requestId,
      host,
      source,
      userAgent,
      channel: "ticket",
      workstation: "",
      country: "DE",
      city: "Kiel",
    };
    expect(await eventsOf(who.guard)).toMatchObject([{ outcome: "refused", ...told }]);
  });
});
