import { exports as ownClasses, env as workerEnv } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { variablesWith } from "../../test/kit/variables.ts";
import { readConfig } from "./config.ts";
import { guardClassFaults } from "./guards.ts";

const faults = (changes: Readonly<Record<string, unknown>>): readonly string[] => {
  const result = readConfig(variablesWith(changes));
  return "faults" in result ? result.faults : [];
};

const REQUIRED = ["DB", "USER_GUARD", "SOURCE_GUARD", "GUEST_GUARD", "ANONYMOUS_SERVICES", "ANONYMOUS_PAGES"] as const;

describe("S-37: a binding", () => {
  it.each(REQUIRED)("%s that is missing is one fault with its fix", (name) => {
    expect(faults({ [name]: undefined })).toEqual([
      expect.stringMatching(new RegExp(`^${name} is missing: .* Add \\[\\[env\\.production\\..*"${name}".*\\.$`)),
    ]);
  });

  it("all missing are named at once, with everything else that is wrong", () => {
    const nothing = Object.fromEntries(REQUIRED.map((name) => [name, undefined]));
    const found = faults({ ...nothing, ORIGIN: undefined, CHALLENGE: "Basic" });
    expect(found.map((each) => each.split(" ")[0])).toEqual(["CHALLENGE", "FRONT_END", ...REQUIRED]);
  });

  it.each([...REQUIRED, "ORIGIN", "CONNECTOR", "METRICS"])(
    "%s that is bound to something else is one fault with its fix",
    (name) => {
      const { DB, USER_GUARD, ANONYMOUS_PAGES, ORIGIN } = variablesWith({});
      const kinds = { DB, USER_GUARD, ANONYMOUS_PAGES };
      const right = Object.entries(kinds).find(([each]) => each.slice(-5) === name.slice(-5))?.[0];
      for (const wrong of [
        "text",
        {},
        ...Object.entries(kinds).flatMap(([each, value]) => (each === right ? [] : [value])),
      ]) {
        if (wrong === ANONYMOUS_PAGES && name.startsWith("ANONYMOUS")) continue;
        const found = faults({ [name]: wrong }).filter((each) => each.startsWith(`${name} `));
        expect(found).toEqual([
          expect.stringMatching(new RegExp(`^${name} is bound to something else than .* Add .*\\.$`)),
        ]);
      }
      if (name !== "ORIGIN" && name !== "CONNECTOR") expect(faults({ [name]: ORIGIN })).toHaveLength(1);
    },
  );

  it("of a guard that leads to another guard's class is a fault that names both", () => {
    const { USER_GUARD, SOURCE_GUARD, GUEST_GUARD } = workerEnv;
    expect(guardClassFaults(workerEnv, ownClasses)).toEqual([]);
    expect(guardClassFaults({ USER_GUARD: SOURCE_GUARD, SOURCE_GUARD: USER_GUARD, GUEST_GUARD }, ownClasses)).toEqual([
      'USER_GUARD is bound to the class SourceGuard. Write class_name = "UserGuard" beside it in wrangler.toml.',
      'SOURCE_GUARD is bound to the class UserGuard. Write class_name = "SourceGuard" beside it in wrangler.toml.',
    ]);
    expect(guardClassFaults({ USER_GUARD: "text", SOURCE_GUARD: {}, GUEST_GUARD: undefined }, ownClasses)).toEqual([]);
  });
});
