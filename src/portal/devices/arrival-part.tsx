// The part of a page that waits for a new device: what is known, in one sentence, and how soon to look again. The
// server says how soon, so that a page that is left open asks less and less, and stops.

import { raw } from "hono/html";
import type { Child, FC } from "hono/jsx";
import { deviceNumber } from "../../core/device/number.ts";
import { Notice } from "../../web/components/parts.tsx";
import { Page } from "../page.tsx";
import type { PortalView } from "../site.ts";
import type { Arrival } from "./arrival.ts";
import { arrivalWords } from "./arrival-words.ts";
import { devicePath, placeIn, timeOf, waitingPath } from "./parts.tsx";
import { clientSaid, whatSaid } from "./said.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
/** How often the page looks: every two seconds for two minutes, then every four, for a quarter of an hour in all. */
const RATES: readonly (readonly [untilMs: number, everyMs: number])[] = [
  [2 * MINUTE_MS, 2 * SECOND_MS],
  [15 * MINUTE_MS, 4 * SECOND_MS],
];

/** After how long to look again, seconds. Undefined: the page has waited long enough. */
export function lookAgainAfter(from: number, now: number): number | undefined {
  const [, every] = RATES.find(([until]) => now - from < until) ?? [];
  return every === undefined ? undefined : every / SECOND_MS;
}

/** An app password whose device is awaited, and what is known of it. */
export type Awaited = {
  readonly id: string;
  /** When its secret was made, ms. */
  readonly since: number;
  /** When the page was opened, ms. */
  readonly from: number;
  readonly arrival: Arrival;
  /** Until when the network of the reader has to wait, ms, if it has to. */
  readonly networkUntil?: number | undefined;
};

type Props = { readonly view: PortalView; readonly awaited: Awaited };

/** What tells one state from another, so that the part is sent again only when something has changed. */
export function stateKey({ from, arrival, networkUntil }: Awaited, now: number): string {
  const about = "bound" in arrival ? arrival.bound.device.id : "seen" in arrival ? arrival.seen.at.toString(36) : "";
  const why = "why" in arrival ? arrival.why : "";
  const late = now - from > LATE_MS ? "late" : "";
  return [arrival.kind, why, about, late, networkUntil === undefined ? "" : "held", lookAgainAfter(from, now)].join(
    ".",
  );
}

/** Whether nothing changes any more by itself. */
const isOver = ({ kind }: Arrival): boolean => kind === "here" || kind === "ended";

/** After that, ms, nothing is usual any more, and the page says what to look at. */
const LATE_MS = 45 * SECOND_MS;

/** It asks for itself again. `aria-live` is around it, because it is replaced as a whole. */
export const ArrivalPart: FC<Props> = ({ view, awaited }) => {
  const { id, since, from, arrival } = awaited;
  const every = isOver(arrival) ? undefined : lookAgainAfter(from, view.now);
  const seen = stateKey(awaited, view.now);
  const query = new URLSearchParams({ since: String(since), from: String(from), seen });
  const asks =
    every === undefined
      ? {}
      : { "hx-get": `${waitingPath(id)}/now?${query}`, "hx-trigger": `every ${every}s`, "hx-swap": "outerHTML" };
  return (
    <div id="arrival" data-arrival={arrival.kind} {...asks}>
      <Said {...{ view, awaited }} />
      {every === undefined && !isOver(arrival) ? (
        <>
          <p>{arrivalWords[view.locale].stopped}</p>
          <a class="button secondary" href={waitingPath(id)}>
            {arrivalWords[view.locale].look}
          </a>
        </>
      ) : null}
    </div>
  );
};

/** The part on a page that must not be loaded again. Without a script, another page waits. */
export const LiveArrival: FC<Props> = (props) => (
  <>
    <div aria-live="polite">
      <ArrivalPart {...props} />
    </div>
    <noscript>
      <a class="button secondary" href={waitingPath(props.awaited.id)} target="_blank" rel="noopener">
        {arrivalWords[props.view.locale].lookInTab}
      </a>
    </noscript>
  </>
);

/** A page that only waits. Without a script it loads itself again. */
export const WaitingPage: FC<Props & { readonly name: string }> = ({ view, awaited, name }) => {
  const t = arrivalWords[view.locale];
  const { id, from, arrival } = awaited;
  const every = isOver(arrival) ? undefined : lookAgainAfter(from, view.now);
  const again = `${waitingPath(id)}?${new URLSearchParams({ from: String(from) })}`;
  return (
    <Page view={view} title={t.title(name)} scripts={["htmx.js"]}>
      {every === undefined ? null : reloads(every, again)}
      <section class="step">
        <div aria-live="polite">
          <ArrivalPart {...{ view, awaited }} />
        </div>
        {every === undefined ? null : (
          <noscript>
            <a class="button secondary" href={again}>
              {t.look}
            </a>
          </noscript>
        )}
      </section>
    </Page>
  );
};

