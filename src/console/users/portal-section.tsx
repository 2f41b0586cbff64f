// How a person signs in to the portal, on the person's page: never a secret.

import type { FC } from "hono/jsx";
import type { PortalOfUserAnswer } from "../../api/schemas/portal.ts";
import { Form } from "../../web/components/form.tsx";
import { Badge, Facts, sayWhen } from "../../web/components/parts.tsx";
import type { View } from "../site.ts";
import { Part, personPath } from "./parts.tsx";
import type { Person } from "./person.ts";
import { portalWords } from "./portal-words.ts";

type Props = { readonly view: View; readonly person: Person };

/** Nothing where the gateway has no portal. */
export const PortalSection: FC<Props> = ({ view, person: { user, portal } }) => {
  const t = portalWords[view.locale];
  if (!portal.ok && portal.code === "no-portal") return null;
  return (
    <Part view={view} title={t.section} id="portal" more={null} failed={portal.ok ? undefined : portal}>
      {portal.ok ? <Shown {...{ view, portal: portal.value, at: personPath(user.id) }} /> : null}
    </Part>
  );
};

const Shown: FC<{ readonly view: View; readonly portal: PortalOfUserAnswer; readonly at: string }> = ({
  view,
  portal,
  at,
}) => {
  const t = portalWords[view.locale];
  const { complete, identities, passkeys, sessions, recoveryCodesLeft } = portal;
  const when = (time: string | null) => (time === null ? t.none : t.since(sayWhen(view, Date.parse(time))));
  const has = complete || identities.length > 0 || passkeys.length > 0 || portal.passphraseSince !== null;
  return (
    <>
      <Facts
        facts={[
          [
            t.complete,
            <Badge tone={complete || identities.length > 0 ? "good" : "wait"}>
              {complete ? t.completeYes : identities.length > 0 ? t.completeProvider : t.completeNo}
            </Badge>,
          ],
          [
            t.passkeys,
            passkeys.map(({ name, synced }) => `${name} (${synced ? t.synced : t.bound})`).join(", ") || t.none,
          ],
          [t.passphrase, when(portal.passphraseSince)],
          [t.authenticator, when(portal.authenticatorSince)],
          [t.recovery, recoveryCodesLeft === null ? t.never : String(recoveryCodesLeft)],
          [t.identity, identities.map(({ issuer }) => issuer).join(", ") || t.none],
          [
            t.sessions,
            sessions.length === 0
              ? t.none
              : sessions.map(({ how, source, seenAt }) => (
                  <span class="under">{t.sessionOf(t.how[how], source, sayWhen(view, Date.parse(seenAt)))}</span>
                )),
          ],
        ]}
      />
      {view.may.help && (has || sessions.length > 0) ? (
        <div class="actions">
          {sessions.length === 0 ? null : (
            <Form view={view} action={`${at}/portal/sign-out`} class="inline">
              <button class="small secondary">{t.signOut}</button>
            </Form>
          )}
          {has ? (
            <a class="button small danger" href={`${at}/portal/reset`}>
              {t.reset}
            </a>
          ) : null}
        </div>
      ) : null}
    </>
  );
};
