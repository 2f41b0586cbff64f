// Asks whether a device that waits is the person's: what it is, where and when, and its number to compare. Both answers
// stand side by side, and nothing is chosen in advance, so that nobody says yes by habit.

import type { FC } from "hono/jsx";
import { deviceNumber } from "../../core/device/number.ts";
import { Form } from "../../web/components/form.tsx";
import { Facts, Notice } from "../../web/components/parts.tsx";
import { Page } from "../page.tsx";
import type { PortalView } from "../site.ts";
import type { MyDevice } from "./mine.ts";
import { devicePath, placeIn, timeOf } from "./parts.tsx";
import { whatSaid } from "./said.ts";
import { words } from "./words.ts";

/** `fault`: why the last answer was not taken. */
export const ApprovePage: FC<{
  readonly view: PortalView;
  readonly device: MyDevice;
  readonly fault?: string | undefined;
}> = ({ view, device: mine, fault }) => {
  const t = words[view.locale];
  const { device, password } = mine;
  const { facts } = device;
  const at = `${devicePath(mine.id)}/approve`;
  return (
    <Page view={view} title={t.approveTitle}>
      {fault === undefined ? null : (
        <Notice tone="bad">
          <p>{fault}</p>
        </Notice>
      )}
      <section class="step">
        <p>{t.approveIntro}</p>
        <Facts
          facts={[
            [t.what, <b>{whatSaid(facts, view.locale)}</b>],
            facts.model === "" ? null : [t.model, facts.model],
            facts.workstation === "" ? null : [t.computer, facts.workstation],
            [t.where, placeIn(view, device.source)],
            [t.when, timeOf(view, device.lastSeenAt)],
            password === undefined ? null : [t.withPassword, password.label],
            [
              t.number,
              <>
                <b class="number">{deviceNumber(device.id)}</b>
                <small class="under">{t.numberMore}</small>
              </>,
            ],
          ]}
        />
        <Notice tone="wait">
          <p>{t.justSetUp}</p>
        </Notice>
        <div class="answers">
          <Form view={view} action={at}>
            <input type="hidden" name="shown" value={String(device.lastSeenAt)} />
            <button class="wide">{t.isMine}</button>
            <small class="under">{t.isMineHint}</small>
          </Form>
          <Form view={view} action={`${at}/not-mine`}>
            <button class="danger wide">{t.notMine}</button>
            <small class="under">{t.notMineHint}</small>
          </Form>
        </div>
      </section>
    </Page>
  );
};

/** It has been decided meanwhile. */
export const NotWaitingPage: FC<{ readonly view: PortalView; readonly said?: string }> = ({ view, said }) => {
  const t = words[view.locale];
  return (
    <Page view={view} title={t.notWaiting}>
      <section class="step">
        <p>{said ?? t.notWaitingMore}</p>
        <a class="button" href="/devices">
          {t.mine}
        </a>
      </section>
    </Page>
  );
};
