// A user follows the directory, and an administrator's decisions stand, in whatever order both come.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LONG_RUNS } from "../../../test/kit/runs.ts";
import { DIRECTORY_STATES, type DirectoryPerson, isNothing, type KnownPerson, statusOf, stepsFor } from "./plan.ts";

const ADA: DirectoryPerson = {
  ...{ sipUri: "sip:ada@corp.test", upn: "ada@ad.test", domain: "CORP", account: "ada" },
  ...{
    displayName: "Ada",
    mail: null,
    mobile: null,
    sid: "S-1-5-21-1-2-3-4",
    language: null,
    pool: null,
    groups: ["a", "b"],
  },
};
const KNOWN: KnownPerson = { state: "in", held: false, told: true, disabled: false, person: ADA };

/** What the steps do, as the API carries them out. */
function carriedOut(known: KnownPerson, said: Parameters<typeof stepsFor>[1]): KnownPerson {
  const { disable, enable, rename, details, state } = stepsFor(known, said);
  const changes = said.person !== undefined && (rename || details.length > 0);
  return {
    ...{ state: state ?? known.state, held: known.held, told: true },
    disabled: (known.disabled || disable) && !enable,
    person: changes && said.person ? said.person : known.person,
  };
}

/** What an administrator may do: enabling is refused while the directory shuts out. */
const byHand = (known: KnownPerson, what: "disable" | "enable"): KnownPerson => {
  if (what === "disable") return { ...known, disabled: true, held: true };
  return known.state === "in" ? { ...known, disabled: false, held: false } : known;
};

const groups = fc.uniqueArray(fc.constantFrom("a", "b", "c"));
const persons = fc
  .record({ sipUri: fc.constantFrom("sip:a@b.c", "sip:d@e.f"), upn: fc.constantFrom(null, "x@y.z"), groups })
  .map((changes): DirectoryPerson => ({ ...ADA, ...changes }));
const saids = fc.oneof(
  fc.record({ state: fc.constant("in" as const), person: persons }),
  fc.record({
    state: fc.constantFrom(...DIRECTORY_STATES.filter((state) => state !== "in")),
    person: fc.option(persons, { nil: undefined }),
  }),
);
const events = fc.oneof(saids, fc.constantFrom("disable" as const, "enable" as const));

describe("S-46 S-55: a user who follows a directory", () => {
  it("is never enabled while held, or while the directory shuts the person out; and is what it said last", () => {
    fc.assert(
      fc.property(fc.array(events, { maxLength: 12 }), (all) => {
        let known = KNOWN;
        let held = false;
        for (const event of all) {
          known = typeof event === "string" ? byHand(known, event) : carriedOut(known, event);
          if (event === "disable") held = true;
          if (event === "enable" && known.state === "in") held = false;
          expect(known.held).toBe(held);
          expect(known.disabled).toBe(held || known.state !== "in");
          if (typeof event !== "string") {
            expect(known.state).toBe(event.state);
            if (event.person) expect(new Set(known.person.groups)).toEqual(new Set(event.person.groups));
          }
        }
      }),
      { numRuns: LONG_RUNS ? 5_000 : 500 },
    );
  });

  it("is left alone when the same is said again", () => {
    fc.assert(
      fc.property(saids, fc.boolean(), fc.boolean(), (said, disabled, held) => {
        const after = carriedOut({ ...KNOWN, disabled: disabled || held, held }, said);
        expect(stepsFor(after, said)).toSatisfy(isNothing);
      }),
    );
  });
});

describe("the steps for a person", () => {
  it("are the strongest in one word", () => {
    const moved = { ...ADA, sipUri: "sip:king@corp.test", mail: "king@corp.test" };
    const status = (known: Partial<KnownPerson>, said: Parameters<typeof stepsFor>[1]) =>
      statusOf(stepsFor({ ...KNOWN, ...known }, said));
    expect(status({}, { state: "expired", person: moved })).toBe("disabled");
    expect(status({ state: "out", disabled: true }, { state: "in", person: moved })).toBe("renamed");
    expect(status({ state: "out", disabled: true }, { state: "in", person: ADA })).toBe("enabled");
    expect(status({}, { state: "in", person: { ...ADA, mail: "a@b.c" } })).toBe("changed");
    expect(status({}, { state: "in", person: { ...ADA, groups: ["b", "a"] } })).toBe("unchanged");
    expect(status({ told: false }, { state: "in", person: ADA })).toBe("changed");
  });

  it("name each detail that differs", () => {
    const person = { ...ADA, sid: null, groups: ["a"], mobile: "1" };
    expect(stepsFor(KNOWN, { state: "in", person }).details).toEqual(["mobile", "sid", "groups"]);
  });
});
