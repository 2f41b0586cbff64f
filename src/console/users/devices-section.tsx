// The devices of a person on the person's page: those that wait first and whole, the others in a list.

import type { FC } from "hono/jsx";
import type { DeviceAnswer } from "../../api/schemas/devices.ts";
import { Form } from "../../web/components/form.tsx";
import { Facts, Notice, Time } from "../../web/components/parts.tsx";
import { Section } from "../../web/components/table.tsx";
import type { View } from "../site.ts";
import { deviceWords } from "./device-words.ts";
import { addressOf, DeviceState, deviceName, devicePath, NumberOf, Part, personPath, placeOf } from "./parts.tsx";
import { type Person, waitingDevices } from "./person.ts";
import { words } from "./words.ts";

type Props = { readonly view: View; readonly person: Person };
type OneProps = Props & { readonly device: DeviceAnswer };

/** What waits for approval: what it is and where, and the buttons beside it. */
export const WaitingDevices: FC<Props> = ({ view, person }) => {
  const waiting = waitingDevices(person);
  if (waiting.length === 0) return null;
  return (
    <Section title={words[view.locale].waitingTitle} id="waiting">
      {waiting.map((device) => (
        <Waiting {...{ view, person, device }} />
      ))}
    </Section>
  );
};

const Waiting: FC<OneProps> = ({ view, person, device }) => {
  const t = deviceWords[view.locale];
  return (
    <div class="device">
      <h3>
        {t.types[device.facts.type]}: {deviceName(device, view.locale)}
      </h3>
      <Facts
        facts={[
          [t.number, <NumberOf view={view} device={device} />],
          [t.place, placeOf(device.source, view.locale)],
          [t.lastSeen, <Time reader={view} at={device.lastSeenAt} />],
          [t.passwordOf, <PasswordOf {...{ view, person, device }} />],
        ]}
      />
      {device.waitsFor === "owner" ? <p>{t.forOwnerHint}</p> : null}
      <DeviceButtons {...{ view, person, device }} large />
    </div>
  );
};

/** Every device that does not wait. */
export const DevicesSection: FC<Props> = ({ view, person }) => {
  const t = words[view.locale];
  const { user, devices } = person;
  const others = devices.ok ? devices.value.items.filter(({ state }) => state !== "quarantined") : [];
  const expect = view.may.help ? <a href={`${personPath(user.id)}/expect`}>{t.expect}</a> : null;
  return (
    <Part view={view} title={t.devices} id="devices" more={expect} failed={devices.ok ? undefined : devices}>
      {person.contests.map(({ key, holder }) => (
        <Notice tone="wait">
          <p>{t.contest(key, addressOf(holder))}</p>
          <p>
            <a href={personPath(holder)}>{t.toHolder}</a>
          </p>
        </Notice>
      ))}
      {others.length === 0 && person.contests.length === 0 ? <p class="empty">{t.noDevices}</p> : null}
      {others.map((device) => (
        <OneDevice {...{ view, person, device }} />
      ))}
    </Part>
  );
};

const OneDevice: FC<OneProps> = ({ view, person, device }) => {
  const t = words[view.locale];
  const hasCome = !(device.state === "pending" && device.key === null);
  return (
    <div class="device">
      <h3>
        <a href={devicePath(person.user.id, device.id)}>
          {deviceWords[view.locale].types[device.facts.type]}: {deviceName(device, view.locale)}
        </a>{" "}
        <DeviceState device={device} locale={view.locale} />
      </h3>
      <p class="muted">
        {hasCome ? (
          <>
            {t.seen} <Time reader={view} at={device.lastSeenAt} /> {t.from} {placeOf(device.source, view.locale)},{" "}
          </>
        ) : null}
        <PasswordOf {...{ view, person, device }} sentence />
      </p>
      {person.waitingKeys.has(device.id) ? (
        <Notice tone="wait">
          <p>
            {t.keyWaits} <a href={`${devicePath(person.user.id, device.id)}#keys`}>{t.why}</a>
          </p>
        </Notice>
      ) : null}
      <DeviceButtons {...{ view, person, device }} />
    </div>
  );
};

/** Which app password a device has. */
const PasswordOf: FC<OneProps & { readonly sentence?: boolean }> = ({ view, person, device, sentence = false }) => {
  const t = words[view.locale];
  const { passwords } = person;
  const all = passwords.ok ? passwords.value.items : [];
  const own = all.find(({ id }) => id === device.credentialId);
  if (device.credentialId === null || own?.state === "revoked") return <>{t.passwordGone}</>;
  const label = own === undefined ? device.credentialId : own.label || t.noLabel;
  return <>{sentence ? t.withPassword(label) : label}</>;
};

/** What can be done with a device at one click, and the way to the rest. */
const DeviceButtons: FC<OneProps & { readonly large?: boolean }> = ({ view, person, device, large = false }) => {
  const t = words[view.locale];
  const at = devicePath(person.user.id, device.id);
  const size = large ? "" : "small ";
  const isLetIn = device.state === "allowed" || device.state === "pending";
  return (
    <div class={large ? "actions spread" : "actions"}>
      {view.may.help && !isLetIn ? (
        <Form view={view} action={`${at}/approve`}>
          <input type="hidden" name="to" value="person" />
          <button class={`${size}${large ? "" : "secondary"}`}>{t.approve}</button>
        </Form>
      ) : null}
      {view.may.help && device.state !== "blocked" ? (
        <Form view={view} action={`${at}/block`}>
          <input type="hidden" name="to" value="person" />
          <button class={`${size}danger`}>{t.block}</button>
        </Form>
      ) : null}
      <a class={`button ${size}secondary`} href={at}>
        {t.why}
      </a>
    </div>
  );
};
