// The page on which a file is sent.

import type { FC } from "hono/jsx";
import { Field, Form, Select } from "../../web/components/form.tsx";
import { Notice } from "../../web/components/parts.tsx";
import { Page } from "../page.tsx";
import type { View } from "../site.ts";
import type { Fault } from "./compare.ts";
import { UPLOAD } from "./upload.ts";
import { words } from "./words.ts";

export type FileProblem = Fault | "no-file" | "domain" | "too-large" | "not-allowed";

/** As docs/people.md has it; its test holds the two together. */
const SCRIPT = `Get-CsUser -ResultSize Unlimited | Select-Object SipAddress,UserPrincipalName,SamAccountName,DisplayName |
  Export-Csv users.csv -NoTypeInformation -Encoding UTF8`;

export const FilePage: FC<{ view: View; problem?: FileProblem; typed?: URLSearchParams }> = ({
  view,
  problem,
  typed,
}) => {
  const t = words[view.locale];
  if (!view.may.administrate) {
    return (
      <Page view={view} title={t.title}>
        <Notice tone="bad">
          <p>{t.notAllowed}</p>
        </Notice>
      </Page>
    );
  }
  const said = {
    ...{ "no-file": t.noFile, domain: t.badDomain, "too-large": t.tooLarge },
    ...{ "not-allowed": t.notAllowed },
  };
  const text = problem === undefined ? undefined : typeof problem === "string" ? said[problem] : t.fileFaults(problem);
  const isAboutDomain = problem === "domain";
  return (
    <Page view={view} title={t.title}>
      {text === undefined ? null : (
        <Notice tone="bad">
          <p>{text}</p>
        </Notice>
      )}
      <Form view={view} action={UPLOAD} class="step" enctype="multipart/form-data">
        <p>{t.intro}</p>
        <details>
          <summary>{t.make}</summary>
          <p>{t.makeHow}</p>
          <pre tabindex={0}>
            <code>{SCRIPT}</code>
          </pre>
          <p>{t.makeMore}</p>
        </details>
        <Field
          {...{
            label: t.file,
            name: "file",
            type: "file",
            hint: t.fileHint,
            required: true,
            accept: ".csv,.txt,text/csv",
          }}
          error={isAboutDomain ? undefined : text}
        />
        <Field
          {...{
            label: t.domain,
            name: "domain",
            value: typed?.get("domain") ?? "",
            hint: t.domainHint,
            maxlength: "64",
          }}
          {...{ autocomplete: "off", autocapitalize: "characters", spellcheck: "false" }}
          error={isAboutDomain ? text : undefined}
        />
        <Select
          {...{ label: t.encoding, name: "encoding", value: typed?.get("encoding") ?? "" }}
          options={Object.entries(t.encodings)}
        />
        <div class="actions spread">
          <button>{t.look}</button>
          <a class="button secondary" href="/users">
            {t.cancel}
          </a>
        </div>
      </Form>
    </Page>
  );
};

/** The file is not kept any more. */
export const GonePage: FC<{ view: View }> = ({ view }) => {
  const t = words[view.locale];
  return (
    <Page view={view} title={t.title}>
      <Notice tone="wait">
        <p>{t.gone}</p>
      </Notice>
      <a class="button" href={UPLOAD}>
        {t.again}
      </a>
    </Page>
  );
};
