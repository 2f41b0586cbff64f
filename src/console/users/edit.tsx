// A person's settings, edited by one of perhaps two people at once. When somebody else was faster, nothing typed is
// lost: the fields that this person changed keep what was typed, the others show what is true now.

import { Hono } from "hono";
import type { FC } from "hono/jsx";
import type { ProblemAnswer } from "../../api/problem.ts";
import type { AuditEventsAnswer } from "../../api/schemas/audit.ts";
import type { WholeUserAnswer } from "../../api/schemas/directory.ts";
import { errorsOf, Field, Select } from "../../web/components/form.tsx";
import { Notice, sayWhen } from "../../web/components/parts.tsx";
import { pageStatus, problemPage } from "../problem-page.tsx";
import type { ConsoleContext, ConsoleEnv, View } from "../site.ts";
import { changeWords } from "./change-words.ts";
import { personPath } from "./parts.tsx";
import { WhyField } from "./password-pages.tsx";
import { StepPage } from "./step-page.tsx";

const FIELDS = ["displayName", "groups", "enrolment", "maxDevices"] as const;
type FieldName = (typeof FIELDS)[number];
/** As the fields of the form have them. */
type Values = Readonly<Record<FieldName, string>>;

const valuesOf = (user: WholeUserAnswer): Values => ({
  displayName: user.displayName ?? "",
  groups: user.groups.join(" "),
  enrolment: user.enrolment ?? "",
  maxDevices: user.maxDevices === null ? "" : String(user.maxDevices),
});

/** The same text, however it is spaced. */
const tidy = (text: string): string => text.trim().replaceAll(/\s+/g, " ");

const EDIT = "/users/:user/edit";
/** Before the name of a field: what it was when the page was opened. */
const WAS = "was-";
/** For so long an event may be on its way to the audit, s. */
const WAIT_S = 4;

export const editRoutes = new Hono<ConsoleEnv>();

editRoutes.get(EDIT, async (c) => {
  const { view } = c.var;
  const user = await view.api.get<WholeUserAnswer>(`/v1${personPath(c.req.param("user"))}`);
  if (!user.ok) return problemPage(c, user);
  const values = valuesOf(user.value);
  return c.html(<EditPage {...{ view, user: user.value, values, was: values, etag: user.etag ?? "" }} />);
});

editRoutes.post(EDIT, async (c) => {
  const { view, form } = c.var;
  const typed = read(form, "");
  const body = {
    displayName: tidy(typed.displayName) === "" ? null : tidy(typed.displayName),
    groups: tidy(typed.groups) === "" ? [] : tidy(typed.groups).split(" "),
    enrolment: typed.enrolment === "" ? null : typed.enrolment,
    maxDevices: tidy(typed.maxDevices) === "" ? null : Number(typed.maxDevices),
    why: form.get("why") ?? "",
  };
  const at = personPath(c.req.param("user"));
  const changed = await view.api.patch<WholeUserAnswer>(`/v1${at}`, body, { ifMatch: form.get("etag") ?? "" });
  return changed.ok ? c.redirect(`${at}?done=changed`, 303) : refused(c, changed, typed);
});

const read = (form: URLSearchParams, prefix: string): Values => {
  const of = (name: FieldName): string => form.get(`${prefix}${name}`) ?? "";
  return {
    displayName: of("displayName"),
    groups: of("groups"),
    enrolment: of("enrolment"),
    maxDevices: of("maxDevices"),
  };
};

