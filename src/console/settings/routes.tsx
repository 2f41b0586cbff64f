// The settings: the gateway's own, tokens, and the people who administrate.

import { Hono } from "hono";
import type { DirectoryStatusAnswer } from "../../api/schemas/directory-sync.ts";
import type { GatewaySettingsAnswer } from "../../api/schemas/gateway-settings.ts";
import type { InvitationAnswer, PasskeyAnswer, SessionAnswer } from "../../api/schemas/sign-ins.ts";
import type { AdministratorAnswer, MadeTokenAnswer, TokenAnswer } from "../../api/schemas/tokens.ts";
import { path } from "../../core/text/api-address.ts";
import type { Outcome } from "../api.ts";
import { pageStatus, problemPage } from "../problem-page.tsx";
import { fresh } from "../sign-in/fresh.tsx";
import type { ConsoleContext, ConsoleEnv } from "../site.ts";
import { AdministratorPage, AdministratorsPage, InvitedPage } from "./administrators.tsx";
import { DirectoryPage } from "./directory.tsx";
import { GatewayPage } from "./gateway.tsx";
import { MadeTokenPage, TokensPage } from "./tokens.tsx";

type Refused = Extract<Outcome<unknown>, { ok: false }>;
type List<Row> = { readonly items: readonly Row[]; readonly next: string | null };
const ROWS = 50;

export const settingsRoutes = new Hono<ConsoleEnv>();

settingsRoutes.get("/settings", async (c) => {
  const { view } = c.var;
  const settings = await view.api.get<GatewaySettingsAnswer>("/v1/settings");
  return settings.ok ? c.html(<GatewayPage view={view} settings={settings.value} />) : problemPage(c, settings);
});

// The directory.

const directoryPage = async (c: ConsoleContext, refused?: Refused) => {
  const { view } = c.var;
  const status = await view.api.get<DirectoryStatusAnswer>("/v1/directory");
  if (!status.ok) return problemPage(c, status);
  const page = (
    <DirectoryPage view={view} sources={status.value.sources} done={c.req.query("done")} problem={refused} />
  );
  return c.html(page, refused === undefined ? 200 : pageStatus(refused));
};

settingsRoutes.get("/settings/directory", (c) => directoryPage(c));

settingsRoutes.post("/settings/directory/:source/adoption", fresh, async (c) => {
  const { view, form } = c.var;
  const body = { minutes: Number(form.get("minutes") ?? ""), why: form.get("why") ?? "" };
  const changed = await view.api.post(path`/v1/directory/${c.req.param("source")}/adoption`, body);
  return changed.ok ? c.redirect("/settings/directory?done=adoption", 303) : directoryPage(c, changed);
});

settingsRoutes.post("/settings/directory/:source/unlink", fresh, async (c) => {
  const { view, form } = c.var;
  // Without a yes there is no number, and the API refuses that.
  const people = form.has("sure") ? Number(form.get("people") ?? "") : undefined;
  const body = { people, why: form.get("why") ?? "" };
  const ended = await view.api.post(path`/v1/directory/${c.req.param("source")}/unlink`, body);
  return ended.ok ? c.redirect("/settings/directory?done=unlinked", 303) : directoryPage(c, ended);
});

// Tokens.

const tokensPage = async (c: ConsoleContext, refused?: Refused) => {
  const { view } = c.var;
  const after = view.url.searchParams.get("after");
  const list = await view.api.get<List<TokenAnswer>>("/v1/tokens", { limit: ROWS, after });
  if (!list.ok) return problemPage(c, list);
  const { items: tokens, next } = list.value;
  const again = refused === undefined ? {} : { refused, typed: c.var.form };
  const page = <TokensPage view={view} done={c.req.query("done")} {...{ tokens, next }} {...again} />;
  return c.html(page, refused === undefined ? 200 : pageStatus(refused));
};

settingsRoutes.get("/settings/tokens", (c) => tokensPage(c));

settingsRoutes.post("/settings/tokens", fresh, async (c) => {
  const { view, form } = c.var;
  const days = form.get("expiresInDays") ?? "";
  const networks = (form.get("networks") ?? "").split(/[\s,]+/).filter((text) => text !== "");
  const body = {
    ...{ name: form.get("name") ?? "", scope: form.get("scope") ?? "", why: form.get("why") ?? "" },
    ...(days === "" ? {} : { expiresInDays: Number(days) }),
    ...(networks.length > 0 && { networks }),
  };
  const made = await view.api.post<MadeTokenAnswer>("/v1/tokens", body, { once: form.get("once") ?? undefined });
  return made.ok ? c.html(<MadeTokenPage view={view} token={made.value} />) : tokensPage(c, made);
});

settingsRoutes.post("/settings/tokens/:token/revoke", fresh, async (c) => {
  const revoked = await c.var.view.api.post<TokenAnswer>(path`/v1/tokens/${c.req.param("token")}/revoke`, {});
  return revoked.ok ? c.redirect("/settings/tokens?done=revoked", 303) : tokensPage(c, revoked);
});

// People who administrate.

