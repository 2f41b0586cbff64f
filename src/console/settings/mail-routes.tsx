// The page about mail: settings/mail.

import { Hono } from "hono";
import type { NoticeAnswer, NoticesStatusAnswer, NoticeTestedAnswer } from "../../api/schemas/notices.ts";
import type { Outcome } from "../api.ts";
import { pageStatus, problemPage } from "../problem-page.tsx";
import type { ConsoleContext, ConsoleEnv } from "../site.ts";
import { MailPage, TEST_FAILED } from "./mail.tsx";

/** The command lists more. */
const ROWS = 50;
type List = { readonly items: readonly NoticeAnswer[] };

export const mailRoutes = new Hono<ConsoleEnv>();

const mailPage = async (c: ConsoleContext, refused?: Extract<Outcome<unknown>, { ok: false }>) => {
  const { view } = c.var;
  const list = (state: string) => view.api.get<List>("/v1/notices", { state, limit: ROWS });
  const [status, waiting, ended] = await Promise.all([
    view.api.get<NoticesStatusAnswer>("/v1/notices/status"),
    list("waiting"),
    list("ended"),
  ]);
  if (!status.ok) return problemPage(c, status);
  if (!waiting.ok) return problemPage(c, waiting);
  if (!ended.ok) return problemPage(c, ended);
  const lists = { status: status.value, waiting: waiting.value.items, ended: ended.value.items };
  const again = refused === undefined ? {} : { refused, typed: c.var.form };
  const page = <MailPage view={view} done={c.req.query("done")} {...lists} {...again} />;
  return c.html(page, refused === undefined ? 200 : pageStatus(refused));
};

mailRoutes.get("/settings/mail", (c) => mailPage(c));

mailRoutes.post("/settings/mail/test", async (c) => {
  const { view, form } = c.var;
  const to = (form.get("to") ?? "").trim();
  const once = form.get("once") ?? undefined;
  const tested = await view.api.post<NoticeTestedAnswer>("/v1/notices/test", to === "" ? {} : { to }, { once });
  if (!tested.ok) return mailPage(c, tested);
  const { end } = tested.value;
  const done = end === null ? "tested" : end === "sent" ? "test-sent" : TEST_FAILED;
  return c.redirect(`/settings/mail?done=${done}`, 303);
});