async function refused(c: ConsoleContext, problem: ProblemAnswer, typed: Values) {
  const { view, form } = c.var;
  const id = c.req.param("user") ?? "";
  const [user, events] = await Promise.all([
    view.api.get<WholeUserAnswer>(`/v1${personPath(id)}`),
    // Who was faster: an event since this page was opened, which may be on its way still.
    problem.code === "changed-meanwhile"
      ? view.api.get<AuditEventsAnswer>("/v1/audit", {
          user: id,
          outcome: "changed",
          since: form.get("seen"),
          wait: WAIT_S,
        })
      : undefined,
  ]);
  if (!user.ok) return problemPage(c, user);
  const was = read(form, WAS);
  if (problem.code !== "changed-meanwhile") {
    const etag = form.get("etag") ?? "";
    return c.html(
      <EditPage {...{ view, user: user.value, values: typed, was, etag, problem, form }} />,
      pageStatus(problem),
    );
  }
  const now = valuesOf(user.value);
  const isMine = (name: FieldName): boolean => tidy(typed[name]) !== tidy(was[name]);
  const values = Object.fromEntries(FIELDS.map((name) => [name, isMine(name) ? typed[name] : now[name]])) as Values;
  const theirs = FIELDS.filter((name) => tidy(now[name]) !== tidy(was[name]));
  const last = events?.ok === true ? events.value.items.at(-1) : undefined;
  const collision = { now, theirs, by: last?.by?.name ?? last?.by?.id, at: last?.at };
  const page = <EditPage {...{ view, user: user.value, values, was: now, etag: user.etag ?? "", collision, form }} />;
  return c.html(page, pageStatus(problem));
}

type Collision = {
  readonly now: Values;
  /** The fields that somebody else changed. */
  readonly theirs: readonly FieldName[];
  readonly by: string | undefined;
  readonly at: string | undefined;
};

const EditPage: FC<{
  view: View;
  user: WholeUserAnswer;
  values: Values;
  was: Values;
  etag: string;
  problem?: ProblemAnswer;
  collision?: Collision;
  form?: URLSearchParams;
}> = ({ view, user, values, was, etag, problem, collision, form }) => {
  const t = changeWords[view.locale];
  const errors = errorsOf(problem);
  /** Why what the directory tells cannot be changed here. */
  const synced = user.directory === null ? undefined : t.synced(user.directory.source);
  const shown = (name: FieldName, text: string): string =>
    name === "enrolment" ? t.enrolments[text as keyof typeof t.enrolments] : text || t.empty;
  const error = (name: FieldName): string | undefined =>
    collision?.theirs.includes(name) ? t.theirs(shown(name, collision.now[name])) : errors[name];
  return (
    <StepPage
      {...{ view, user, problem, title: t.editTitle, said: { button: t.save, cancel: t.cancel } }}
      intro={collision === undefined ? null : <Collided view={view} collision={collision} />}
    >
      <input type="hidden" name="etag" value={etag} />
      <input type="hidden" name="seen" value={new Date(view.now).toISOString()} />
      {FIELDS.map((name) => (
        <input type="hidden" name={`${WAS}${name}`} value={was[name]} />
      ))}
      <Field
        {...{ label: t.displayName, name: "displayName", value: values.displayName, error: error("displayName") }}
        {...{
          hint: synced ?? t.displayNameHint,
          maxlength: "256",
          autocomplete: "off",
          readonly: synced !== undefined,
        }}
      />
      <Field
        {...{
          label: t.groups,
          name: "groups",
          value: values.groups,
          error: error("groups"),
          hint: synced ?? t.groupsHint,
        }}
        {...{ autocomplete: "off", autocapitalize: "none", readonly: synced !== undefined }}
      />
      <Select
        {...{ label: t.enrolment, name: "enrolment", value: values.enrolment, error: error("enrolment") }}
        options={Object.entries(t.enrolments)}
      />
      <Field
        {...{ label: t.maxDevices, name: "maxDevices", value: values.maxDevices, error: error("maxDevices") }}
        {...{ hint: t.maxDevicesHint, type: "number", min: "0", max: "100", inputmode: "numeric" }}
      />
      <WhyField view={view} typed={form} />
    </StepPage>
  );
};

const Collided: FC<{ view: View; collision: Collision }> = ({ view, collision: { by, at } }) => {
  const t = changeWords[view.locale];
  return (
    <Notice tone="wait" title={`${t.collided}.`}>
      {by === undefined || at === undefined ? null : <p>{t.collidedBy(by, sayWhen(view, Date.parse(at)))}</p>}
      <p>{t.collidedMore}</p>
    </Notice>
  );
};
