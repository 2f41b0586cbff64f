// What happened, in plain words; and "this was not me".

import type { FC } from "hono/jsx";
import type { AppPassword } from "../../store/directory.ts";
import { Form } from "../../web/components/form.tsx";
import { Notice, sayWhen } from "../../web/components/parts.tsx";
import type { MyDevice } from "../devices/mine.ts";
import { dayOf, placeIn, timeOf } from "../devices/parts.tsx";
import { Page } from "../page.tsx";
import { ACTIVITY, SECURITY } from "../paths.ts";
import type { PortalView } from "../site.ts";
import { type Around, type Sentence, sentenceOf } from "./sentence.ts";
import { canBeDisowned, type Told } from "./told.ts";
import { words } from "./words.ts";

/** Where somebody says that it was not them. */
export const NOT_ME = `${ACTIVITY}/not-me`;

type Naming = Pick<Around, "nameOf" | "isRule">;

/** `older`: the id after which the next page begins. */
export const ActivityPage: FC<{
  readonly view: PortalView;
  readonly entries: readonly Told[];
  readonly naming: Naming;
  readonly older: string | null;
}> = ({ view, entries, naming, older }) => {
  const t = words[view.locale];
  const days = new Map<string, Told[]>();
  for (const entry of entries) {
    const day = dayOf(view, entry.last);
    days.set(day, [...(days.get(day) ?? []), entry]);
  }
  return (
    <Page view={view} title={t.title}>
      <p class="muted">{t.intro}</p>
      {entries.length === 0 ? <p class="empty">{t.none}</p> : null}
      {[...days].map(([day, ofDay]) => (
        <section class="day">
          <h2>{day}</h2>
          <ul class="told">
            {ofDay.map((entry) => (
              <Entry {...{ view, entry, naming }} />
            ))}
          </ul>
        </section>
      ))}
      <p>
        {view.url.searchParams.has("after") ? <a href={ACTIVITY}>{t.newest}</a> : null}{" "}
        {older === null ? null : <a href={`${ACTIVITY}?${new URLSearchParams({ after: older })}`}>{t.older}</a>}
      </p>
    </Page>
  );
};

const Entry: FC<{ readonly view: PortalView; readonly entry: Told; readonly naming: Naming }> = ({
  view,
  entry,
  naming,
}) => {
  const t = words[view.locale];
  const { says, more, tone } = said(view, entry, naming);
  const [first, last] = [timeAlone(view, entry.first), timeAlone(view, entry.last)];
  const time = first === last ? last : t.between(first, last);
  return (
    <li class={tone}>
      <time datetime={new Date(entry.last).toISOString()}>{time}</time>
      <div>
        <p>{says}</p>
        {more.map((line) => (
          <p class="muted">{line}</p>
        ))}
        {canBeDisowned(entry) ? (
          <a class="small" href={`${NOT_ME}?${new URLSearchParams({ event: entry.id })}`}>
            {t.notMe}
          </a>
        ) : null}
      </div>
    </li>
  );
};

function said(view: PortalView, entry: Told, naming: Naming): Sentence {
  return sentenceOf(entry, { locale: view.locale, place: placeIn(view, entry.from), ...naming });
}

/** Without the day, which stands above. */
const timeAlone = (view: PortalView, ms: number): string =>
  new Intl.DateTimeFormat(view.locale, { timeStyle: "short", timeZone: view.timeZone }).format(ms);

/** What will be ended when somebody says that it was not them. */
export type ToEnd = { readonly device?: MyDevice; readonly password?: AppPassword };

/** Asks once more, and says what will happen. */
export const NotMePage: FC<{
  readonly view: PortalView;
  readonly entry: Told;
  readonly naming: Naming;
  readonly ends: ToEnd;
  /** The help desk gets mail about it. */
  readonly mailed: boolean;
}> = ({ view, entry, naming, ends: { device, password }, mailed }) => {
  const t = words[view.locale];
  return (
    <Page view={view} title={t.notMeTitle}>
      <Notice tone="wait" title={said(view, entry, naming).says}>
        <p>{sayWhen(view, entry.last)}</p>
      </Notice>
      <p>{t.notMeIntro}</p>
      <ul>
        {device !== undefined ? <li>{t.notMeDevice(device.name)}</li> : null}
        {device === undefined && password !== undefined ? <li>{t.notMePassword(password.label)}</li> : null}
        <li>{t.notMeSessions}</li>
        <li>{mailed ? t.notMeReport : t.notMeNoReport}</li>
      </ul>
      <Form view={view} action={NOT_ME}>
        <input type="hidden" name="event" value={entry.id} />
        <div class="actions">
          <button class="danger">{t.notMeButton}</button>
          <a class="button secondary" href={ACTIVITY}>
            {t.cancel}
          </a>
        </div>
      </Form>
    </Page>
  );
};

/** Says that it is ended. */
export const EndedPage: FC<{ readonly view: PortalView; readonly at: number; readonly mailed: boolean }> = ({
  view,
  at,
  mailed,
}) => {
  const t = words[view.locale];
  return (
    <Page view={view} title={t.doneTitle} once>
      <Notice tone="good">
        <p>{t.doneAt(timeOf(view, at))}</p>
      </Notice>
      <p>{mailed ? t.doneTold : t.doneNotTold}</p>
      <p>{t.doneNext}</p>
      <ul>
        <li>
          <a href={SECURITY}>{t.doneSecurity}</a>
        </li>
        <li>
          <a href="/devices/new">{t.doneDevice}</a>
        </li>
      </ul>
    </Page>
  );
};

/** Says that the event is gone. */
export const GoneEventPage: FC<{ readonly view: PortalView }> = ({ view }) => {
  const t = words[view.locale];
  return (
    <Page view={view} title={t.goneTitle}>
      <p>{t.gone}</p>
    </Page>
  );
};
