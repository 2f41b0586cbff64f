// Recovery codes: a new set, shown in the answer to the form alone, until the person says that they are kept.

import type { FC } from "hono/jsx";
import { newRecoveryCodes } from "../../core/credentials/recovery-code.ts";
import { Actions, Form, Tick } from "../../web/components/form.tsx";
import { Page } from "../page.tsx";
import { addressOf, type PortalContext, type PortalView } from "../site.ts";
import { words } from "./words.ts";

/** Makes a new set, and answers with the page that shows it. `next`: where the person goes on, a path of the portal. */
export async function showNewRecoveryCodes(c: PortalContext, next: string): Promise<Response | undefined> {
  const { view } = c.var;
  const codes = newRecoveryCodes();
  const { session, about } = view;
  const answer = await view.guard({ kind: "set-recovery-codes", codes, hash: session.hash, about });
  if (answer.kind === "denied") return undefined;
  return c.html(<RecoveryPage {...{ view, codes, next, host: c.env.portal.host }} />);
}

const RecoveryPage: FC<{
  readonly view: PortalView;
  readonly codes: readonly string[];
  readonly next: string;
  readonly host: string;
}> = ({ view, codes, next, host }) => {
  const t = words[view.locale];
  return (
    <Page view={view} title={t.recoveryTitle} once>
      <p>{t.recovery}</p>
      <p>{t.recoveryHow}</p>
      <p class="print-only">{t.recoveryFor(addressOf(view.person), host)}</p>
      <ol class="codes" id="codes" translate="no">
        {codes.map((code) => (
          <li>{code}</li>
        ))}
      </ol>
      <Actions>
        <button type="button" class="secondary" data-print data-with-script hidden>
          {t.print}
        </button>
        <button type="button" class="secondary" data-copy="codes" data-copied={t.copied} data-with-script hidden>
          {t.copy}
        </button>
      </Actions>
      <Form view={view} action="/recovery-codes/kept">
        <input type="hidden" name="next" value={next} />
        <Tick label={t.kept} name="kept" required />
        <button>{t.toHome}</button>
      </Form>
    </Page>
  );
};
