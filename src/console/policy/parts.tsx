// What several pages about the policy have: its rules, what a check found, what another version changed.

import type { FC } from "hono/jsx";
import type { ProblemAnswer } from "../../api/problem.ts";
import type { PolicyAnswer } from "../../api/schemas/policy.ts";
import type { PolicyChangesAnswer, PolicyCheckedAnswer, PolicyDiffAnswer } from "../../api/schemas/policy-changes.ts";
import { whenToml } from "../../core/policy/describe.ts";
import type { Policy, Rule } from "../../core/policy/types.ts";
import { Badge, Facts, Notice, sayWhen, Time } from "../../web/components/parts.tsx";
import { type Column, Section, Table } from "../../web/components/table.tsx";
import type { Outcome } from "../api.ts";
import type { View } from "../site.ts";
import { DiffView } from "./diff-view.tsx";
import { textOf } from "./text.ts";
import { words } from "./words.ts";

const TONES = { allow: "good", block: "bad", quarantine: "wait" } as const;

/** Which version it is, who applied it, when and why. */
export const VersionFacts: FC<{ readonly view: View; readonly policy: PolicyAnswer }> = ({ view, policy }) => {
  const t = words[view.locale];
  if (policy.version === 0) return <p>{t.nobody}</p>;
  return (
    <Facts
      facts={[
        [t.appliedAt, <Time reader={view} at={policy.appliedAt} />],
        [t.appliedBy, policy.by?.name ?? policy.by?.id ?? "–"],
        [t.why, policy.why ?? "–"],
      ]}
    />
  );
};

/** What a policy says, in a few sentences, and its rules in their order. */
export const PolicyInWords: FC<{ readonly view: View; readonly policy: Policy }> = ({ view, policy }) => {
  const t = words[view.locale];
  const columns: readonly Column<Rule>[] = [
    { head: t.rule, main: true, cell: ({ code }) => code },
    { head: t.action, cell: ({ action }) => <Badge tone={TONES[action]}>{t.actions[action]}</Badge> },
    { head: t.reason, cell: ({ reason }) => reason },
    { head: t.when, cell: ({ when }) => <code>{whenToml(when)}</code> },
  ];
  const { enrolment, expireAfterDays, rules } = policy;
  return (
    <Section title={t.inWords}>
      <p>
        {t.modes[enrolment.mode]}. {t.most(enrolment.maxDevices)} {t.expires(expireAfterDays)}
      </p>
      {rules.length === 0 ? null : <p class="muted">{t.rulesHelp}</p>}
      <Table caption={t.rules} rows={rules} columns={columns} empty={t.noRules} />
    </Section>
  );
};

/** The text of a policy, to be read. */
export const PolicyText: FC<{ readonly view: View; readonly policy: PolicyAnswer }> = ({ view, policy }) => (
  <Section title={words[view.locale].text}>
    <pre class="policy" translate="no" tabindex={0}>
      {textOf(policy)}
    </pre>
  </Section>
);

type Fault = { readonly path: string; readonly message: string; readonly line?: number };

/** Faults or warnings, each with its line. The API words them, in English. */
const Faults: FC<{ view: View; faults: readonly Fault[] }> = ({ view, faults }) => {
  const t = words[view.locale];
  return (
    <ul class="faults">
      {faults
        .toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0))
        .map(({ path, message, line }) => {
          const place = path.replace(/^policy\.?/, "");
          const shown = /^line \d/.test(place) ? "" : place;
          return (
            <li>
              {line === undefined ? null : <strong>{t.line(line)}: </strong>}
              {shown === "" ? null : (
                <>
                  <code>{shown}</code>{" "}
                </>
              )}
              <span lang="en">{message}</span>
            </li>
          );
        })}
    </ul>
  );
};

/** What a check found. */
export const CheckResult: FC<{ readonly view: View; readonly checked: Outcome<PolicyCheckedAnswer> }> = ({
  view,
  checked,
}) => {
  const t = words[view.locale];
  if (!checked.ok) return <FaultNotice view={view} problem={checked} />;
  const { changes, warnings } = checked.value;
  return (
    <>
      <Notice tone="good">
        <p>{changes.length === 0 ? t.fineSame : t.fineChanged(changes.length)}</p>
      </Notice>
      <Warnings view={view} warnings={warnings} />
    </>
  );
};

/** What looks like a mistake. */
export const Warnings: FC<{ readonly view: View; readonly warnings: readonly Fault[] }> = ({ view, warnings }) =>
  warnings.length === 0 ? null : (
    <Notice tone="wait" title={words[view.locale].warnings(warnings.length)}>
      <Faults view={view} faults={warnings} />
    </Notice>
  );

const FaultNotice: FC<{ view: View; problem: ProblemAnswer }> = ({ view, problem }) => {
  const { errors = [], detail, fix } = problem;
  const t = words[view.locale];
  if (problem.code !== "bad-policy" || errors.length === 0) {
    return (
      <Notice tone="bad">
        <p>{detail}</p>
        {fix === undefined ? null : <p>{fix}</p>}
      </Notice>
    );
  }
  return (
    <Notice tone="bad" title={t.faults(errors.length)}>
      <Faults view={view} faults={errors} />
    </Notice>
  );
};

const SIGNS = { setting: "quiet", added: "good", removed: "bad", changed: "wait", moved: "quiet" } as const;

/** The differences of two policies, in words. */
export const Changes: FC<{ readonly view: View; readonly changes: PolicyChangesAnswer }> = ({ view, changes }) => {
  const t = words[view.locale];
  if (changes.length === 0) return <p>{t.changesNothing}</p>;
  return (
    <ul class="changes">
      {changes.map(({ kind, what, text }) => (
        <li>
          <Badge tone={SIGNS[kind]}>{t.kinds[kind]}</Badge> <strong>{what}</strong> <code>{text}</code>
        </li>
      ))}
    </ul>
  );
};

/** That somebody else was faster, with what was changed since. */
export const Collision: FC<{ readonly view: View; readonly diff: PolicyDiffAnswer; readonly help: string }> = ({
  view,
  diff,
  help,
}) => {
  const t = words[view.locale];
  const { to: theirs, from, changes } = diff;
  const name = theirs.by?.name ?? theirs.by?.id;
  // The answer's `policy` is the policy itself; only its JSON schema cannot express the stricter type.
  const [before, after] = [from as PolicyAnswer, theirs as PolicyAnswer].map(textOf);
  return (
    <>
      <Notice tone="bad">
        <p>
          {name === undefined || theirs.appliedAt === null
            ? t.collidedNobody
            : t.collided(name, sayWhen(view, Date.parse(theirs.appliedAt)))}
        </p>
        {theirs.why === null ? null : <p>{t.theirReason(theirs.why)}</p>}
        <p>{help}</p>
      </Notice>
      <Section title={t.diffTitle(t.version(from.version), t.version(theirs.version))}>
        <Changes view={view} changes={changes} />
        <details>
          <summary>{t.linesChanged}</summary>
          <DiffView locale={view.locale} before={before ?? ""} after={after ?? ""} />
        </details>
      </Section>
    </>
  );
};
