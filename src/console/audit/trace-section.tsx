// A sign-in step by step: what each part said, when, and which one ended it; the app passwords there were then, and how
// the device that came with it is judged now.

import type { FC } from "hono/jsx";
import type { TracedSignInAnswer } from "../../api/schemas/trace.ts";
import { Badge } from "../../web/components/parts.tsx";
import { Section, Table } from "../../web/components/table.tsx";
import type { View } from "../site.ts";
import { traceWords } from "./trace-words.ts";

type Props = { readonly view: View; readonly signIn: TracedSignInAnswer };

/** The tables of one traced sign-in. */
export const TraceSection: FC<Props> = ({ view, signIn }) => {
  const t = traceWords[view.locale];
  const { event, steps, passwords, device } = signIn;
  // What decided is bad where it refused, and only said where a device was let in.
  const ended = event.outcome === "signed-in" ? "quiet" : "bad";
  return (
    <>
      <Section title={t.steps}>
        <p class="muted">{t.intro}</p>
        <Table
          caption={t.steps}
          rows={steps}
          empty=""
          columns={[
            { head: t.part, main: true, cell: ({ part }) => t.parts[part] },
            {
              head: t.said,
              cell: ({ result, detail }) => (
                <>
                  {result === "decided" ? (
                    <>
                      <Badge tone={ended}>{t.decided}</Badge>{" "}
                    </>
                  ) : null}
                  {result === "not-reached" ? <span class="muted">{detail}</span> : detail}
                </>
              ),
            },
            { head: t.at, cell: ({ at }) => (at === null ? null : <span class="nowrap">{t.after(at)}</span>) },
            { head: t.took, cell: ({ ms }) => (ms === null ? null : <span class="nowrap">{t.ms(ms)}</span>) },
          ]}
        />
      </Section>
      {passwords.length === 0 ? null : (
        <Section title={t.passwords}>
          <Table
            caption={t.passwords}
            rows={passwords}
            empty=""
            columns={[
              { head: t.label, main: true, cell: ({ label }) => label },
              {
                head: t.wasThen,
                cell: ({ state, asksCode }) => (asksCode ? `${t.states[state]}, ${t.asksCode}` : t.states[state]),
              },
              { head: t.said, cell: ({ detail }) => detail },
            ]}
          />
        </Section>
      )}
      {device === null ? null : (
        <p>
          <a href={`/devices/${device.id}`}>{t.deviceNow}</a>
        </p>
      )}
    </>
  );
};
