// The API's tokens: listed, made, revoked.

import type { FC } from "hono/jsx";
import type { MadeTokenAnswer, TokenAnswer } from "../../api/schemas/tokens.ts";
import { API_SCOPES } from "../../core/credentials/api-scopes.ts";
import { errorsOf, Field, Form, Once, Select } from "../../web/components/form.tsx";
import { Badge, Copyable, Notice, Time } from "../../web/components/parts.tsx";
import { Pager, Section, Table } from "../../web/components/table.tsx";
import type { Outcome } from "../api.ts";
import type { View } from "../site.ts";
import { type Said, SettingsFrame } from "./frame.tsx";
import { words } from "./words.ts";

type Refused = Extract<Outcome<unknown>, { ok: false }>;

type TokensProps = Said & {
  readonly view: View;
  readonly tokens: readonly TokenAnswer[];
  readonly next: string | null;
  /** What was typed into the form that was refused. */
  readonly typed?: URLSearchParams;
  readonly refused?: Refused;
};

export const TokensPage: FC<TokensProps> = ({ view, tokens, next, typed, refused, done }) => {
  const t = words[view.locale];
  const errors = errorsOf(refused);
  const pages = { first: "«", next: "»", label: t.sections.tokens };
  return (
    <SettingsFrame view={view} done={done} problem={refused}>
      <Section title={t.makeToken}>
        <p class="muted">{t.tokensIntro}</p>
        <Form view={view} action="/settings/tokens">
          <Once />
          <div class="filters">
            <Field
              label={t.tokenName}
              name="name"
              hint={t.tokenNameHint}
              value={typed?.get("name") ?? ""}
              error={errors.name}
              maxlength={100}
              required
            />
            <Select
              label={t.scope}
              name="scope"
              value={typed?.get("scope") ?? "read"}
              options={API_SCOPES.map((scope) => [scope, `${scope}: ${t.scopes[scope]}`] as const)}
            />
            <Field
              label={t.endsInDays}
              name="expiresInDays"
              type="number"
              min={1}
              max={400}
              value={typed?.get("expiresInDays") ?? "90"}
              error={errors.expiresInDays}
            />
            <Field
              label={t.tokenNetworks}
              name="networks"
              hint={t.tokenNetworksHint}
              value={typed?.get("networks") ?? ""}
              error={Object.entries(errors).find(([name]) => name.startsWith("networks"))?.[1]}
              maxlength={600}
            />
            <Field label={t.why} name="why" value={typed?.get("why") ?? ""} maxlength={200} hint={t.whyHint} />
          </div>
          <button>{t.make}</button>
        </Form>
      </Section>
      <Section title={t.sections.tokens}>
        <Table
          caption={t.sections.tokens}
          rows={tokens}
          empty={t.noTokens}
          columns={[
            {
              head: t.tokenName,
              main: true,
              cell: ({ name, id }) => (
                <>
                  {name}
                  <br />
                  <small>{id}</small>
                </>
              ),
            },
            { head: t.scope, cell: ({ scope }) => scope },
            { head: t.tokenNetworks, cell: ({ networks }) => networks?.join(", ") ?? t.everywhere },
            { head: t.state, cell: (token) => <State view={view} token={token} /> },
            { head: t.ends, cell: ({ expiresAt }) => <Time reader={view} at={expiresAt} /> },
            { head: t.used, cell: ({ lastUsedAt }) => <Time reader={view} at={lastUsedAt} never={t.never} /> },
            { head: t.madeBy, cell: ({ createdBy }) => createdBy.name ?? createdBy.id },
            {
              head: "",
              cell: (token) =>
                isOver(view, token) ? null : (
                  <Form view={view} action={`/settings/tokens/${token.id}/revoke`}>
                    <button class="small danger">{t.revoke}</button>
                  </Form>
                ),
            },
          ]}
        />
        <Pager url={view.url} next={next} words={pages} />
      </Section>
    </SettingsFrame>
  );
};

const isOver = (view: View, { revokedAt, expiresAt }: TokenAnswer): boolean =>
  revokedAt !== null || Date.parse(expiresAt) <= view.now;

const State: FC<{ readonly view: View; readonly token: TokenAnswer }> = ({ view, token }) => {
  const t = words[view.locale];
  if (token.revokedAt !== null) {
    return <Badge tone="quiet">{t.revoked(token.revokedBy?.name ?? token.revokedBy?.id ?? "")}</Badge>;
  }
  return isOver(view, token) ? <Badge tone="quiet">{t.ended}</Badge> : <Badge tone="good">{t.lives}</Badge>;
};

/** Shows a new token, once. */
export const MadeTokenPage: FC<{ readonly view: View; readonly token: MadeTokenAnswer }> = ({ view, token }) => {
  const t = words[view.locale];
  return (
    <SettingsFrame view={view}>
      <Section title={token.name}>
        <Notice tone="good">
          <p>{t.tokenMade}</p>
        </Notice>
        <Copyable id="token" text={token.token} copy={t.copy} copied={t.copied} />
        <a href="/settings/tokens">{t.back}</a>
      </Section>
    </SettingsFrame>
  );
};
