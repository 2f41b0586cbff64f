// The page of one device: what it is, where it stands, and what its owner can do with it.

import type { Child, FC } from "hono/jsx";
import { Field, Form } from "../../web/components/form.tsx";
import { Facts, Notice, Time } from "../../web/components/parts.tsx";
import { Page } from "../page.tsx";
import type { PortalView } from "../site.ts";
import { MAX_NAME_CHARS } from "./deeds.ts";
import { DoneNotice } from "./list-page.tsx";
import { isOpen, type MyDevice } from "./mine.ts";
import { dayOf, devicePath, passwordPath, placeIn, StateBadge } from "./parts.tsx";
import { whatSaid } from "./said.ts";
import { words } from "./words.ts";

type Props = { readonly view: PortalView; readonly device: MyDevice };

/** `fault`: why the last deed was not done. */
export const DevicePage: FC<Props & { readonly fault?: string | undefined }> = ({ view, device, fault }) => {
  const t = words[view.locale];
  const { facts } = device.device;
  const { expiresAt = null } = device.password ?? {};
  const more = t.stateMore[device.state];
  const said = (name: string, value: string): readonly [Child, Child] | null => (value === "" ? null : [name, value]);
  return (
    <Page view={view} title={device.name}>
      <DoneNotice view={view} />
      {fault === undefined ? null : (
        <Notice tone="bad">
          <p>{fault}</p>
        </Notice>
      )}
      <section>
        <p>
          <StateBadge {...{ view, device }} /> {more}
          {device.state === "refused" && device.rule !== undefined ? ` ${device.rule}.` : ""}
        </p>
        {device.state === "waits" ? (
          <p>
            <a class="button" href={`${devicePath(device.id)}/approve`}>
              {t.look}
            </a>
          </p>
        ) : null}
        <Facts
          facts={[
            [t.what, whatSaid(facts, view.locale)],
            said(t.model, facts.model),
            said(t.system, facts.os),
            said(t.computer, facts.workstation),
            [t.firstSeen, <Time reader={view} at={iso(device.device.firstSeenAt)} />],
            [t.lastSeen, <Time reader={view} at={iso(device.device.lastSeenAt)} />],
            [t.lastFrom, placeIn(view, device.device.source)],
          ]}
        />
        <p class="muted">
          <small>{t.claims}</small>
        </p>
        {expiresAt === null ? null : (
          <p>{(expiresAt > view.now ? t.passwordEnds : t.passwordEnded)(dayOf(view, expiresAt))}</p>
        )}
        {device.certificate && device.state !== "expected" ? <p>{t.certificate}</p> : null}
      </section>
      <Deeds {...{ view, device }} />
    </Page>
  );
};

const iso = (ms: number): string => new Date(ms).toISOString();

const Deeds: FC<Props> = ({ view, device }) => {
  const t = words[view.locale];
  const { password, state } = device;
  const at = devicePath(device.id);
  const isBlocked = state === "blocked" || state === "blocked-by-others";
  const mayForget = state !== "blocked-by-others" && state !== "waits-for-help-desk" && state !== "expected";
  return (
    <section>
      <div class="deeds">
        {isOpen(device) ? (
          <a class="button danger" href={`/devices/lost?${new URLSearchParams({ device: device.id })}`}>
            {t.lost}
          </a>
        ) : null}
        {password !== undefined && isOpen(device) ? (
          <a class="button secondary" href={`${passwordPath(password.id)}/renew`}>
            {t.renew}
          </a>
        ) : null}
        {password === undefined ? null : (
          <Deed title={t.rename}>
            <Form view={view} action={`${at}/rename`}>
              <Field
                {...{ label: t.renameLabel, name: "name", value: password.label, required: true }}
                {...{ maxlength: String(MAX_NAME_CHARS), autocomplete: "off" }}
              />
              <button>{t.save}</button>
            </Form>
          </Deed>
        )}
        {isBlocked ? null : (
          <Deed title={t.block}>
            <Form view={view} action={`${at}/block`}>
              <p>{t.blockHint}</p>
              <button class="danger">{t.block}</button>
            </Form>
          </Deed>
        )}
        {mayForget ? (
          <Deed title={t.forget}>
            <Form view={view} action={`${at}/forget`}>
              <p>{t.forgetHint}</p>
              <button class="danger">{t.forget}</button>
            </Form>
          </Deed>
        ) : null}
      </div>
      {state === "blocked-by-others" ? <p>{t.forgetNot}</p> : null}
    </section>
  );
};

const Deed: FC<{ readonly title: string; readonly children?: Child }> = ({ title, children }) => (
  <details>
    <summary>{title}</summary>
    {children}
  </details>
);
