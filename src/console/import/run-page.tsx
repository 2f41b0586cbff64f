// How far an import is, and what came of it.

import type { FC } from "hono/jsx";
import { Form } from "../../web/components/form.tsx";
import { Notice, number } from "../../web/components/parts.tsx";
import { Section, Table } from "../../web/components/table.tsx";
import { Page } from "../page.tsx";
import type { View } from "../site.ts";
import { personPath } from "../users/parts.tsx";
import type { Run } from "./kept.ts";
import { MEANWHILE } from "./meanwhile.ts";
import { UPLOAD } from "./upload.ts";
import { words } from "./words.ts";

/** Reasons beyond these are counted only. */
const ROWS = 200;
const ID = "import-run";

export const RunPage: FC<{ view: View; run: Run; at: string }> = ({ view, run, at }) => {
  const t = words[view.locale];
  const all = Object.keys(run.lines).length + run.missing.length;
  const ended = Object.entries(run.outcomes);
  const failed = ended.filter(([, because]) => because !== "");
  const isBusy = run.busyUntil > view.now;
  const again = {
    ...{ "hx-post": at, "hx-trigger": `load delay:${isBusy ? 2_000 : 200}ms`, "hx-target": `#${ID}` },
    ...{ "hx-select": `#${ID}`, "hx-swap": "outerHTML" },
  } as const;
  return (
    <Page view={view} title={t.runTitle} scripts={["htmx.js"]}>
      <div id={ID}>
        <Notice tone={run.finished ? (failed.length === 0 ? "good" : "wait") : "quiet"}>
          <p>
            {run.finished ? t.finished : isBusy ? t.busy : t.running} {t.done}:{" "}
            {t.progress(number(view, ended.length - failed.length), number(view, all))}.{" "}
            {failed.length === 0 ? "" : `${t.notDone}: ${number(view, failed.length)}.`}
          </p>
          {run.finished ? null : <progress value={ended.length} max={all} aria-label={t.runTitle} />}
        </Notice>
        {run.finished ? (
          <div class="actions">
            <a class="button" href="/users">
              {t.toUsers}
            </a>
            <a class="button secondary" href={UPLOAD}>
              {t.again}
            </a>
          </div>
        ) : (
          <Form view={view} action={at} {...again}>
            <p class="muted">{t.goOnHint}</p>
            <button>{t.goOn}</button>
          </Form>
        )}
        {failed.length === 0 ? null : (
          <Section title={t.notDoneTitle}>
            <Table
              caption={t.notDoneTitle}
              rows={failed.slice(0, ROWS)}
              empty=""
              columns={[
                {
                  ...{ head: t.line, main: true },
                  cell: ([key]) => (key.startsWith("u_") ? <a href={personPath(key)}>{key}</a> : key),
                },
                { head: t.because, cell: ([, because]) => (because === MEANWHILE ? t.meanwhile : because) },
              ]}
            />
            {failed.length > ROWS ? <p class="muted">{t.cut(number(view, failed.length - ROWS))}</p> : null}
          </Section>
        )}
      </div>
    </Page>
  );
};
