// A page for what the API refuses, where there is no form to show again.

import type { ProblemAnswer } from "../api/problem.ts";
import { ProblemNotice } from "../web/components/parts.tsx";
import { Page } from "./page.tsx";
import type { ConsoleContext } from "./site.ts";
import { words } from "./words.ts";

/** Says what the API said, with its status. */
export function problemPage(c: ConsoleContext, problem: ProblemAnswer) {
  const { view } = c.var;
  const t = words[view.locale];
  c.status(pageStatus(problem));
  return c.html(
    <Page view={view} title={problem.status === 404 ? t.notFoundTitle : t.failedTitle}>
      <ProblemNotice problem={problem} />
      <a class="button secondary" href="/">
        {t.toOverview}
      </a>
    </Page>,
  );
}

/** The status of a page about a problem. A browser that gets 401 or 428 would ask in its own way. */
export function pageStatus({ status }: Pick<ProblemAnswer, "status">): 403 | 404 | 409 | 412 | 413 | 422 | 429 | 503 {
  switch (status) {
    case 403:
    case 404:
    case 409:
    case 412:
    case 413:
    case 429:
      return status;
    default:
      return status >= 500 ? 503 : 422;
  }
}
