// The list of a person's devices, and of the app passwords with which none has come.

import type { FC } from "hono/jsx";
import { Form } from "../../web/components/form.tsx";
import { Notice, sayWhen } from "../../web/components/parts.tsx";
import { Section } from "../../web/components/table.tsx";
import { Page } from "../page.tsx";
import type { PortalView } from "../site.ts";
import type { Mine, MyDevice } from "./mine.ts";
import { RENEW_WITHIN_MS } from "./mine.ts";
import { dayOf, devicePath, lastSeen, passwordPath, StateBadge, waitingPath } from "./parts.tsx";
import { whatSaid } from "./said.ts";
import { words } from "./words.ts";

type Props = { readonly view: PortalView; readonly mine: Mine };

/** What has just been done, if the address says it. */
export const DoneNotice: FC<{ readonly view: PortalView }> = ({ view }) => {
  const { done } = words[view.locale];
  const said = view.url.searchParams.get("done") ?? "";
  if (!Object.hasOwn(done, said)) return null;
  return (
    <Notice tone="good">
      <p>{done[said as keyof typeof done]}</p>
    </Notice>
  );
};

export const DevicesPage: FC<Props> = ({ view, mine }) => {
  const t = words[view.locale];
  return (
    <Page
      view={view}
      title={t.mine}
      actions={
        <div class="actions">
          <a class="button" href="/devices/new">
            {t.add}
          </a>
          <a class="button danger" href="/devices/lost">
            {t.lostTitle}
          </a>
        </div>
      }
    >
      <DoneNotice view={view} />
      <section>
        <h2 class="unseen">{t.mine}</h2>
        {mine.devices.length === 0 ? <p class="empty">{t.none}</p> : null}
        {mine.devices.map((device) => (
          <OneDevice view={view} device={device} />
        ))}
      </section>
      {mine.unused.length === 0 ? null : <Unused {...{ view, mine }} />}
    </Page>
  );
};

/** A device in a list: what it is called, what it is, where it stands. */
export const OneDevice: FC<{ readonly view: PortalView; readonly device: MyDevice }> = ({ view, device }) => {
  const t = words[view.locale];
  const what = whatSaid(device.device.facts, view.locale);
  const { expiresAt = null } = device.password ?? {};
  const more = t.stateMore[device.state];
  return (
    <div class="device beside">
      <div>
        <h3>
          <a href={devicePath(device.id)}>{device.name}</a> <StateBadge {...{ view, device }} />
        </h3>
        <p class="muted">
          {what === device.name ? null : <>{what}. </>}
          {lastSeen(view, device)}
        </p>
        {more === "" ? null : <p>{more}</p>}
        {device.state === "in" && expiresAt !== null && expiresAt - view.now < RENEW_WITHIN_MS ? (
          <p>{t.passwordEnds(dayOf(view, expiresAt))}</p>
        ) : null}
      </div>
      {device.state === "waits" ? (
        <div class="actions">
          <a class="button small" href={`${devicePath(device.id)}/approve`} aria-label={`${t.look}: ${device.name}`}>
            {t.look}
          </a>
        </div>
      ) : null}
    </div>
  );
};

const Unused: FC<Props> = ({ view, mine }) => {
  const t = words[view.locale];
  return (
    <Section title={t.unused}>
      <p class="muted">{t.unusedMore}</p>
      {mine.unused.map(({ id, label, createdAt }) => (
        <div class="device beside">
          <div>
            <h3>{label}</h3>
            <p class="muted">
              {t.madeAt}: {sayWhen(view, createdAt)}
            </p>
          </div>
          <div class="actions">
            <a class="button small secondary" href={waitingPath(id)} aria-label={`${t.wait}: ${label}`}>
              {t.wait}
            </a>
            <Form view={view} action={`${passwordPath(id)}/end`}>
              <button class="small danger" aria-label={`${t.end}: ${label}`}>
                {t.end}
              </button>
            </Form>
          </div>
        </div>
      ))}
    </Section>
  );
};
