// Small parts about people and devices that several pages have.

import type { Child, FC, PropsWithChildren } from "hono/jsx";
import type { ProblemAnswer } from "../../api/problem.ts";
import type { DeviceAnswer } from "../../api/schemas/devices.ts";
import { isPasswordKey } from "../../core/policy/identity.ts";
import { path } from "../../core/text/api-address.ts";
import { Badge, ProblemNotice } from "../../web/components/parts.tsx";
import { Section } from "../../web/components/table.tsx";
import type { Locale } from "../../web/locale.ts";
import type { View } from "../site.ts";
import { deviceWords } from "./device-words.ts";
import { words } from "./words.ts";

/** An address as people write it. */
export const addressOf = (sipUri: string): string => sipUri.replace(/^sip:/, "");

/** What people call somebody. */
export const nameOf = ({ displayName, sipUri }: { displayName: string | null; sipUri: string }): string =>
  displayName ?? addressOf(sipUri);

/** The page of a person; the id or any name. */
export const personPath = (user: string): string => path`/users/${user}`;

/** The page of a device. */
export const devicePath = (user: string, device: string): string => path`/users/${user}/devices/${device}`;

type Named = Pick<DeviceAnswer, "facts" | "key" | "id">;

/** What a device is: app and version, model, system, machine; as much as is known. */
export function deviceName({ facts, key, id }: Named, locale: Locale): string {
  const { product, version, model, os, workstation } = facts;
  const known = [`${product} ${version}`.trim(), model, os, workstation].filter((text) => text !== "");
  if (known.length > 0) return known.join(", ");
  return key === null ? deviceWords[locale].anyDevice : isPasswordKey(key) ? id : key;
}

/** From where a device came last: the network, and the country and operator where they are known. */
export function placeOf({ network, country, asn }: DeviceAnswer["source"], locale: Locale): string {
  if (network === "unknown") return deviceWords[locale].unknownPlace;
  const where = [countryName(country, locale), asn === 0 ? "" : `AS${asn}`].filter((text) => text !== "").join(", ");
  return where === "" ? network : `${network} (${where})`;
}

/** Made once for each language: a list has many rows. */
const COUNTRIES = new Map<Locale, Intl.DisplayNames>();

/** In the reader's language; Cloudflare also has codes that are no country, such as T1 for Tor. */
function countryName(code: string, locale: Locale): string {
  if (!/^[A-Z]{2}$/.test(code)) return code;
  const names = COUNTRIES.get(locale) ?? new Intl.DisplayNames(locale, { type: "region", fallback: "code" });
  COUNTRIES.set(locale, names);
  return names.of(code) ?? code;
}

const TONES = { pending: "quiet", allowed: "good", blocked: "bad", quarantined: "wait", expired: "quiet" } as const;

/** Where a device stands. */
export const DeviceState: FC<{
  readonly device: Pick<DeviceAnswer, "state" | "decision" | "waitsFor">;
  readonly locale: Locale;
}> = ({ device: { state, decision, waitsFor }, locale }) => {
  const t = deviceWords[locale];
  return (
    <span>
      <Badge tone={TONES[state]}>{t.states[state]}</Badge>
      {state === "allowed" && decision === "allow" ? <small> {t.byName}</small> : null}
      {waitsFor === "owner" ? <small> {t.forOwner}</small> : null}
    </span>
  );
};

/** The number by which two people on the phone make sure that both see the same device. */
export const NumberOf: FC<{ readonly view: View; readonly device: Pick<DeviceAnswer, "number"> }> = ({
  view: { locale },
  device: { number },
}) => (
  <>
    <b>{number}</b> <small>{deviceWords[locale].numberHint}</small>
  </>
);

/** A part of the page, or why it could not be read. */
export const Part: FC<
  PropsWithChildren<{
    readonly view: View;
    readonly title: string;
    readonly id?: string;
    readonly more?: Child;
    readonly failed: ProblemAnswer | undefined;
  }>
> = ({ view, title, id, more, failed, children }) => (
  <Section title={title} {...(id === undefined ? {} : { id })} more={more}>
    {failed === undefined ? (
      children
    ) : (
      <>
        <p>
          <Badge tone="bad">{words[view.locale].notRead}</Badge>
        </p>
        <ProblemNotice problem={failed} />
      </>
    )}
  </Section>
);
