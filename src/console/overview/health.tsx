// Whether everything behind the gateway works, what somebody should look at, and how old the keys are.

import type { FC } from "hono/jsx";
import type { HealthAnswer } from "../../api/schemas/tokens.ts";
import { KEY_VARIABLES } from "../../store/key-ages.ts";
import { Badge, Facts, format, Notice, number } from "../../web/components/parts.tsx";
import { Section, Table } from "../../web/components/table.tsx";
import type { View } from "../site.ts";
import { words } from "./words.ts";

const DAY_MS = 86_400_000;

/** The section of the overview. The API's own sentences are in English. */
export const Health: FC<{ readonly view: View; readonly health: HealthAnswer }> = ({ view, health }) => {
  const t = words[view.locale];
  const { checks, version, keys, warnings, endingTokens, unknown } = health;
  const day = (at: string): string => format(view, Date.parse(at), { dateStyle: "medium" });
  return (
    <Section title={t.health} id="health">
      <Facts
        facts={[
          ...(["frontEnd", "connector", "database", "configuration"] as const).map(
            (name) => [t.checks[name], <Check view={view} said={checks[name]} />] as const,
          ),
          [t.version, version],
        ]}
      />
      {warnings.length === 0 ? null : <h3>{t.toLookAt}</h3>}
      {warnings.map(({ detail, fix }) => (
        <Notice tone="wait">
          <p lang="en">{detail}</p>
          <p lang="en">{fix}</p>
        </Notice>
      ))}
      {endingTokens === null || endingTokens.length === 0 ? null : (
        <>
          <h3>{t.endingTokens}</h3>
          <ul>
            {endingTokens.map(({ name, expiresAt }) => (
              <li>
                <a href="/settings/tokens">{name}</a>, {t.ends} {day(expiresAt)}
              </li>
            ))}
          </ul>
        </>
      )}
      {keys.ages.length === 0 ? null : (
        <>
          <h3>{t.keys}</h3>
          <Table
            caption={t.keys}
            rows={keys.ages}
            empty=""
            columns={[
              { head: t.key, main: true, cell: ({ id }) => <code>{id}</code> },
              { head: t.kind, cell: ({ kind }) => KEY_VARIABLES[kind] },
              { head: t.since, cell: ({ since }) => day(since) },
              { head: t.certificateEnds, cell: ({ ends }) => (ends === null ? "" : day(ends)) },
              {
                head: t.age,
                cell: ({ since }) =>
                  t.days(number(view, Math.max(0, Math.floor((view.now - Date.parse(since)) / DAY_MS)))),
              },
            ]}
          />
        </>
      )}
      <details>
        <summary>{t.unknown}</summary>
        <ul lang="en">
          {unknown.map((each) => (
            <li>{each}</li>
          ))}
        </ul>
      </details>
    </Section>
  );
};

const Check: FC<{ view: View; said: string }> = ({ view, said }) => {
  const t = words[view.locale];
  if (said === "ok") return <Badge tone="good">{t.ok}</Badge>;
  if (said === "not configured") return <Badge tone="quiet">{t.notConfigured}</Badge>;
  return (
    <>
      <Badge tone="bad">{t.failing}</Badge> <span lang="en">{said}</span>
    </>
  );
};
