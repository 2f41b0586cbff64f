// A person is added, renamed, disabled, enabled and deleted.

import { Hono } from "hono";
import type { ProblemAnswer } from "../../api/problem.ts";
import type { WholeUserAnswer } from "../../api/schemas/directory.ts";
import type { ErasedAnswer } from "../../api/schemas/person.ts";
import type { RenamedAnswer, UserDeletedAnswer } from "../../api/schemas/rename.ts";
import type { UserChangedAnswer } from "../../api/schemas/users.ts";
import { Form } from "../../web/components/form.tsx";
import { Notice } from "../../web/components/parts.tsx";
import { pageStatus, problemPage } from "../problem-page.tsx";
import { fresh } from "../sign-in/fresh.tsx";
import type { ConsoleContext, ConsoleEnv } from "../site.ts";
import { DeletePage, DisablePage, NewPersonPage, OutcomePage, RenamePage } from "./change-pages.tsx";
import { changeWords } from "./change-words.ts";
import { Certificates } from "./device-pages.tsx";
import { addressOf, personPath } from "./parts.tsx";

export const changeRoutes = new Hono<ConsoleEnv>();

const at = (c: ConsoleContext): string => personPath(c.req.param("user") ?? "");
const words = (text: string | null): string[] => (text ?? "").split(/\s+/).filter((word) => word !== "");

changeRoutes.get("/users/new", (c) => c.html(<NewPersonPage view={c.var.view} />));

changeRoutes.post("/users/new", async (c) => {
  const { view, form } = c.var;
  const given = (name: string): string | undefined => form.get(name)?.trim() || undefined;
  const aliases = (form.get("aliases") ?? "").split("\n").map((line) => line.trim());
  const added = await view.api.post<WholeUserAnswer>("/v1/users", {
    ...{ sipUri: given("sipUri") ?? "", account: given("account") ?? "", upn: given("upn") },
    ...{ displayName: given("displayName"), groups: words(form.get("groups")), why: given("why") ?? "" },
    aliases: aliases.filter((alias) => alias !== ""),
  });
  if (!added.ok) return c.html(<NewPersonPage {...{ view, problem: added, typed: form }} />, pageStatus(added));
  return c.redirect(`${personPath(added.value.id)}?done=added`, 303);
});

const PAGES = { disable: DisablePage, delete: DeletePage } as const;

for (const step of ["rename", "disable", "delete"] as const) {
  changeRoutes.get(`/users/:user/${step}`, (c) => stepPage(c, step));
}

async function stepPage(c: ConsoleContext, step: "rename" | keyof typeof PAGES, problem?: ProblemAnswer) {
  const { view, form } = c.var;
  const found = await view.api.get<WholeUserAnswer>(`/v1${at(c)}`);
  if (!found.ok) return problemPage(c, found);
  const shown = { view, user: found.value, problem, typed: form };
  if (step === "rename")
    return c.html(<RenamePage {...shown} etag={found.etag ?? ""} />, problem && pageStatus(problem));
  const Step = PAGES[step];
  return c.html(<Step {...shown} />, problem && pageStatus(problem));
}

// Only names that were changed are sent. An old name may break rules that came later, and would be refused.
changeRoutes.post("/users/:user/rename", async (c) => {
  const { view, form } = c.var;
  const t = changeWords[view.locale];
  const found = await view.api.get<WholeUserAnswer>(`/v1${at(c)}`);
  if (!found.ok) return problemPage(c, found);
  const user = found.value;
  const typed = (name: string, now: string): string | undefined => {
    const text = form.get(name)?.trim() ?? "";
    return text === "" || text === now ? undefined : text;
  };
  const change = {
    sipUri: typed("sipUri", addressOf(user.sipUri)),
    upn: typed("upn", user.upn ?? ""),
    account: typed("account", user.account),
  };
  const to = { href: personPath(user.id), said: t.toPerson };
  if (Object.values(change).every((text) => text === undefined)) {
    return c.html(<OutcomePage {...{ view, to, title: t.unchangedTitle, said: `${addressOf(user.sipUri)}` }} />);
  }
  const body = { ...change, keepOldAddress: form.has("keep"), why: form.get("why") ?? "" };
  const renamed = await view.api.post<RenamedAnswer>(`/v1${at(c)}/rename`, body, {
    ifMatch: form.get("etag") ?? undefined,
  });
  if (!renamed.ok) return stepPage(c, "rename", renamed);
  const { sipUri, upn, account, released, inPolicy } = renamed.value;
  return c.html(
    <OutcomePage
      {...{ view, to, title: t.renamedTitle, said: [addressOf(sipUri), upn, account].filter(Boolean).join(" · ") }}
    >
      {change.sipUri === undefined ? null : <p>{t.tellPerson}</p>}
      {released.length === 0 ? null : (
        <p>
          {t.released} {released.join(", ")}
        </p>
      )}
      {inPolicy ? (
        <Notice tone="wait">
          <p>
            {t.inPolicy} <a href="/policy">{t.toPolicy}</a>
          </p>
        </Notice>
      ) : null}
    </OutcomePage>,
  );
});

