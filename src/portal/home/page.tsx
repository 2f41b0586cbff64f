// The first page: what needs the person, the two things that people come for, and the devices.

import type { Child, FC } from "hono/jsx";
import type { ShownApproval } from "../../guards/approvals.ts";
import { Notice } from "../../web/components/parts.tsx";
import { Section } from "../../web/components/table.tsx";
import { placeOf } from "../approvals/pages.tsx";
import { words as approvalWords } from "../approvals/words.ts";
import { OneDevice } from "../devices/list-page.tsx";
import type { Mine } from "../devices/mine.ts";
import { dayOf, devicePath, passwordPath, placeIn, timeOf } from "../devices/parts.tsx";
import { whatSaid } from "../devices/said.ts";
import { Page } from "../page.tsx";
import { ACTIVITY, APPROVE, DEVICES } from "../paths.ts";
import { nameOf, type PortalView } from "../site.ts";
import { WelcomeDone } from "../welcome/done.tsx";
import type { Attention } from "./attention.ts";
import { words } from "./words.ts";

/** How many devices the first page lists. */
const SHOWN = 4;

export const HomePage: FC<{
  readonly view: PortalView;
  readonly mine: Mine;
  readonly attention: readonly Attention[];
  /** Whether people sign in to Lync by a page, and may approve that here. */
  readonly approves: boolean;
  /** What waits for that now. */
  readonly approval?: ShownApproval | undefined;
}> = ({ view, mine, attention, approves, approval }) => {
  const t = words[view.locale];
  const toApprove = approvalWords[view.locale];
  const { devices } = mine;
  return (
    <Page view={view} title={t.hello(nameOf(view.person))}>
      <WelcomeDone view={view} />
      <div class="tasks large">
        <a class="task" href="/devices/new">
          <b>{t.setUp}</b>
          <small>{t.setUpMore}</small>
        </a>
        <a class="task bad" href="/devices/lost">
          <b>{t.lost}</b>
          <small>{t.lostMore}</small>
        </a>
      </div>
      {approval === undefined ? null : (
        <Need title={toApprove.waits(placeOf(view, approval))}>
          <a class="button" href={APPROVE}>
            {toApprove.look}
          </a>
        </Need>
      )}
      {attention.map((one) => (
        <Needs {...{ view, one }} />
      ))}
      <Section
        title={t.devices}
        more={devices.length > SHOWN ? <a href={DEVICES}>{`${t.allDevices} (${devices.length})`}</a> : undefined}
      >
        {devices.length === 0 ? <p class="empty">{t.first}</p> : null}
        {devices.slice(0, SHOWN).map((device) => (
          <OneDevice {...{ view, device }} />
        ))}
      </Section>
      {attention.length === 0 && approval === undefined ? <p class="muted">{t.quiet}</p> : null}
      {approves && approval === undefined ? (
        <p>
          <a href={APPROVE}>{toApprove.link}</a>
        </p>
      ) : null}
    </Page>
  );
};

const Needs: FC<{ readonly view: PortalView; readonly one: Attention }> = ({ view, one }) => {
  const t = words[view.locale];
  switch (one.kind) {
    case "waits": {
      const { facts, source } = one.device.device;
      return (
        <Need title={t.waits(whatSaid(facts, view.locale), placeIn(view, source))}>
          <a class="button" href={`${devicePath(one.device.id)}/approve`}>
            {t.waitsButton}
          </a>
        </Need>
      );
    }
    case "runs-out":
      return (
        <Need title={t.runsOut(one.device.name, dayOf(view, one.until))}>
          <p>{t.runsOutMore}</p>
          <a class="button" href={`${passwordPath(one.password)}/renew`}>
            {t.runsOutButton}
          </a>
        </Need>
      );
    case "tries":
      return (
        <Need title={t.tries(one.count)}>
          {one.until === null ? null : <p>{t.triesLocked(Math.max(1, one.places), timeOf(view, one.until))}</p>}
          <p>{t.triesMore}</p>
          <a class="button secondary" href={ACTIVITY}>
            {t.triesButton}
          </a>
        </Need>
      );
  }
};

const Need: FC<{ readonly title: string; readonly children?: Child }> = ({ title, children }) => (
  <Notice tone="wait" title={title}>
    {children}
  </Notice>
);
