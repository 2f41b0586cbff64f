// What a help desk does about a person's sign-in to the portal: ends the sessions, or takes everything away.

import { Hono } from "hono";
import type { FC } from "hono/jsx";
import type { ProblemAnswer } from "../../api/problem.ts";
import type { WholeUserAnswer } from "../../api/schemas/directory.ts";
import { errorsOf, Field } from "../../web/components/form.tsx";
import { pageStatus, problemPage } from "../problem-page.tsx";
import { fresh } from "../sign-in/fresh.tsx";
import type { ConsoleContext, ConsoleEnv, View } from "../site.ts";
import { personPath } from "./parts.tsx";
import { portalWords } from "./portal-words.ts";
import { StepPage } from "./step-page.tsx";

export const portalRoutes = new Hono<ConsoleEnv>();

const RESET = "/users/:user/portal/reset";

portalRoutes.post("/users/:user/portal/sign-out", async (c) => {
  const at = personPath(c.req.param("user"));
  const ended = await c.var.view.api.post(`/v1${at}/portal/sign-out`);
  if (!ended.ok) return problemPage(c, ended);
  return c.redirect(`${at}?done=signedOut#portal`, 303);
});

portalRoutes.get(RESET, (c) => resetPage(c));

portalRoutes.post(RESET, fresh, async (c) => {
  const at = personPath(c.req.param("user"));
  const why = c.var.form.get("why") ?? "";
  const taken = await c.var.view.api.post(`/v1${at}/portal/reset`, { why });
  if (!taken.ok) return resetPage(c, taken);
  return c.redirect(`${at}?done=portalReset#portal`, 303);
});

async function resetPage(c: ConsoleContext, problem?: ProblemAnswer) {
  const { view, form } = c.var;
  const user = await view.api.get<WholeUserAnswer>(`/v1${personPath(c.req.param("user") ?? "")}`);
  if (!user.ok) return problemPage(c, user);
  return c.html(<ResetPage {...{ view, user: user.value, problem, typed: form }} />, problem && pageStatus(problem));
}

const ResetPage: FC<{
  readonly view: View;
  readonly user: WholeUserAnswer;
  readonly problem?: ProblemAnswer | undefined;
  readonly typed?: URLSearchParams;
}> = ({ view, user, problem, typed }) => {
  const t = portalWords[view.locale];
  return (
    <StepPage
      {...{ view, user, problem, title: t.resetTitle, said: { button: t.resetButton, cancel: t.cancel } }}
      intro={
        <>
          <p>{t.resetIntro}</p>
          <p>{t.resetAfter}</p>
        </>
      }
    >
      <Field
        {...{ label: t.why, name: "why", value: typed?.get("why") ?? "", error: errorsOf(problem).why }}
        {...{ maxlength: "200", autocomplete: "off" }}
      />
    </StepPage>
  );
};
