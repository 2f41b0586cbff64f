// Wrong passwords that count against a person: from where, and until when that place must wait.

import type { FC } from "hono/jsx";
import type { PairAnswer, UserLocksAnswer } from "../../api/schemas/locks.ts";
import { Form } from "../../web/components/form.tsx";
import { Badge, format, Time } from "../../web/components/parts.tsx";
import { Table } from "../../web/components/table.tsx";
import type { Outcome } from "../api.ts";
import type { View } from "../site.ts";
import { Part, personPath } from "./parts.tsx";
import type { Person } from "./person.ts";
import { words } from "./words.ts";

/** Who waits now and until when, a sentence each; empty when nobody does. */
export function waitsOf(view: View, locks: Outcome<UserLocksAnswer>): readonly string[] {
  if (!locks.ok) return [];
  const t = words[view.locale];
  const { pairs, strangers } = locks.value;
  const waiting = pairs.flatMap(({ source, waitUntil }) =>
    waitUntil === null ? [] : [`${source} ${t.waitsUntil} ${timeOfDay(view, waitUntil)}.`],
  );
  const full =
    strangers.fullUntil === null
      ? []
      : [`${t.strangersFull} ${timeOfDay(view, strangers.fullUntil)}. ${t.strangersFullMore}`];
  return [...new Set([...waiting, ...full])];
}

/** A wait is minutes or hours, so its end needs the time to the second, as a clock shows it. */
const timeOfDay = (view: View, at: string): string =>
  format(view, Date.parse(at), { dateStyle: "short", timeStyle: "medium" });

/** The section with every place from which failures count. */
export const LocksSection: FC<{ readonly view: View; readonly person: Person }> = ({ view, person }) => {
  const t = words[view.locale];
  const { user, locks } = person;
  const pairs = locks.ok
    ? locks.value.pairs.filter(({ failures, waitUntil }) => failures > 0 || waitUntil !== null)
    : [];
  return (
    <Part view={view} title={t.waits} id="locks" failed={locks.ok ? undefined : locks}>
      {locks.ok && locks.value.lockout === "report" && pairs.length > 0 ? <p>{t.dryRun}</p> : null}
      <Table
        caption={t.waits}
        rows={pairs}
        empty={t.noWaits}
        columns={[
          { head: t.network, main: true, cell: ({ source }) => source },
          { head: t.what, cell: (pair) => <Failures view={view} pair={pair} /> },
          {
            head: t.lastSignIn,
            cell: ({ lastSuccessAt }) => <Time reader={view} at={lastSuccessAt} never={t.neverUsed} />,
          },
          {
            head: t.waitsHead,
            cell: ({ waitUntil }) => (waitUntil === null ? null : timeOfDay(view, waitUntil)),
          },
        ]}
      />
      {pairs.length > 0 && view.may.help ? (
        <Form view={view} action={`${personPath(user.id)}/unlock`}>
          <button class="secondary">{t.unlock}</button>
        </Form>
      ) : null}
    </Part>
  );
};

const Failures: FC<{ view: View; pair: PairAnswer }> = ({ view, pair: { failures, familiar, lastFailureAt } }) => {
  const t = words[view.locale];
  return (
    <>
      {t.failures(failures)}
      {lastFailureAt === null ? null : (
        <>
          , <Time reader={view} at={lastFailureAt} />
        </>
      )}{" "}
      <Badge tone={familiar ? "good" : "quiet"}>{familiar ? t.familiar : t.stranger}</Badge>
    </>
  );
};
