// The policy as a text to edit, checked as it is typed, with the rules that people need most beside it.

import type { FC } from "hono/jsx";
import type { PolicyCheckedAnswer, PolicyDiffAnswer } from "../../api/schemas/policy-changes.ts";
import { CONDITION_NAMES } from "../../core/policy/match.ts";
import { Actions, Form } from "../../web/components/form.tsx";
import { Section } from "../../web/components/table.tsx";
import type { Outcome } from "../api.ts";
import { Page } from "../page.tsx";
import type { View } from "../site.ts";
import { CheckResult, Collision } from "./parts.tsx";
import { words } from "./words.ts";

type EditProps = {
  readonly view: View;
  readonly text: string;
  /** The version that was in force when somebody began. */
  readonly seen: number;
  readonly checked?: Outcome<PolicyCheckedAnswer>;
  /** What somebody else changed meanwhile. */
  readonly collision?: PolicyDiffAnswer | undefined;
};

const LIVE_CHECK = {
  "hx-post": "/policy/check",
  "hx-trigger": "input delay:600ms",
  "hx-target": "#check",
  "hx-sync": "this:replace",
};

export const EditPage: FC<EditProps> = ({ view, text, seen, checked, collision }) => {
  const t = words[view.locale];
  return (
    <Page view={view} title={view.may.administrate ? t.editTitle : t.tryTitle} scripts={["htmx.js"]}>
      {view.may.administrate ? null : <p>{t.tryHelp}</p>}
      {collision === undefined ? null : <Collision view={view} diff={collision} help={t.collidedHelp} />}
      <div class="editor">
        <Form view={view} action="/policy/preview">
          <input type="hidden" name="seen" value={seen} />
          <label class="unseen" for="policy-text">
            {t.policyText}
          </label>
          <textarea
            id="policy-text"
            name="text"
            class="code"
            rows={26}
            spellcheck={false}
            autocapitalize="off"
            autocomplete="off"
            aria-describedby="check"
            {...LIVE_CHECK}
          >
            {`\n${text}`}
          </textarea>
          <div id="check" role="status">
            {checked === undefined ? null : <CheckResult view={view} checked={checked} />}
          </div>
          <Actions>
            <button>{t.preview}</button>
            <button formaction="/policy/check" class="secondary">
              {t.check}
            </button>
            <a class="button secondary" href="/policy">
              {t.cancel}
            </a>
          </Actions>
        </Form>
        <Help view={view} />
      </div>
    </Page>
  );
};

const SAMPLES = {
  self: `[enrolment]
mode = "self"`,
  approve: `[enrolment]
mode = "approval"`,
  minimum: `[[rules]]
code = "client-too-old"
action = "block"
reason = "Older than 6.25"
when = { product = "AndroidLync", version = "<6.25" }`,
  unknown: `[[rules]]
code = "client-version-unknown"
action = "quarantine"
reason = "Does not tell its version"
when = { product = "AndroidLync", version = "unknown" }`,
  browsers: `[[rules]]
code = "browsers-off"
action = "block"
reason = "Browsers only from the office"
when = { type = "browser", not = { network = "203.0.113.0/24" } }`,
  except: `[[rules]]
code = "lab-devices"
action = "allow"
reason = "The lab tests every client"
when = { group = "client-lab" }`,
} as const;

const Help: FC<{ view: View }> = ({ view }) => {
  const t = words[view.locale];
  return (
    <Section title={t.helpTitle}>
      <p>{t.help.first}</p>
      {(Object.keys(SAMPLES) as (keyof typeof SAMPLES)[]).map((name) => (
        <details>
          <summary>{t.help[name]}</summary>
          <pre translate="no">{SAMPLES[name]}</pre>
        </details>
      ))}
      <details>
        <summary>{t.help.conditions}</summary>
        <p class="words" translate="no">
          {CONDITION_NAMES.map((name) => (
            <>
              <code>{name}</code>{" "}
            </>
          ))}
        </p>
        <p>{t.help.patterns}</p>
      </details>
      <p class="muted">
        {t.help.docs}: <span translate="no">docs/devices.md</span>
      </p>
    </Section>
  );
};
