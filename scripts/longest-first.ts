import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files that take about half a minute and more, nearly all of it waiting. Begun last, they would keep a run going alone. */
const LONGEST = [
  "src/api/routes/devices.test.ts",
  "test/conformance/certificate.test.ts",
  "test/conformance/people.test.ts",
  "test/conformance/overload.test.ts",
  "test/conformance/polls.test.ts",
  "src/sign-in/lockout-attacks.test.ts",
  "src/api/routes/rename.test.ts",
  "test/conformance/device-ids.test.ts",
  "test/conformance/devices.test.ts",
  "test/conformance/device-identity.test.ts",
  "test/conformance/device-command.test.ts",
];

/** Vitest's own order, with the files of {@link LONGEST} first, because CI has no durations of an earlier run. */
export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const at = LONGEST.findIndex((file) => moduleId.endsWith(`/${file}`));
      return at === -1 ? LONGEST.length : at;
    };
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}
