// The pages of users: the list, one page per person, and the steps that begin there.

import { Hono } from "hono";
import type { ProblemAnswer } from "../../api/problem.ts";
import { importRoutes } from "../import/routes.tsx";
import { pageStatus, problemPage } from "../problem-page.tsx";
import type { ConsoleContext, ConsoleEnv } from "../site.ts";
import { changeRoutes } from "./changes.tsx";
import { deviceRoutes } from "./devices.tsx";
import { editRoutes } from "./edit.tsx";
import { invitationRoutes } from "./invitations.tsx";
import { listRoutes } from "./list.tsx";
import { personPath } from "./parts.tsx";
import { passwordRoutes } from "./passwords.tsx";
import { readPerson } from "./person.ts";
import { PersonPage } from "./person-page.tsx";
import { portalRoutes } from "./portal.tsx";

export const userRoutes = new Hono<ConsoleEnv>();

userRoutes.route("/", listRoutes);
userRoutes.route("/", importRoutes); // as "/users/new" below
userRoutes.route("/", changeRoutes); // "/users/new" is also one of "/users/:user"
userRoutes.route("/", passwordRoutes);
userRoutes.route("/", invitationRoutes);
userRoutes.route("/", portalRoutes);
userRoutes.route("/", deviceRoutes);
userRoutes.route("/", editRoutes);

const at = (c: ConsoleContext): string => personPath(c.req.param("user") ?? "");

userRoutes.get("/users/:user", (c) => personPage(c));

/** The address of the page has the id, so that it stays good when the person is renamed. */
async function personPage(c: ConsoleContext, problem?: ProblemAnswer) {
  const { view } = c.var;
  const person = await readPerson(view, c.req.param("user") ?? "");
  if ("code" in person) return problemPage(c, person);
  const { id } = person.user;
  if (problem === undefined && c.req.param("user") !== id) return c.redirect(personPath(id) + view.url.search, 302);
  return c.html(<PersonPage {...{ view, person, problem }} />, problem && pageStatus(problem));
}

userRoutes.post("/users/:user/unlock", async (c) => {
  const cleared = await c.var.view.api.post(`/v1/locks${at(c)}/clear`);
  if (!cleared.ok) return personPage(c, cleared);
  return c.redirect(`${c.var.form.get("to") === "overview" ? "/" : at(c)}?done=unlocked`, 303);
});

userRoutes.post("/users/:user/window", async (c) => {
  const { view, form } = c.var;
  const minutes = form.get("minutes");
  const opened = await view.api.post(`/v1${at(c)}/window`, minutes === null ? {} : { minutes: Number(minutes) });
  if (!opened.ok) return personPage(c, opened);
  return c.redirect(`${at(c)}?done=${minutes === "0" ? "closed" : "opened"}`, 303);
});

userRoutes.post("/users/:user/aliases", async (c) => {
  const { view, form } = c.var;
  const added = await view.api.post(`/v1${at(c)}/aliases`, { name: form.get("name") ?? "" });
  return added.ok ? c.redirect(`${at(c)}?done=alias#names`, 303) : personPage(c, added);
});

userRoutes.post("/users/:user/aliases/remove", async (c) => {
  const { view, form } = c.var;
  const alias = encodeURIComponent(form.get("name") ?? "");
  const removed = await view.api.remove(`/v1${at(c)}/aliases/${alias}`, {});
  return removed.ok ? c.redirect(`${at(c)}?done=alias-gone#names`, 303) : personPage(c, removed);
});

userRoutes.get("/users/:user/export", async (c) => {
  const exported = await c.var.view.api.stream(`/v1${at(c)}/export`);
  if (!exported.ok) return problemPage(c, await exported.json<ProblemAnswer>());
  const name = `${c.req.param("user").replaceAll(/[^\w@.-]/g, "_")}.json`;
  const headers = { "content-type": "application/json", "content-disposition": `attachment; filename="${name}"` };
  return new Response(exported.body, { headers });
});
