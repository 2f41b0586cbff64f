// What the API refused, where a page has nothing else to show.

import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { ProblemAnswer } from "../api/problem.ts";
import { ProblemNotice } from "../web/components/parts.tsx";
import { MessagePage } from "./message-page.tsx";
import { Page } from "./page.tsx";
import type { ConsoleContext } from "./site.ts";
import { words } from "./words.ts";

/** The status of a problem, as Hono wants it: every problem's answer has a body. */
export const statusOf = ({ status }: Pick<ProblemAnswer, "status">): ContentfulStatusCode =>
  status as ContentfulStatusCode;

/** Answers with a problem. What is not there is a page that is not there. */
export function problemPage(c: ConsoleContext, problem: ProblemAnswer) {
  if (problem.status === 404) return c.html(<MessagePage c={c} about="notFound" />, 404);
  const { view } = c.var;
  return c.html(
    <Page view={view} title={words[view.locale].failedTitle}>
      <ProblemNotice problem={problem} />
    </Page>,
    statusOf(problem),
  );
}
