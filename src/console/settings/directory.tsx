// How far Postern is in step with the directory, what a person must look at, and who may be taken over.

import type { FC } from "hono/jsx";
import type { SourceStatusAnswer } from "../../api/schemas/directory-sync.ts";
import { DIRECTORY_STATES } from "../../core/directory/plan.ts";
import { Field, Form, Tick } from "../../web/components/form.tsx";
import { Badge, Facts, Notice, number, sayWhen, Time } from "../../web/components/parts.tsx";
import { Section, Table } from "../../web/components/table.tsx";
import type { View } from "../site.ts";
import { directoryWords } from "./directory-words.ts";
import { type Said, SettingsFrame } from "./frame.tsx";

/** How long an administrator mostly needs: a first sync, and a look at it. */
const USUAL_MINUTES = 60;
const MAX_PROBLEMS = 50;

type SourceProps = { readonly view: View; readonly source: SourceStatusAnswer };

export const DirectoryPage: FC<Said & { readonly view: View; readonly sources: readonly SourceStatusAnswer[] }> = ({
  view,
  sources,
  ...said
}) => {
  const t = directoryWords[view.locale];
  return (
    <SettingsFrame view={view} {...said}>
      <p class="muted">{t.intro}</p>
      {sources.length === 0 ? <p>{t.none}</p> : null}
      {sources.map((source) => (
        <Source view={view} source={source} />
      ))}
      {view.may.administrate && sources.length === 0 ? <Adoption view={view} source="ad" until={null} /> : null}
    </SettingsFrame>
  );
};

const Source: FC<SourceProps> = ({ view, source }) => {
  const t = directoryWords[view.locale];
  const { brake, problems, problemCount, linked } = source;
  const at = (when: string | null) => <Time reader={view} at={when} never={t.never} />;
  return (
    <Section title={source.source} id={source.source} more={<State view={view} source={source} />}>
      {brake === null ? null : (
        <Notice tone="bad" title={t.brake(number(view, brake.wanted), number(view, brake.of))}>
          <p>{t.brakeMore}</p>
          <ul>
            {brake.examples.map((each) => (
              <li>{each}</li>
            ))}
          </ul>
        </Notice>
      )}
      {source.stale ? (
        <Notice tone="bad">
          <p>{t.stale}</p>
        </Notice>
      ) : null}
      <Facts
        facts={[
          [t.inStepAt, at(source.inStepAt)],
          [t.comparedAt, at(source.comparedAt)],
          [t.reportedAt, at(source.reportedAt)],
          [t.people, number(view, source.people)],
          ...DIRECTORY_STATES.filter((state) => state === "in" || linked[state] > 0).map(
            (state) => [t.linked[state], number(view, linked[state])] as const,
          ),
        ]}
      />
      {problems.length === 0 ? null : (
        <>
          <h3>{t.problems(problemCount)}</h3>
          {problemCount > MAX_PROBLEMS ? <p class="muted">{t.problemsCut(MAX_PROBLEMS)}</p> : null}
          <Table
            caption={t.problems(problemCount)}
            rows={problems.slice(0, MAX_PROBLEMS)}
            empty=""
            columns={[
              { head: t.name, main: true, cell: ({ name, key }) => name || key },
              { head: t.why, cell: ({ message }) => <span lang="en">{message}</span> },
              { head: t.key, cell: ({ key }) => <code>{key}</code> },
            ]}
          />
        </>
      )}
      {view.may.administrate ? <Adoption view={view} source={source.source} until={source.adoptUntil} /> : null}
      {view.may.administrate ? <Unlinking view={view} source={source} /> : null}
    </Section>
  );
};

const State: FC<SourceProps> = ({ view, source: { brake, stale, reportedAt } }) => {
  const { states } = directoryWords[view.locale];
  if (brake !== null) return <Badge tone="bad">{states.stopped}</Badge>;
  if (reportedAt === null) return <Badge tone="quiet">{states.never}</Badge>;
  return stale ? <Badge tone="bad">{states.stale}</Badge> : <Badge tone="good">{states.inStep}</Badge>;
};

const Adoption: FC<{ readonly view: View; readonly source: string; readonly until: string | null }> = ({
  view,
  source,
  until,
}) => {
  const t = directoryWords[view.locale];
  const action = `/settings/directory/${encodeURIComponent(source)}/adoption`;
  return (
    <details open={until !== null}>
      <summary>{t.adoption}</summary>
      <p>{t.adoptionIntro}</p>
      {until === null ? (
        <Form view={view} action={action}>
          <Field label={t.minutes} name="minutes" type="number" min="1" max="10080" value={USUAL_MINUTES} required />
          <Field label={t.reason} name="why" maxlength="200" />
          <button class="secondary">{t.open}</button>
        </Form>
      ) : (
        <Form view={view} action={action} class="inline">
          <p>{t.adoptUntil(sayWhen(view, Date.parse(until)))}</p>
          <input type="hidden" name="minutes" value="0" />
          <button class="small secondary">{t.close}</button>
        </Form>
      )}
    </details>
  );
};

const Unlinking: FC<SourceProps> = ({ view, source: { source, linked } }) => {
  const t = directoryWords[view.locale];
  const people = Object.values(linked).reduce((sum, each) => sum + each, 0);
  const shutOut = people - linked.in;
  return (
    <details>
      <summary>{t.unlinking}</summary>
      <p>{t.unlinkingIntro}</p>
      <p>{t.unlinkingShutOut(number(view, people), number(view, shutOut))}</p>
      <Form view={view} action={`/settings/directory/${encodeURIComponent(source)}/unlink`}>
        <input type="hidden" name="people" value={people} />
        <Tick label={t.unlinkingSure(number(view, people))} name="sure" required />
        <Field label={t.reason} name="why" maxlength="200" />
        <button class="danger">{t.unlink}</button>
      </Form>
    </details>
  );
};