/** For browsers without a script only. As raw text, because JSX would take a `meta` out of it and into the head. */
const reloads = (seconds: number, path: string) =>
  raw(`<noscript><meta http-equiv="refresh" content="${seconds}; url=${path}"></noscript>`);

const Said: FC<Props> = ({ view, awaited }) => {
  const t = arrivalWords[view.locale];
  const { arrival, from, networkUntil } = awaited;
  const isLate = view.now - from > LATE_MS;
  switch (arrival.kind) {
    case "waiting":
      return (
        <Waits title={t.waiting}>
          <p>{networkUntil === undefined ? t.waitingMore : t.networkLocked(timeOf(view, networkUntil))}</p>
          {isLate && networkUntil === undefined ? <p>{t.noneYet}</p> : null}
        </Waits>
      );
    case "ended": {
      const [says, todo] = t.why.ended;
      return (
        <Notice tone="bad" title={says}>
          <p>{todo}</p>
          <Next {...{ view, why: "ended" }} />
        </Notice>
      );
    }
    case "signed-in":
      return (
        <Waits title={view.now - arrival.seen.at > LATE_MS ? t.signedInLong : t.signedIn}>
          <Where {...{ view, seen: arrival.seen }} />
        </Waits>
      );
    case "here":
    case "kept-out":
      return <Came {...{ view, arrival }} />;
    case "wrong-password":
      return (
        <Notice tone="wait" title={`${t.wrong}: ${clientSaid(arrival.seen.userAgent, view.locale)}.`}>
          <Where {...{ view, seen: arrival.seen }} />
          <p>{t.wrongMore}</p>
        </Notice>
      );
    case "locked":
      return (
        <Notice tone="wait" title={t.locked(timeOf(view, arrival.until))}>
          <Where {...{ view, seen: arrival.seen }} />
          <p>{t.lockedMore}</p>
        </Notice>
      );
    case "failed":
      return (
        <Notice tone="bad" title={`${t.failed}.`}>
          <Where {...{ view, seen: arrival.seen }} />
          <p>{t.failedMore}</p>
        </Notice>
      );
    case "refused": {
      const [says, todo] = t.why[arrival.why];
      return (
        <Notice tone="bad" title={says}>
          {arrival.why === "rule" && arrival.seen.rule !== undefined ? <p>{arrival.seen.rule}.</p> : null}
          <Where {...{ view, seen: arrival.seen }} />
          <p>{todo}</p>
          <Next {...{ view, why: arrival.why }} />
        </Notice>
      );
    }
  }
};

/** The device has named itself. */
const Came: FC<{
  readonly view: PortalView;
  readonly arrival: Extract<Arrival, { readonly kind: "here" | "kept-out" }>;
}> = ({ view, arrival }) => {
  const t = arrivalWords[view.locale];
  const { device, rule } = arrival.bound;
  const what = `${whatSaid(device.facts, view.locale)}, ${t.from(placeIn(view, device.source))}`;
  if (arrival.kind === "here") {
    return (
      <Notice tone="good" title={t.here(what)}>
        <p>{t.hereMore}</p>
        <a class="button" href="/devices">
          {t.toDevices}
        </a>
      </Notice>
    );
  }
  const [says, todo] = t.why[arrival.why];
  return (
    <Notice tone="wait" title={t.here(what)}>
      <p>{says}</p>
      {arrival.why === "rule" && rule !== undefined ? <p>{rule}.</p> : null}
      <p>{todo}</p>
      {arrival.why === "own-approval" || arrival.why === "approval" ? <p>{t.number(deviceNumber(device.id))}</p> : null}
      <Next {...{ view, why: arrival.why, device: device.id }} />
    </Notice>
  );
};

/** The next step, as a button. */
const Next: FC<{ readonly view: PortalView; readonly why: string; readonly device?: string }> = ({
  view,
  why,
  device,
}) => {
  const t = arrivalWords[view.locale];
  const to = (href: string, said: string) => (
    <a class="button" href={href}>
      {said}
    </a>
  );
  switch (why) {
    case "own-approval":
      return device === undefined ? to("/devices", t.toDevices) : to(`${devicePath(device)}/approve`, t.approve);
    case "too-many":
    case "too-many-waiting":
      return to("/devices", t.toDevices);
    case "another-device":
    case "ended":
      return to("/devices/new", t.again);
    default:
      return device === undefined ? null : to(devicePath(device), t.toDevice);
  }
};

const Waits: FC<{ readonly title: string; readonly children?: Child }> = ({ title, children }) => (
  <div class="notice quiet">
    <strong>
      <span class="pulse" aria-hidden="true" /> {title}
    </strong>
    {children}
  </div>
);

const Where: FC<{ readonly view: PortalView; readonly seen: { readonly source: string; readonly at: number } }> = ({
  view,
  seen: { source, at },
}) => <p>{arrivalWords[view.locale].at(placeIn(view, { network: source }), timeOf(view, at))}</p>;
