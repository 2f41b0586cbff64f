// Expects a device: with which app password it will come, and which one it must be, if that is known.

import type { FC } from "hono/jsx";
import type { ProblemAnswer } from "../../api/problem.ts";
import { errorsOf, Field, Select } from "../../web/components/form.tsx";
import { Page } from "../page.tsx";
import type { View } from "../site.ts";
import { deviceWords } from "./device-words.ts";
import { personPath } from "./parts.tsx";
import { WhyField } from "./password-pages.tsx";
import type { Person } from "./person.ts";
import { AboutPerson, StepPage } from "./step-page.tsx";
import { words } from "./words.ts";

/** Asks with which app password. */
export const ExpectPage: FC<{
  view: View;
  person: Person;
  typed?: URLSearchParams;
  problem?: ProblemAnswer | undefined;
}> = ({ view, person: { user, passwords }, typed, problem }) => {
  const t = deviceWords[view.locale];
  const free = (passwords.ok ? passwords.value.items : []).filter(
    ({ state, device }) => state === "live" && device === null,
  );
  if (free.length === 0) {
    return (
      <Page view={view} title={t.expectTitle}>
        <AboutPerson user={user} />
        <p>{t.expectNone}</p>
        <a class="button" href={`${personPath(user.id)}/new-password`}>
          {t.newPassword}
        </a>
      </Page>
    );
  }
  const errors = errorsOf(problem);
  return (
    <StepPage
      {...{ view, user, problem, title: t.expectTitle, said: { button: t.expectButton, cancel: t.cancel } }}
      intro={<p>{t.expect}</p>}
    >
      <Select
        {...{ label: t.expectPassword, name: "password", error: errors.credentialId }}
        value={typed?.get("password") ?? view.url.searchParams.get("password") ?? ""}
        options={free.toReversed().map(({ id, label }) => [id, label || words[view.locale].noLabel] as const)}
      />
      <Field
        {...{
          label: t.expectKey,
          name: "key",
          hint: t.expectKeyHint,
          value: typed?.get("key") ?? "",
          error: errors.key,
        }}
        {...{ autocomplete: "off", autocapitalize: "none", spellcheck: "false" }}
      />
      <WhyField view={view} typed={typed} />
    </StepPage>
  );
};
