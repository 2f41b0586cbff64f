// One device of a person: what it is, why it is let in or not in words, its keys, and what can be done about it.

import type { FC } from "hono/jsx";
import type { ProblemAnswer } from "../../api/problem.ts";
import type { DeviceAnswer, DeviceKeyAnswer, WhyAnswer } from "../../api/schemas/devices.ts";
import type { WholeUserAnswer } from "../../api/schemas/directory.ts";
import type { PasswordAnswer } from "../../api/schemas/passwords.ts";
import { isPasswordKey } from "../../core/policy/identity.ts";
import { Form } from "../../web/components/form.tsx";
import { Facts, Notice, ProblemNotice, Time } from "../../web/components/parts.tsx";
import { Section, Table } from "../../web/components/table.tsx";
import { Page } from "../page.tsx";
import type { View } from "../site.ts";
import { AuthoritySection } from "./authority-section.tsx";
import { authorityWords } from "./authority-words.ts";
import { deviceWords } from "./device-words.ts";
import { addressOf, DeviceState, deviceName, devicePath, NumberOf, placeOf } from "./parts.tsx";
import { WhyField } from "./password-pages.tsx";
import { reasonWords } from "./reason-words.ts";
import { AboutPerson } from "./step-page.tsx";
import { words } from "./words.ts";

type Props = {
  readonly view: View;
  readonly user: WholeUserAnswer;
  readonly why: WhyAnswer;
  readonly passwords: readonly PasswordAnswer[];
};

/** The page of one device. `problem`: why the last step was refused. */
export const DevicePage: FC<Props & { readonly problem?: ProblemAnswer | undefined }> = ({
  view,
  user,
  why,
  passwords,
  problem,
}) => {
  const { device, holder, keys } = why;
  const t = deviceWords[view.locale];
  const title = `${t.types[device.facts.type]}: ${deviceName(device, view.locale)}`;
  return (
    <Page view={view} title={title} actions={<DeviceState device={device} locale={view.locale} />}>
      <AboutPerson user={user} />
      {problem === undefined ? <DoneNotice view={view} /> : <ProblemNotice problem={problem} />}
      <Verdict {...{ view, why }} />
      {holder === null && view.may.help ? <Buttons {...{ view, user, why }} /> : null}
      <DeviceFacts {...{ view, user, why, passwords }} />
      <AuthoritySection {...{ view, user, why }} />
      {keys.length === 0 ? null : <Keys {...{ view, user, why }} />}
      <Steps {...{ view, why }} />
    </Page>
  );
};

const DoneNotice: FC<{ readonly view: View }> = ({ view }) => {
  const { keyApproved, keyReset } = deviceWords[view.locale];
  const { approved, blocked, ...others } = words[view.locale].done;
  const said: Readonly<Record<string, string>> = {
    ...{ approved, blocked, "key-approved": keyApproved, "key-reset": keyReset },
    ...{ "approved-pending": others["approved-pending"], "approved-key-waits": others["approved-key-waits"] },
    "approved-without-password": others["approved-without-password"],
    "authority-asked": authorityWords[view.locale].done,
  };
  const done = view.url.searchParams.get("done") ?? "";
  return Object.hasOwn(said, done) ? (
    <Notice tone="good">
      <p>{said[done]}</p>
    </Notice>
  ) : null;
};

const TONES = { allow: "good", discover: "wait", block: "bad", quarantine: "wait" } as const;

/** Whether it is let in, why, and what to do. */
const Verdict: FC<Pick<Props, "view" | "why">> = ({ view, why: { judgement, device, holder } }) => {
  const t = deviceWords[view.locale];
  const { action, reason, rule } = judgement;
  const reasons: Readonly<Record<string, readonly [says: string, todo?: string]>> = reasonWords[view.locale];
  const [says, todo] = rule === undefined ? (reasons[reason] ?? [reason]) : [t.rule(rule), t.ruleTodo];
  const { network } = device.source;
  return (
    <Notice tone={TONES[action]} title={`${t.verdicts[action]}.`}>
      <p>
        {says} {holder === null ? null : t.ofHolder(addressOf(holder))}
      </p>
      {todo === undefined || action === "allow" ? null : <p>{todo}</p>}
      {network === "unknown" ? null : (
        <p>
          <small>{t.takenFrom(network)}</small>
        </p>
      )}
    </Notice>
  );
};

/** Approve, block and forget, each with what it does and a reason. */
const Buttons: FC<Pick<Props, "view" | "user" | "why">> = ({ view, user, why: { device } }) => {
  const t = deviceWords[view.locale];
  const at = devicePath(user.id, device.id);
  const steps = [
    ...(device.state === "allowed" && device.decision === "allow"
      ? []
      : [{ verb: "approve", said: t.approve, hint: t.approveHint, look: "" }]),
    ...(device.state === "blocked" ? [] : [{ verb: "block", said: t.block, hint: t.blockHint, look: "danger" }]),
    { verb: "forget", said: t.forget, hint: t.forgetHint, look: "danger" },
  ];
  return (
    <section class="deeds">
      {steps.map(({ verb, said, hint, look }, at0) => (
        <details name="step" open={at0 === 0 && device.state === "quarantined"}>
          <summary class={look}>{`${said}…`}</summary>
          <Form view={view} action={`${at}/${verb}`}>
            <p>{hint}</p>
            <WhyField view={view} />
            <button class={look}>{said}</button>
          </Form>
        </details>
      ))}
    </section>
  );
};

