import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * Files that take longest in a long run, the longest of each project first. Begun last, one of them would keep a run
 * going alone, on one core of several.
 */
export const LONGEST: readonly string[] = [
  "src/api/attacks.test.ts",
  "src/core/ntlm/mutation.test.ts",
  "src/core/ntlm/unpredictable.test.ts",
  "src/core/proof/mutants.test.ts",
  "src/store/meters.test.ts",
  "src/api/routes/devices.test.ts",
  "src/api/leavers.test.ts",
  "src/user-guard/device-walk.test.ts",
  "src/user-guard/own-device-races.test.ts",
  "test/workerd/faults/faults.test.ts",
  "src/core/sts/tokens.test.ts",
  "src/api/routes/directory-sync.test.ts",
  "src/api/routes/rename.test.ts",
  "src/api/routes/user-batch.test.ts",
  "src/sts/passive.test.ts",
  "src/sign-in/lockout-attacks.test.ts",
  "src/user-guard/decision-order.test.ts",
  "src/core/lync/batch.test.ts",
  "src/api/routes/directory-lock.test.ts",
  "test/workerd/ticket-floods.test.ts",
  "src/user-guard/portal-sign-in.test.ts",
  "src/sign-in/attempt.test.ts",
  "src/api/routes/directory-costs.test.ts",
  "src/api/routes/directory.test.ts",
  "src/core/policy/decision-table.test.ts",
  "src/guards/audit-quota.test.ts",
  "src/user-guard/user-lockout.test.ts",
  "src/api/app.test.ts",
  "test/conformance/misbehaving-origin.test.ts",
  "test/conformance/console-input-attacks.test.ts",
  "test/conformance/upgrade.test.ts",
  "test/conformance/silent-polls.test.ts",
  "test/conformance/backup-restore.test.ts",
  "test/conformance/restore-over.test.ts",
  "test/conformance/code-passwords.test.ts",
  "test/conformance/rotation.test.ts",
  "scripts/deploy.test.ts",
  "test/conformance/metrics.test.ts",
  "test/conformance/doctor.test.ts",
  "test/conformance/users-interleaved.test.ts",
  "cli/init.test.ts",
  "scripts/dry-run.test.ts",
  "test/conformance/console-users.test.ts",
  "test/conformance/lockout-neighbour.test.ts",
  "test/conformance/scale.test.ts",
  "test/conformance/trace.test.ts",
  "test/conformance/polls.test.ts",
  "test/conformance/certificate.test.ts",
  "agent/test/mail-killed.test.ts",
  "test/conformance/notices.test.ts",
  "test/conformance/paths.test.ts",
  "test/conformance/console-import.test.ts",
  "test/conformance/portal-devices.test.ts",
  "test/conformance/guests.test.ts",
  "test/conformance/people.test.ts",
  "test/conformance/overload.test.ts",
  "test/conformance/watch.test.ts",
  "test/conformance/console-attacks.test.ts",
  "test/conformance/portal-flow-attacks.test.ts",
  "scripts/release/release.test.ts",
  "test/conformance/portal-activity.test.ts",
  "test/conformance/devices.test.ts",
  "test/conformance/portal-attacks.test.ts",
  "test/conformance/late-bodies.test.ts",
  "test/conformance/invitations.test.ts",
  "test/conformance/device-ids.test.ts",
  "test/conformance/device-command.test.ts",
  "test/conformance/device-identity.test.ts",
  "test/conformance/console-policy.test.ts",
  "test/conformance/console-devices.test.ts",
  "test/conformance/attack-tools.test.ts",
  "test/conformance/portal-sign-in.test.ts",
  "test/conformance/credential-headers.test.ts",
  "test/conformance/reconcile.test.ts",
  "cli/postern.test.ts",
  "test/conformance/authority.test.ts",
  "test/conformance/scim.test.ts",
  "test/conformance/api-answers.test.ts",
  "connector/test/directory.test.ts",
  "test/conformance/streaming.test.ts",
  "test/conformance/sign-in-attacks.test.ts",
  "test/conformance/device-proof.test.ts",
  "connector/test/connector.test.ts",
  "test/conformance/directory.test.ts",
  "test/conformance/faults.test.ts",
  "test/conformance/pools.test.ts",
  "test/conformance/console-identity.test.ts",
  "test/conformance/credential-channels.test.ts",
  "test/conformance/command-process.test.ts",
  "test/real/monitoring/monitoring.test.ts",
  "test/real/directory/changes.test.ts",
  "test/real/browser/portal-devices.test.ts",
  "test/real/sipe/devices.test.ts",
  "test/real/browser/console-pages.test.ts",
  "test/real/browser/portal-pages.test.ts",
  "test/real/passive/tokens.test.ts",
  "test/real/browser/directory-pages.test.ts",
  "test/real/directory/first-sync.test.ts",
  "test/real/ad/load.test.ts",
  "test/real/browser/console-policy.test.ts",
  "test/real/curl.test.ts",
  "test/real/npm-clients.test.ts",
  "test/real/browser/console-import.test.ts",
  "test/real/canonical-form.test.ts",
  "test/real/ad/faults.test.ts",
  "test/real/sipe/sipe.test.ts",
  "test/real/ad/sign-in.test.ts",
  "test/real/browser/passive.test.ts",
  "test/real/browser/portal-sign-in.test.ts",
  "test/real/browser/console-sign-in.test.ts",
];
/** Of so many files one is of {@link LONGEST}: others compute while it waits. */
const SPACING = 2;
/** A worker is kept only while the next file is of the same project. The unit project's files compute to the end. */
const PROJECTS = ["workerd", "unit", "node"];

/**
 * Vitest's own order within each project, but with {@link LONGEST} early and spread: CI has no durations of an earlier
 * run to go by.
 */
export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const usual = await super.sort(files);
    const names = [...new Set([...PROJECTS, ...usual.map(({ project }) => project.name)])];
    return names.flatMap((name) => spread(usual.filter(({ project }) => project.name === name)));
  }
}

function spread(files: readonly TestSpecification[]): TestSpecification[] {
  const rank = ({ moduleId }: TestSpecification): number => LONGEST.findIndex((file) => moduleId.endsWith(`/${file}`));
  const long = files.filter((each) => rank(each) !== -1).toSorted((a, b) => rank(a) - rank(b));
  const others = files.filter((each) => rank(each) === -1);
  const ordered: TestSpecification[] = [];
  while (long.length > 0 || others.length > 0) {
    ordered.push(...long.splice(0, 1), ...others.splice(0, long.length > 0 ? SPACING - 1 : others.length));
  }
  return ordered;
}
