// App passwords: make one, renew, change and revoke it. A secret is in the answer to its form, and nowhere else.

import { Hono } from "hono";
import type { ProblemAnswer } from "../../api/problem.ts";
import type { WholeUserAnswer } from "../../api/schemas/directory.ts";
import type { MadePasswordAnswer, PasswordAnswer, PasswordsAnswer } from "../../api/schemas/passwords.ts";
import type { PolicyAnswer } from "../../api/schemas/policy.ts";
import type { WindowAnswer } from "../../api/schemas/users.ts";
import { path } from "../../core/text/api-address.ts";
import { pageStatus, problemPage } from "../problem-page.tsx";
import { fresh } from "../sign-in/fresh.tsx";
import type { ConsoleContext, ConsoleEnv, View } from "../site.ts";
import { personPath } from "./parts.tsx";
import { ChangePasswordPage, MadePasswordPage, NewPasswordPage, RenewPage, RevokePage } from "./password-pages.tsx";
import { enrolmentOf } from "./person.ts";

export const passwordRoutes = new Hono<ConsoleEnv>();

const NEW = "/users/:user/new-password";

passwordRoutes.get(NEW, (c) => newPasswordPage(c));

passwordRoutes.post(NEW, fresh, async (c) => {
  const { view, form } = c.var;
  const before = await userAndEnrolment(view, c.req.param("user"));
  if (!before.ok) return problemPage(c, before);
  const { user, enrolment } = before;
  const at = `/v1${personPath(user.id)}`;
  const code = form.has("code") ? { code: true } : {}; // without it, as the gateway is set up
  const body = { label: form.get("label") ?? "", ...days("expiresInDays", form.get("days")), ...code };
  const made = await view.api.post<MadePasswordAnswer>(`${at}/passwords`, body, {
    once: form.get("once") ?? undefined,
  });
  if (!made.ok) return newPasswordPage(c, made);
  const opened = form.has("window") ? await view.api.post<WindowAnswer>(`${at}/window`) : undefined;
  const window = opened?.ok === true ? { until: opened.value.openUntil } : opened;
  return c.html(<MadePasswordPage {...{ view, user, made: made.value, mode: enrolment.mode, window }} />);
});

async function newPasswordPage(c: ConsoleContext, problem?: ProblemAnswer) {
  const { view, form } = c.var;
  const found = await userAndEnrolment(view, c.req.param("user") ?? "");
  if (!found.ok) return problemPage(c, found);
  const { user, enrolment } = found;
  return c.html(
    <NewPasswordPage {...{ view, user, enrolment, problem, typed: form }} />,
    problem && pageStatus(problem),
  );
}

async function userAndEnrolment({ api, now }: View, id: string) {
  const [user, policy] = await Promise.all([
    api.get<WholeUserAnswer>(`/v1${personPath(id)}`),
    api.get<PolicyAnswer>("/v1/policy"),
  ]);
  if (!user.ok) return user;
  const of = { user: user.value, policy: policy.ok ? policy.value.policy : undefined };
  return { ok: true, user: user.value, enrolment: enrolmentOf(of, now) } as const;
}

const PAGES = { renew: RenewPage, revoke: RevokePage, change: ChangePasswordPage } as const;
type Step = keyof typeof PAGES;

const of = (step: Step): string => `/users/:user/passwords/:password/${step}`;

for (const step of ["renew", "revoke", "change"] as const) passwordRoutes.get(of(step), (c) => stepPage(c, step));

async function stepPage(c: ConsoleContext, step: Step, problem?: ProblemAnswer) {
  const { view, form } = c.var;
  const at = `/v1${personPath(c.req.param("user") ?? "")}`;
  const [user, passwords] = await Promise.all([
    view.api.get<WholeUserAnswer>(at),
    view.api.get<PasswordsAnswer>(`${at}/passwords`),
  ]);
  if (!user.ok) return problemPage(c, user);
  if (!passwords.ok) return problemPage(c, passwords);
  const password = passwords.value.items.find(({ id }) => id === c.req.param("password"));
  if (password === undefined) return c.notFound();
  const Step = PAGES[step];
  return c.html(
    <Step {...{ view, user: user.value, password, problem, typed: form }} />,
    problem && pageStatus(problem),
  );
}

const apiPath = (c: ConsoleContext): string =>
  path`/v1/users/${c.req.param("user") ?? ""}/passwords/${c.req.param("password") ?? ""}`;

const why = (form: URLSearchParams) => ({ why: form.get("why") ?? "" });

passwordRoutes.post(of("renew"), fresh, async (c) => {
  const { view, form } = c.var;
  // Read first: once the secret is made, nothing may keep its page from being shown.
  const user = await view.api.get<WholeUserAnswer>(`/v1${personPath(c.req.param("user") ?? "")}`);
  if (!user.ok) return problemPage(c, user);
  const body = { ...days("oldForDays", form.get("old")), ...days("expiresInDays", form.get("days")) };
  const once = form.get("once") ?? undefined;
  const made = await view.api.post<MadePasswordAnswer>(`${apiPath(c)}/renew`, body, { once });
  if (!made.ok) return stepPage(c, "renew", made);
  return c.html(<MadePasswordPage {...{ view, user: user.value, made: made.value }} />);
});

passwordRoutes.post(of("revoke"), async (c) => {
  const { view, form } = c.var;
  const revoked = await view.api.post(`${apiPath(c)}/revoke`, why(form));
  return revoked.ok ? done(c, "revoked") : stepPage(c, "revoke", revoked);
});

passwordRoutes.post(of("change"), async (c) => {
  const { view, form } = c.var;
  const ends = form.get("ends") ?? "keep";
  const end = ends === "keep" ? {} : ends === "never" ? { expiresAt: null } : days("expiresInDays", ends);
  const changed = await view.api.patch<PasswordAnswer>(apiPath(c), { label: form.get("label") ?? "", ...end });
  return changed.ok ? done(c, "changed") : stepPage(c, "change", changed);
});

const done = (c: ConsoleContext, said: string) =>
  c.redirect(`${personPath(c.req.param("user") ?? "")}?${new URLSearchParams({ done: said })}`, 303);

/**
 * A number of days under that name; nothing where none was chosen. The API says what is wrong with one that is no
 * number.
 */
const days = (field: string, given: string | null): Readonly<Record<string, number>> =>
  given === null || given === "" ? {} : { [field]: Number(given) };
