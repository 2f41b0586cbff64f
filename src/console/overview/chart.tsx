// Sign-ins and refusals hour by hour: two charts of bars, and the same numbers as a table. The bars are drawn with
// attributes and classes alone, because a page may have no style of its own text.

import type { FC } from "hono/jsx";
import type { StatisticsAnswer } from "../../api/schemas/statistics.ts";
import { format, Notice, number } from "../../web/components/parts.tsx";
import { Section, Table } from "../../web/components/table.tsx";
import type { View } from "../site.ts";
import { words } from "./words.ts";

type Hour = StatisticsAnswer["hours"][number];
type Props = { readonly view: View; readonly hours: readonly Hour[] };

/** Both charts, and the numbers. */
export const Charts: FC<Props> = ({ view, hours }) => {
  const t = words[view.locale];
  const sum = (of: (hour: Hour) => number): number => hours.reduce((total, hour) => total + of(hour), 0);
  const failed = sum((hour) => hour.failed);
  const locked = sum((hour) => hour.locked);
  return (
    <>
      {failed === 0 ? null : (
        <Notice tone="wait">
          <p>
            {t.failed(number(view, failed))} <a href="/audit?outcome=failed&last=24h">{t.toFailed}</a>
          </p>
        </Notice>
      )}
      <div class="columns">
        <Chart
          {...{ view, hours, title: t.signIns, of: (hour) => hour.signedIn, look: "signed-in" }}
          more={{ href: "/audit?outcome=signed-in&last=24h", said: t.toSignIns }}
        />
        <Chart
          {...{
            view,
            hours,
            title: t.refusals,
            of: (hour) => hour.refused,
            part: (hour) => hour.locked,
            look: "refused",
          }}
          more={{ href: "/audit?outcome=refused&last=24h", said: t.toRefusals }}
          {...(locked === 0 ? {} : { note: t.locked(number(view, locked)) })}
        />
      </div>
      <details class="numbers">
        <summary>{t.asTable}</summary>
        <Numbers {...{ view, hours }} />
      </details>
    </>
  );
};

/** Units of the drawing. It is stretched to the width that there is. */
const [SLOT, BAR, HEIGHT] = [10, 8, 100];

const Chart: FC<
  Props & {
    readonly title: string;
    readonly of: (hour: Hour) => number;
    /** Of those, drawn darker. */
    readonly part?: (hour: Hour) => number;
    readonly look: "signed-in" | "refused";
    readonly more: { readonly href: string; readonly said: string };
    readonly note?: string;
  }
> = ({ view, hours, title, of, part, look, more, note }) => {
  const t = words[view.locale];
  const most = Math.max(0, ...hours.map(of));
  const total = hours.reduce((sum, hour) => sum + of(hour), 0);
  const peak = hours.find((hour) => of(hour) === most);
  const said =
    total === 0 || peak === undefined
      ? t.nothing
      : `${t.total(number(view, total))}, ${t.most(number(view, most), clock(view, peak))}`;
  const high = (value: number): number => (most === 0 ? 0 : Math.round((value / most) * HEIGHT * 10) / 10);
  const bar = (value: number, at: number, name: string) =>
    value === 0 ? null : (
      // A single sign-in can still be seen beside thousands.
      <rect
        {...{ class: name, x: at * SLOT + 1, width: BAR, y: HEIGHT - Math.max(1.5, high(value)) }}
        height={Math.max(1.5, high(value))}
      />
    );
  return (
    <Section title={title} more={<a href={more.href}>{more.said}</a>}>
      <p class="muted">
        {said}
        {note === undefined ? null : `; ${note}`}
      </p>
      <svg
        class="chart"
        role="img"
        aria-label={`${title}: ${said}`}
        viewBox={`0 0 ${hours.length * SLOT} ${HEIGHT}`}
        preserveAspectRatio="none"
      >
        <line class="ground" x1="0" x2={hours.length * SLOT} y1={HEIGHT} y2={HEIGHT} />
        {hours.map((hour, at) => (
          <g class={hour.complete ? undefined : "going"}>
            <title>{`${clock(view, hour)}: ${number(view, of(hour))}`}</title>
            <rect class="touch" x={at * SLOT} width={SLOT} y="0" height={HEIGHT} />
            {bar(of(hour), at, look)}
            {part === undefined ? null : bar(part(hour), at, `${look} part`)}
          </g>
        ))}
      </svg>
      <div class="axis" aria-hidden="true">
        {hours
          .filter((_, at) => at % 6 === 0)
          .map((hour) => (
            <span>{clock(view, hour)}</span>
          ))}
        <span>{t.now}</span>
      </div>
    </Section>
  );
};

const clock = (view: View, { from }: Hour): string => format(view, Date.parse(from), { timeStyle: "short" });

const Numbers: FC<Props> = ({ view, hours }) => {
  const t = words[view.locale];
  const many = (of: (hour: Hour) => number) => (hour: Hour) => number(view, of(hour));
  return (
    <Table
      caption={t.asTable}
      rows={hours.toReversed()}
      empty={t.nothing}
      columns={[
        {
          ...{ head: t.hour, main: true },
          cell: (hour) => (
            <>
              {format(view, Date.parse(hour.from), { weekday: "short", hour: "2-digit", minute: "2-digit" })}
              {hour.complete ? null : <small> {hour.whole ? t.goesOn : `${t.goesOn}, ${t.more}`}</small>}
            </>
          ),
        },
        { head: t.signedIn, cell: many((hour) => hour.signedIn) },
        { head: t.refused, cell: many((hour) => hour.refused) },
        { head: t.lockedHead, cell: many((hour) => hour.locked) },
        { head: t.failedHead, cell: many((hour) => hour.failed) },
        { head: t.devicesWaiting, cell: many((hour) => hour.devicesWaiting) },
      ]}
    />
  );
};
