// The last sign-in of a person, step by step.

import type { FC } from "hono/jsx";
import type { TraceAnswer } from "../../api/schemas/trace.ts";
import { Time } from "../../web/components/parts.tsx";
import { Page } from "../page.tsx";
import type { View } from "../site.ts";
import { OutcomeBadge } from "./pages.tsx";
import { TraceSection } from "./trace-section.tsx";
import { traceWords } from "./trace-words.ts";

/** `user`: the id of the person. */
export const TracePage: FC<{ readonly view: View; readonly user: string; readonly trace: TraceAnswer }> = ({
  view,
  user,
  trace: { signIns },
}) => {
  const t = traceWords[view.locale];
  const [signIn] = signIns;
  return (
    <Page view={view} title={t.title}>
      {signIn === undefined ? (
        <p class="empty">{t.none}</p>
      ) : (
        <>
          <p>
            <OutcomeBadge view={view} event={signIn.event} />{" "}
            <Time reader={view} at={signIn.event.stages?.began ?? signIn.event.at} />
          </p>
          <p>{signIn.explained.said}</p>
          {signIn.explained.fix === null ? null : <p>{signIn.explained.fix}</p>}
          <TraceSection view={view} signIn={signIn} />
          <p>
            <a href={`/audit/${encodeURIComponent(signIn.event.id)}`}>{t.event}</a>
          </p>
        </>
      )}
      <p>
        <a href={`/users/${encodeURIComponent(user)}`}>{t.person}</a>
      </p>
    </Page>
  );
};
