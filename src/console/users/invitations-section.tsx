// The invitations of a person on the person's page: those of the last month, never their links.

import type { FC } from "hono/jsx";
import type { UserInvitationAnswer } from "../../api/schemas/invitations.ts";
import { path } from "../../core/text/api-address.ts";
import { Form } from "../../web/components/form.tsx";
import { Badge, Time } from "../../web/components/parts.tsx";
import { Table } from "../../web/components/table.tsx";
import type { View } from "../site.ts";
import { invitationWords } from "./invitation-words.ts";
import { Part, personPath } from "./parts.tsx";
import type { Person } from "./person.ts";

const TONES = { open: "wait", used: "good", ended: "quiet", expired: "quiet" } as const;

export const InvitationsSection: FC<{ readonly view: View; readonly person: Person }> = ({
  view,
  person: { user, invitations },
}) => {
  const t = invitationWords[view.locale];
  const more = view.may.help ? <a href={`${personPath(user.id)}/invite`}>{t.invite}</a> : null;
  return (
    <Part view={view} title={t.section} id="invitations" more={more} failed={invitations.ok ? undefined : invitations}>
      <Table
        caption={t.section}
        rows={invitations.ok ? invitations.value.items : []}
        empty={t.none}
        columns={[
          {
            head: t.state,
            main: true,
            cell: ({ state }: UserInvitationAnswer) => <Badge tone={TONES[state]}>{t.states[state]}</Badge>,
          },
          { head: t.made, cell: ({ createdAt }) => <Time reader={view} at={createdAt} /> },
          { head: t.by, cell: ({ createdBy }) => createdBy.name ?? createdBy.id },
          { head: t.until, cell: ({ expiresAt }) => <Time reader={view} at={expiresAt} /> },
          { head: t.used, cell: ({ usedAt }) => <Time reader={view} at={usedAt} /> },
          ...(view.may.help
            ? [
                {
                  head: "",
                  cell: ({ id, state }: UserInvitationAnswer) =>
                    state === "open" ? (
                      <Form view={view} action={path`/users/${user.id}/invitations/${id}/withdraw`} class="inline">
                        <button class="small danger">{t.withdraw}</button>
                      </Form>
                    ) : null,
                },
              ]
            : []),
        ]}
      />
    </Part>
  );
};