const DeviceFacts: FC<Props> = ({ view, user, why: { device, decider }, passwords }) => {
  const t = deviceWords[view.locale];
  const { facts, key, provisional, credentialId } = device;
  const told = (said: string, value: string) => (value === "" ? null : ([said, value] as const));
  const password = passwords.find(({ id }) => id === credentialId);
  const hasCome = !(device.state === "pending" && key === null);
  return (
    <Section title={t.facts}>
      <Facts
        facts={[
          [t.type, t.types[facts.type]],
          told(t.product, `${facts.product} ${facts.version}`.trim()),
          told(t.model, facts.model),
          told(t.os, facts.os),
          told(t.machine, facts.workstation),
          told(t.culture, facts.culture),
          told(t.userAgent, facts.userAgent),
          [t.number, <NumberOf view={view} device={device} />],
          [t.place, placeOf(device.source, view.locale)],
          [t.firstSeen, hasCome ? <Time reader={view} at={device.firstSeenAt} /> : t.never],
          [t.lastSeen, hasCome ? <Time reader={view} at={device.lastSeenAt} /> : t.never],
          [t.passwordOf, credentialId === null ? t.passwordGone : password?.label || credentialId],
          [
            t.decided,
            <>
              <Time reader={view} at={device.decidedAt} /> {deciderText(view, decider)}:{" "}
              {reasonText(view, device, decider)}
            </>,
          ],
          [t.proof, t.proofs[device.proof]],
          [
            t.deviceId,
            <>
              <span translate="no">{isPasswordKey(key) ? t.byPassword : (key ?? t.noDeviceId)}</span>
              {provisional ? <small> {t.provisional}</small> : null}
            </>,
          ],
          [t.id, device.id],
        ]}
      />
      <p>
        <small>{t.claims}</small>
      </p>
      <p>
        <a href={`/audit?${new URLSearchParams({ user: user.id, device: device.id })}`}>{t.events}</a>
      </p>
    </Section>
  );
};

const deciderText = ({ locale }: View, { kind, name, id }: WhyAnswer["decider"]): string => {
  if (kind === "policy") return deviceWords[locale].byPolicy;
  return kind === "person" ? deviceWords[locale].byPerson : `${words[locale].by} ${name ?? id}`;
};

/** A reason in words, where it is one of ours; an administrator's own reason, or a rule's code, as it is. */
const reasonText = ({ locale }: View, { reason }: DeviceAnswer, { kind }: WhyAnswer["decider"]): string => {
  if (kind === "person") return deviceWords[locale].ownReasons[reason] ?? reason;
  const reasons: Readonly<Record<string, readonly [says: string, todo?: string]>> = reasonWords[locale];
  return (Object.hasOwn(reasons, reason) ? reasons[reason]?.[0] : undefined) ?? reason;
};

/** So much of a key's hash tells it from others. */
const SHOWN_HASH_CHARS = 16;

const Keys: FC<Pick<Props, "view" | "user" | "why">> = ({ view, user, why: { device, keys } }) => {
  const t = deviceWords[view.locale];
  const at = devicePath(user.id, device.id);
  const button = (verb: string, said: string, { hash }: DeviceKeyAnswer, look: string) => (
    <Form view={view} action={`${at}/${verb}`}>
      <input type="hidden" name="key" value={hash} />
      <button class={`small ${look}`}>{said}</button>
    </Form>
  );
  return (
    <Section title={t.keys} id="keys">
      <Table
        caption={t.keys}
        rows={keys}
        empty=""
        columns={[
          { head: t.key, main: true, cell: ({ hash }) => <code>{hash.slice(0, SHOWN_HASH_CHARS)}</code> },
          { head: words[view.locale].state, cell: ({ state }) => t.keyStates[state] },
          { head: t.place, cell: ({ network }) => network },
          { head: t.lastSeen, cell: ({ lastSeenAt }) => <Time reader={view} at={lastSeenAt} /> },
          { head: t.proved, cell: ({ provedAt }) => <Time reader={view} at={provedAt} /> },
          { head: t.ends, cell: ({ endsAt }) => <Time reader={view} at={endsAt} /> },
          {
            head: "",
            cell: (key) =>
              view.may.help ? (
                <div class="actions">
                  {key.state === "waiting" ? button("approve-key", t.approveKey, key, "") : null}
                  {button("reset-key", t.resetKey, key, "danger")}
                </div>
              ) : null,
          },
        ]}
      />
    </Section>
  );
};

/** The whole decision, step by step, as `postern why` shows it. */
const Steps: FC<Pick<Props, "view" | "why">> = ({ view, why: { steps } }) => {
  const t = deviceWords[view.locale];
  return (
    <Section title={t.allSteps}>
      <ol class="steps">
        {steps
          .filter(({ outcome }) => outcome !== "not-reached")
          .map(({ step, outcome, detail }) => (
            <li class={outcome}>
              <b>{t.steps[step]}</b> <small>{t.results[outcome]}</small>
              <br />
              {detail}
            </li>
          ))}
      </ol>
    </Section>
  );
};

/** What ends a person's client certificates, which are the pool's. */
export const Certificates: FC<{ view: View; command: string | null }> = ({ view, command }) =>
  command === null ? null : (
    <Notice tone="wait">
      <p>{deviceWords[view.locale].certificates}</p>
      <pre translate="no">{command}</pre>
    </Notice>
  );
