// The pages of an approval. The person sees from where somebody signs in, and picks the number that the own screen
// shows. There is no plain "yes", so nobody approves by habit.

import type { FC } from "hono/jsx";
import type { ShownApproval } from "../../guards/approvals.ts";
import { Form } from "../../web/components/form.tsx";
import { Facts, Notice } from "../../web/components/parts.tsx";
import { placeIn, timeOf } from "../devices/parts.tsx";
import { clientSaid } from "../devices/said.ts";
import { Page } from "../page.tsx";
import { APPROVE, HOME } from "../paths.ts";
import type { PortalView } from "../site.ts";
import { words } from "./words.ts";

/** From where it comes. */
export const placeOf = (view: PortalView, { source, country = "", city }: ShownApproval): string =>
  placeIn(view, { network: source, country, ...(city !== undefined && { city }) });

/** What waits, and the numbers. */
export const ApprovalPage: FC<{ readonly view: PortalView; readonly approval: ShownApproval }> = ({
  view,
  approval,
}) => {
  const t = words[view.locale];
  const { id, askedAt, until, numbers, userAgent } = approval;
  return (
    <Page view={view} title={t.title}>
      <section class="step">
        <p>{t.intro}</p>
        <Facts
          facts={[
            [t.where, <b>{placeOf(view, approval)}</b>],
            [t.client, clientSaid(userAgent, view.locale)],
            [t.when, timeOf(view, askedAt)],
            [t.until, timeOf(view, until)],
          ]}
        />
        <h2 class="pick">{t.pick}</h2>
        <p>{t.pickMore}</p>
        <Form view={view} action={APPROVE}>
          <input type="hidden" name="request" value={id} />
          <div class="numbers">
            {numbers.map((number) => (
              <button class="secondary" name="number" value={String(number)} aria-label={t.number(number)}>
                {number}
              </button>
            ))}
          </div>
        </Form>
        <Form view={view} action={`${APPROVE}/not-me`}>
          <input type="hidden" name="request" value={id} />
          <button class="danger wide">{t.notMine}</button>
          <small class="under">{t.notMineHint}</small>
        </Form>
      </section>
    </Page>
  );
};

/** Nothing waits. `gone`: something did. */
export const NoApprovalPage: FC<{ readonly view: PortalView; readonly gone?: boolean }> = ({ view, gone = false }) => {
  const t = words[view.locale];
  return (
    <Page view={view} title={t.title}>
      <section class="step">
        {gone ? (
          <Notice tone="wait">
            <p>{t.gone}</p>
          </Notice>
        ) : (
          <p>{t.none}</p>
        )}
        <p>{t.noneMore}</p>
        <a class="button" href={APPROVE}>
          {t.again}
        </a>
      </section>
    </Page>
  );
};

/** What came of it. */
export const ApprovalDonePage: FC<{
  readonly view: PortalView;
  readonly done: "approved" | "declined" | "wrong";
}> = ({ view, done }) => {
  const t = words[view.locale];
  return (
    <Page view={view} title={t[`${done}Title`]}>
      <section class="step">
        <Notice tone={done === "wrong" ? "bad" : "good"}>
          <p>{t[done]}</p>
        </Notice>
        <a class="button secondary" href={HOME}>
          {t.home}
        </a>
      </section>
    </Page>
  );
};
