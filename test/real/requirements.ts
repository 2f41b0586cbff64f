// Which real programs a test needs, and what happens without them. The tests are skipped and the reason is printed, so
// that `npm test` works on any machine. With POSTERN_REQUIRE_REAL_CLIENTS=1 (as in CI), a missing program is a failing
// test instead.

import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, it } from "vitest";

/**
 * A file that has to exist, or (without a slash) a program on the PATH, and what brings it: a Debian package, or a
 * command.
 */
export type Requirement = { readonly file: string } & (
  | { readonly debianPackage: string }
  | { readonly install: string }
);

function isPresent({ file }: Requirement): boolean {
  if (file.includes("/")) return existsSync(file);
  return (process.env.PATH ?? "").split(delimiter).some((folder) => existsSync(join(folder, file)));
}

/** One sentence naming what is missing and how to install it, or undefined when everything is there. */
export function whatIsMissing(needs: readonly Requirement[]): string | undefined {
  const missing = needs.filter((need) => !isPresent(need));
  if (missing.length === 0) return undefined;
  const packages = missing.flatMap((need) => ("debianPackage" in need ? [need.debianPackage] : []));
  const commands = missing.flatMap((need) => ("install" in need ? [need.install] : []));
  const apt = packages.length === 0 ? [] : [`apt-get install ${[...new Set(packages)].join(" ")}`];
  const how = [...apt, ...new Set(commands)].join(" && ");
  return `${missing.map((need) => need.file).join(", ")} not found; install with: ${how}`;
}

/** `describe` for tests of one real client; see the header for what happens when a program is missing. */
export function describeClient(name: string, needs: readonly Requirement[], body: () => void): void {
  const missing = whatIsMissing(needs);
  if (missing === undefined) {
    describe(name, body);
  } else if (process.env.POSTERN_REQUIRE_REAL_CLIENTS === "1") {
    describe(name, () => {
      it("has its programs installed", () => {
        throw new Error(`${missing} (required because POSTERN_REQUIRE_REAL_CLIENTS=1)`);
      });
    });
  } else {
    console.warn(`SKIPPED ${name}: ${missing}`);
    describe.skip(`${name} [${missing}]`, body);
  }
}