const administratorsPage = async (c: ConsoleContext, refused?: Refused) => {
  const { view } = c.var;
  const after = view.url.searchParams.get("after");
  const list = await view.api.get<List<AdministratorAnswer>>("/v1/administrators", { limit: ROWS, after });
  if (!list.ok) return problemPage(c, list);
  const { items: people, next } = list.value;
  const again = refused === undefined ? {} : { refused, typed: c.var.form };
  const page = <AdministratorsPage view={view} done={c.req.query("done")} {...{ people, next }} {...again} />;
  return c.html(page, refused === undefined ? 200 : pageStatus(refused));
};

settingsRoutes.get("/settings/administrators", (c) => administratorsPage(c));

settingsRoutes.post("/settings/administrators", fresh, async (c) => {
  const { view, form } = c.var;
  const [name, email] = [form.get("name") ?? "", form.get("email") ?? ""];
  const body = { name, email, role: form.get("role") ?? "", why: form.get("why") ?? "" };
  const once = form.get("once") ?? undefined;
  const added = await view.api.post<AdministratorAnswer>("/v1/administrators", body, { once });
  if (!added.ok) return administratorsPage(c, added);
  const invitation = await view.api.post<InvitationAnswer>(path`/v1/administrators/${added.value.id}/invitation`);
  if (!invitation.ok) return administratorsPage(c, invitation);
  return c.html(<InvitedPage view={view} name={added.value.name} invitation={invitation.value} />);
});

const administratorPage = async (c: ConsoleContext, refused?: Refused) => {
  const { view } = c.var;
  const id = c.req.param("id") ?? "";
  const [person, passkeys, sessions] = await Promise.all([
    view.api.get<AdministratorAnswer>(path`/v1/administrators/${id}`),
    view.api.get<List<PasskeyAnswer>>(path`/v1/administrators/${id}/passkeys`),
    view.api.get<List<SessionAnswer>>(path`/v1/administrators/${id}/sessions`),
  ]);
  if (!person.ok) return problemPage(c, person);
  if (!passkeys.ok) return problemPage(c, passkeys);
  if (!sessions.ok) return problemPage(c, sessions);
  const again = refused === undefined ? {} : { refused, typed: c.var.form };
  const page = (
    <AdministratorPage
      view={view}
      person={person.value}
      etag={person.etag}
      passkeys={passkeys.value.items}
      sessions={sessions.value.items}
      done={c.req.query("done")}
      {...again}
    />
  );
  return c.html(page, refused === undefined ? 200 : pageStatus(refused));
};

const PERSON = "/settings/administrators/:id";

settingsRoutes.get(PERSON, (c) => administratorPage(c));

/** Changes somebody, as the version that was shown. */
const change = async (c: ConsoleContext, body: object, done: string) => {
  const { view, form } = c.var;
  const id = c.req.param("id") ?? "";
  const sent = { ...body, why: form.get("why") ?? "" };
  const ifMatch = form.get("etag") ?? undefined;
  const changed = await view.api.patch<AdministratorAnswer>(path`/v1/administrators/${id}`, sent, { ifMatch });
  return changed.ok
    ? c.redirect(path`/settings/administrators/${id}?done=` + done, 303)
    : administratorPage(c, changed);
};

settingsRoutes.post(PERSON, fresh, (c) => {
  const { form } = c.var;
  return change(c, { name: form.get("name") ?? "", role: form.get("role") ?? "" }, "changed");
});
settingsRoutes.post(`${PERSON}/disable`, fresh, (c) => change(c, { disabled: true }, "disabled"));
settingsRoutes.post(`${PERSON}/enable`, fresh, (c) => change(c, { disabled: false }, "enabled"));

settingsRoutes.post(`${PERSON}/invite`, fresh, async (c) => {
  const { view, form } = c.var;
  const id = c.req.param("id");
  const once = form.get("once") ?? undefined;
  const [person, invitation] = [
    await view.api.get<AdministratorAnswer>(path`/v1/administrators/${id}`),
    await view.api.post<InvitationAnswer>(path`/v1/administrators/${id}/invitation`, {}, { once }),
  ];
  if (!person.ok) return problemPage(c, person);
  if (!invitation.ok) return administratorPage(c, invitation);
  return c.html(<InvitedPage view={view} name={person.value.name} invitation={invitation.value} />);
});

settingsRoutes.post(`${PERSON}/passkeys/remove`, fresh, async (c) => {
  const id = c.req.param("id");
  const removed = await c.var.view.api.remove(
    path`/v1/administrators/${id}/passkeys/${c.var.form.get("passkey") ?? ""}`,
    {},
  );
  return removed.ok
    ? c.redirect(path`/settings/administrators/${id}?done=passkey-removed`, 303)
    : administratorPage(c, removed);
});

settingsRoutes.post(`${PERSON}/sign-out`, fresh, async (c) => {
  const id = c.req.param("id");
  const ended = await c.var.view.api.remove(path`/v1/administrators/${id}/sessions`, {});
  return ended.ok ? c.redirect(path`/settings/administrators/${id}?done=signed-out`, 303) : administratorPage(c, ended);
});
