// What the organisation's authority says of a device: its words, until when they hold, and the button to ask again.

import type { FC } from "hono/jsx";
import type { WhyAnswer } from "../../api/schemas/devices.ts";
import type { WholeUserAnswer } from "../../api/schemas/directory.ts";
import { Form } from "../../web/components/form.tsx";
import { Badge, Facts, Time } from "../../web/components/parts.tsx";
import { Section } from "../../web/components/table.tsx";
import type { View } from "../site.ts";
import { authorityWords } from "./authority-words.ts";
import { devicePath } from "./parts.tsx";

type Props = { readonly view: View; readonly user: WholeUserAnswer; readonly why: WhyAnswer };

export const AuthoritySection: FC<Props> = ({ view, user, why: { device, holder, inquiry } }) => {
  const { authority } = device;
  if (!inquiry.configured && authority === null) return null;
  const t = authorityWords[view.locale];
  const words = authority === null ? t.never : authority.words.length === 0 ? t.nothing : authority.words.join(", ");
  const { fault } = inquiry;
  return (
    <Section title={t.title} id="authority">
      <p class="muted">{inquiry.configured ? t.intro : t.none}</p>
      <Facts
        facts={[
          [
            t.says,
            <>
              <Badge tone={authority?.holds ? "good" : "wait"}>{words}</Badge>
              {authority === null || authority.holds ? null : <small> {t.old}</small>}
            </>,
          ],
          authority && [t.asked, <Time reader={view} at={authority.askedAt} />],
          authority && [t.until, <Time reader={view} at={authority.until} />],
          inquiry.triedAt === null ? null : [t.tried, <Time reader={view} at={inquiry.triedAt} />],
          [t.next, inquiry.nextAt === null ? t.whenUsed : <Time reader={view} at={inquiry.nextAt} />],
          fault === null ? null : [t.fault, t.faults[fault] ?? t.status(fault.replace("status-", ""))],
          [t.silence, t.silences[inquiry.silence]],
        ]}
      />
      {inquiry.configured && holder === null && view.may.help ? (
        <Form view={view} action={`${devicePath(user.id, device.id)}/ask-authority`}>
          <button>{t.ask}</button>
        </Form>
      ) : null}
    </Section>
  );
};
