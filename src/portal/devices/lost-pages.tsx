// A lost phone: which one, and since when it is ended. Both must be right at two in the morning.

import type { FC } from "hono/jsx";
import type { AppPassword } from "../../store/directory.ts";
import { Form } from "../../web/components/form.tsx";
import { format, Notice } from "../../web/components/parts.tsx";
import { Section } from "../../web/components/table.tsx";
import { Page } from "../page.tsx";
import { ACTIVITY, SECURITY } from "../paths.ts";
import type { PortalView } from "../site.ts";
import { lostWords } from "./lost-words.ts";
import { isOpen, type Mine, type MyDevice } from "./mine.ts";
import { lastSeen } from "./parts.tsx";
import { whatSaid } from "./said.ts";
import { words } from "./words.ts";

/** What can be lost: a device, or an app password with which none has come. */
export type Losable =
  | { readonly kind: "device"; readonly device: MyDevice }
  | { readonly kind: "password"; readonly password: AppPassword };

/** Everything of a person that still opens something: the device seen last comes first. */
export const losables = ({ devices, unused }: Pick<Mine, "devices" | "unused">): readonly Losable[] => [
  ...devices.filter(isOpen).map((device) => ({ kind: "device", device }) as const),
  ...unused.map((password) => ({ kind: "password", password }) as const),
];

export const idOf = (one: Losable): string => (one.kind === "device" ? one.device.id : one.password.id);

/** Asks which. With one device only, one press is enough. `fault`: why the last press ended nothing. */
export const LostPage: FC<{
  readonly view: PortalView;
  readonly all: readonly Losable[];
  readonly fault?: string | undefined;
}> = ({ view, all, fault }) => {
  const t = words[view.locale];
  const chosen = view.url.searchParams.get("device");
  return (
    <Page view={view} title={t.lostTitle}>
      {fault === undefined ? null : (
        <Notice tone="bad">
          <p>{fault}</p>
        </Notice>
      )}
      <section class="step">
        {all.length === 0 ? (
          <p>{t.lostNothing}</p>
        ) : (
          <Form view={view} action="/devices/lost">
            <fieldset class="choices">
              <legend>{t.lostWhich}</legend>
              {all.map((one) => (
                <label class="choice">
                  <input
                    type="radio"
                    name="lost"
                    value={idOf(one)}
                    required
                    checked={all.length === 1 || idOf(one) === chosen}
                  />
                  <span>
                    <Named {...{ view, one }} />
                  </span>
                </label>
              ))}
            </fieldset>
            <p>{t.lostSure}</p>
            <button class="danger wide">{t.lostButton}</button>
          </Form>
        )}
        <p>
          <small>{t.lostOther}</small>
        </p>
      </section>
    </Page>
  );
};

const Named: FC<{ readonly view: PortalView; readonly one: Losable }> = ({ view, one }) => {
  const t = words[view.locale];
  if (one.kind === "password") return <b>{t.lostPassword(one.password.label)}</b>;
  const { device } = one;
  const what = whatSaid(device.device.facts, view.locale);
  return (
    <>
      <b>{device.name}</b>
      <small class="under">
        {what === device.name ? "" : `${what}. `}
        {lastSeen(view, device)}
      </small>
    </>
  );
};

/** Says what is ended, since when, and what is left to do. `notMine`: somebody else's device was kept out. */
export const EndedPage: FC<{
  readonly view: PortalView;
  readonly lost: Losable;
  readonly at: number;
  /** The help desk gets mail about a certificate that is left. */
  readonly told?: boolean;
  readonly notMine?: boolean;
}> = ({ view, lost, at, told = false, notMine = false }) => {
  const t = words[view.locale];
  const more = lostWords[view.locale];
  const certificate = lost.kind === "device" && lost.device.certificate;
  return (
    <Page view={view} title={notMine ? t.notMineTitle : t.endedTitle}>
      <Notice tone="good">
        <p>
          <Named {...{ view, one: lost }} />
        </p>
        <p>
          <b>{t.ended(format(view, at, { timeStyle: "short" }))}</b>
        </p>
      </Notice>
      <Section title={t.endedNext}>
        {certificate ? (
          <Notice tone="wait">
            <p>{t.endedCertificate}</p>
            <p>{told ? t.endedTold : t.endedNotTold}</p>
          </Notice>
        ) : null}
        {notMine ? <p>{t.notMineNext}</p> : <p>{t.endedNothingLeft}</p>}
        <p>{more.sessions}</p>
        {notMine ? null : (
          <p>
            {more.passkeys} <a href={`${SECURITY}#passkeys`}>{more.toPasskeys}</a>
          </p>
        )}
        <div class="actions">
          {notMine ? (
            <a class="button" href={ACTIVITY}>
              {t.toActivity}
            </a>
          ) : (
            <a class="button" href="/devices/new">
              {t.add}
            </a>
          )}
          <a class="button secondary" href="/devices">
            {t.mine}
          </a>
        </div>
      </Section>
    </Page>
  );
};
