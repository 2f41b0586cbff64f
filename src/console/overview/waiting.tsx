// The devices that wait for an approval: what each is, whose, where, and the buttons beside it.

import type { FC } from "hono/jsx";
import type { DeviceAnswer } from "../../api/schemas/devices.ts";
import { Form } from "../../web/components/form.tsx";
import { Time } from "../../web/components/parts.tsx";
import { Section } from "../../web/components/table.tsx";
import type { View } from "../site.ts";
import { deviceWords } from "../users/device-words.ts";
import { addressOf, deviceName, devicePath, nameOf, personPath, placeOf } from "../users/parts.tsx";
import { words } from "./words.ts";

/** A device, and whose it is. */
export type WaitingDevice = DeviceAnswer & {
  readonly user: string;
  readonly userId: string;
  readonly displayName: string | null;
};

/** The section of the overview. `isCut`: there are more. */
export const WaitingDevices: FC<{
  readonly view: View;
  readonly devices: readonly WaitingDevice[];
  readonly isCut: boolean;
}> = ({ view, devices, isCut }) => {
  const t = words[view.locale];
  const all = isCut ? <a href="/devices?state=quarantined">{t.allWaiting}</a> : null;
  return (
    <Section title={t.waiting} {...(devices.length === 0 ? {} : { id: "waiting" })} more={all}>
      {devices.length === 0 ? <p class="empty">{t.noneWaits}</p> : null}
      {devices.map((device) => (
        <Waiting view={view} device={device} />
      ))}
    </Section>
  );
};

const Waiting: FC<{ view: View; device: WaitingDevice }> = ({ view, device }) => {
  const t = words[view.locale];
  const at = devicePath(device.userId, device.id);
  const person = nameOf({ displayName: device.displayName, sipUri: device.user });
  return (
    <div class="device beside">
      <div>
        <h3>
          <a href={personPath(device.userId)}>{person}</a>
          {device.displayName === null ? null : <small> {addressOf(device.user)}</small>}
        </h3>
        <p>
          {deviceWords[view.locale].types[device.facts.type]}: {deviceName(device, view.locale)}
          <br />
          <span class="muted">
            {placeOf(device.source, view.locale)}, <Time reader={view} at={device.lastSeenAt} />
            <br />
            {deviceWords[view.locale].number}: {device.number}
            {device.waitsFor === "owner" ? ` · ${t.forOwner}` : null}
          </span>
        </p>
      </div>
      <div class="actions spread">
        {view.may.help
          ? (["approve", "block"] as const).map((verb) => (
              <Form view={view} action={`${at}/${verb}`}>
                <input type="hidden" name="to" value="overview" />
                <button class={verb === "block" ? "danger" : undefined} aria-label={`${t[verb]}: ${person}`}>
                  {t[verb]}
                </button>
              </Form>
            ))
          : null}
        <a class="button secondary" href={at}>
          {t.why}
        </a>
      </div>
    </div>
  );
};