changeRoutes.post("/users/:user/disable", fresh, async (c) => {
  const { view, form } = c.var;
  const t = changeWords[view.locale];
  const disabled = await view.api.post<UserChangedAnswer>(`/v1${at(c)}/disable`, { why: form.get("why") ?? "" });
  if (!disabled.ok) return stepPage(c, "disable", disabled);
  const { changed, revokeCertificates } = disabled.value;
  return c.html(
    <OutcomePage
      {...{ view, title: t.disabledTitle, said: changed ? t.disabledSaid : t.wasDisabled }}
      to={{ href: at(c), said: t.toPerson }}
    >
      <Certificates view={view} command={revokeCertificates} />
    </OutcomePage>,
  );
});

changeRoutes.post("/users/:user/enable", async (c) => {
  const enabled = await c.var.view.api.post(`/v1${at(c)}/enable`);
  return enabled.ok ? c.redirect(`${at(c)}?done=enabled`, 303) : problemPage(c, enabled);
});

/** Each call takes a limited number of events. A page answers within seconds, so the rest is another click. */
const MAX_CALLS = 10;

changeRoutes.post("/users/:user/delete", fresh, async (c) => {
  const { view, form } = c.var;
  if (!form.has("sure")) return stepPage(c, "delete");
  const [audit, why] = [form.get("audit") ?? "delete", form.get("why") ?? ""];
  if (audit === "delete") {
    const deleted = await view.api.remove<UserDeletedAnswer>(`/v1${at(c)}`, { why });
    return deleted.ok ? c.html(deletedPage(c, deleted.value)) : stepPage(c, "delete", deleted);
  }
  let pseudonym = form.get("pseudonym") ?? undefined;
  let events = 0;
  for (let calls = 1; ; calls++) {
    const erased = await view.api.post<ErasedAnswer>(`/v1${at(c)}/erase`, { audit, pseudonym, why });
    if (!erased.ok) return stepPage(c, "delete", erased);
    const { value } = erased;
    events += value.events;
    if (!value.more || calls === MAX_CALLS) return c.html(deletedPage(c, { ...value, events, audit }));
    pseudonym = value.pseudonym;
  }
});

type Gone = Pick<UserDeletedAnswer, "policies" | "networksLeft" | "revokeCertificates"> &
  Partial<Pick<ErasedAnswer, "events" | "more" | "pseudonym"> & { readonly audit: string }>;

function deletedPage(c: ConsoleContext, gone: Gone) {
  const { view, form } = c.var;
  const t = changeWords[view.locale];
  const { events, more = false, pseudonym = "", audit = "", policies, networksLeft, revokeCertificates } = gone;
  return (
    <OutcomePage
      {...{ view, title: more ? t.deleteTitle : t.deletedTitle, said: more ? t.notFinished : t.deleted }}
      tone={more ? "wait" : "good"}
      to={{ href: "/users", said: t.toUsers }}
    >
      {events === undefined ? null : <p>{t.erasedEvents(events)}</p>}
      {audit === "pseudonymise" ? <p>{t.pseudonym(pseudonym)}</p> : null}
      {more ? (
        <Form view={view} action={`${at(c)}/delete`}>
          {Object.entries({ audit, pseudonym, why: form.get("why") ?? "", sure: "yes" }).map(([name, value]) => (
            <input type="hidden" name={name} value={value} />
          ))}
          <p>
            <button class="danger">{t.goOn}</button>
          </p>
        </Form>
      ) : null}
      {policies.length === 0 ? null : <p>{t.policies(policies.join(", "))}</p>}
      {networksLeft === 0 ? null : <p>{t.networksLeft(networksLeft)}</p>}
      <Certificates view={view} command={revokeCertificates} />
    </OutcomePage>
  );
}
