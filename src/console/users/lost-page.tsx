// A lost phone: which one, and what was ended. Both must be right at two in the morning.

import type { FC } from "hono/jsx";
import type { ProblemAnswer } from "../../api/problem.ts";
import type { DeviceAnswer } from "../../api/schemas/devices.ts";
import type { PasswordAnswer } from "../../api/schemas/passwords.ts";
import { format, Notice, ProblemNotice, sayWhen } from "../../web/components/parts.tsx";
import { Page } from "../page.tsx";
import type { View } from "../site.ts";
import { Certificates } from "./device-pages.tsx";
import { deviceWords } from "./device-words.ts";
import { deviceName, personPath, placeOf } from "./parts.tsx";
import { WhyField } from "./password-pages.tsx";
import type { Person } from "./person.ts";
import { AboutPerson, StepPage } from "./step-page.tsx";
import { words } from "./words.ts";

/** What can be lost: a device, or an app password with which none has come. */
export type Losable =
  | { readonly kind: "device"; readonly device: DeviceAnswer; readonly password: PasswordAnswer | undefined }
  | { readonly kind: "password"; readonly password: PasswordAnswer };

/** Everything of a person that still opens something, the one last seen first. */
export function losables({ devices, passwords }: Pick<Person, "devices" | "passwords">): readonly Losable[] {
  const all = passwords.ok ? passwords.value.items.filter(({ state }) => state !== "revoked") : [];
  const open = devices.ok ? devices.value.items.filter(({ state }) => state !== "blocked" && state !== "pending") : [];
  const bound = new Set(
    (devices.ok ? devices.value.items : []).flatMap(({ credentialId, state }) =>
      state === "pending" ? [] : [credentialId],
    ),
  );
  return [
    ...open.map((device) => ({
      ...({ kind: "device", device } as const),
      password: all.find(({ id }) => id === device.credentialId),
    })),
    ...all
      .filter(({ id, state }) => state === "live" && !bound.has(id))
      .map((password) => ({ kind: "password", password }) as const),
  ];
}

export const idOf = (one: Losable): string => (one.kind === "device" ? one.device.id : one.password.id);

/** Asks which. */
export const LostPage: FC<{
  view: View;
  person: Person;
  typed?: URLSearchParams;
  problem?: ProblemAnswer | undefined;
}> = ({ view, person, typed, problem }) => {
  const t = deviceWords[view.locale];
  const { user } = person;
  const all = losables(person);
  const chosen = typed?.get("lost") ?? (all.length === 1 && all[0] !== undefined ? idOf(all[0]) : "");
  if (all.length === 0) {
    return (
      <Page view={view} title={t.lostTitle}>
        <AboutPerson user={user} />
        <p>{t.lostNothing}</p>
        <Unknown {...{ view, person }} />
      </Page>
    );
  }
  return (
    <StepPage
      {...{ view, user, problem, title: t.lostTitle, said: { button: t.lostButton, cancel: t.cancel }, danger: true }}
    >
      <fieldset class="choices">
        <legend>{t.lostWhich}</legend>
        {all.map((one) => (
          <label class="choice">
            <input type="radio" name="lost" value={idOf(one)} required checked={idOf(one) === chosen} />
            <span>
              {one.kind === "password" ? (
                <b>{t.lostNeverCame(one.password.label || words[view.locale].noLabel)}</b>
              ) : (
                <>
                  <b>
                    {t.types[one.device.facts.type]}: {deviceName(one.device, view.locale)}
                  </b>
                  <small class="under">
                    {words[view.locale].seen} {sayWhen(view, Date.parse(one.device.lastSeenAt))}{" "}
                    {words[view.locale].from} {placeOf(one.device.source, view.locale)}
                    {one.password === undefined || one.password.label === ""
                      ? null
                      : `, ${words[view.locale].withPassword(one.password.label)}`}
                  </small>
                </>
              )}
            </span>
          </label>
        ))}
      </fieldset>
      <p>{t.lostSure}</p>
      <WhyField view={view} typed={typed ?? new URLSearchParams({ why: t.lostDefault })} />
      <Unknown {...{ view, person }} />
    </StepPage>
  );
};

const Unknown: FC<{ view: View; person: Person }> = ({ view, person: { user } }) => (
  <p>
    <small>
      {deviceWords[view.locale].lostUnknown} <a href={`${personPath(user.id)}/disable`}>{words[view.locale].disable}</a>
    </small>
  </p>
);

/** What became of each of the three steps. Absent: there was nothing to do. */
export type Ended = {
  readonly at: number;
  readonly device?: ProblemAnswer | { readonly done: true };
  readonly password?: ProblemAnswer | { readonly done: true };
  readonly sessions?: ProblemAnswer | { readonly done: true };
  readonly certificates: string | null;
};

/** Says what is ended, and since when. */
export const EndedPage: FC<{ view: View; person: Person; lost: Losable; ended: Ended }> = ({
  view,
  person: { user },
  lost,
  ended,
}) => {
  const t = deviceWords[view.locale];
  const { device, password, sessions } = ended;
  const isWhole = [device, password, sessions].every((each) => each === undefined || "done" in each);
  const label = lost.password?.label || words[view.locale].noLabel;
  return (
    <Page view={view} title={isWhole ? t.endedTitle : t.lostTitle}>
      <AboutPerson user={user} />
      <Notice tone={isWhole ? "good" : "wait"}>
        {lost.kind === "device" ? (
          <p>
            <b>
              {t.types[lost.device.facts.type]}: {deviceName(lost.device, view.locale)}
            </b>
          </p>
        ) : null}
        {isWhole ? <p>{t.ended(format(view, ended.at, { timeStyle: "medium" }))}</p> : null}
        {password !== undefined && "done" in password ? <p>{t.endedPassword(label)}</p> : null}
        {sessions !== undefined && "done" in sessions ? <p>{t.endedSessions}</p> : null}
      </Notice>
      {device !== undefined && !("done" in device) ? (
        <>
          <p>{t.notBlocked}</p>
          <ProblemNotice problem={device} />
        </>
      ) : null}
      {password !== undefined && !("done" in password) ? (
        <>
          <p>{t.endedHalf}</p>
          <ProblemNotice problem={password} />
        </>
      ) : null}
      {sessions !== undefined && !("done" in sessions) ? (
        <>
          <p>{t.notSignedOut}</p>
          <ProblemNotice problem={sessions} />
        </>
      ) : null}
      <Certificates view={view} command={ended.certificates} />
      <p>{t.endedNext}</p>
      <div class="actions spread">
        <a class="button" href={`${personPath(user.id)}/new-password`}>
          {t.newPassword}
        </a>
        <a class="button secondary" href={personPath(user.id)}>
          {t.back}
        </a>
      </div>
    </Page>
  );
};
