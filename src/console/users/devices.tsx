// The devices of a person: look at one, decide about it, expect one, and end one that is lost.

import { Hono } from "hono";
import type { ProblemAnswer } from "../../api/problem.ts";
import type {
  AuthorityAskedAnswer,
  DeviceChangedAnswer,
  PasswordRevokedAnswer,
  WhyAnswer,
} from "../../api/schemas/devices.ts";
import type { WholeUserAnswer } from "../../api/schemas/directory.ts";
import type { PasswordsAnswer } from "../../api/schemas/passwords.ts";
import type { PortalChangedAnswer } from "../../api/schemas/portal.ts";
import { path } from "../../core/text/api-address.ts";
import { pageStatus, problemPage } from "../problem-page.tsx";
import type { ConsoleContext, ConsoleEnv } from "../site.ts";
import { DevicePage } from "./device-pages.tsx";
import { ExpectPage } from "./expect-page.tsx";
import { EndedPage, idOf, LostPage, losables } from "./lost-page.tsx";
import { devicePath, personPath } from "./parts.tsx";
import { readPerson } from "./person.ts";

export const deviceRoutes = new Hono<ConsoleEnv>();

const ONE = "/users/:user/devices/:device";

const param = (c: ConsoleContext, name: string): string => c.req.param(name) ?? "";
const apiPath = (c: ConsoleContext): string => `/v1${devicePath(param(c, "user"), param(c, "device"))}`;

deviceRoutes.get(ONE, (c) => devicePage(c));

async function devicePage(c: ConsoleContext, problem?: ProblemAnswer) {
  const { view } = c.var;
  const at = `/v1${personPath(param(c, "user"))}`;
  const [user, why, passwords] = await Promise.all([
    view.api.get<WholeUserAnswer>(at),
    view.api.get<WhyAnswer>(`${apiPath(c)}/why`, { language: view.locale }),
    view.api.get<PasswordsAnswer>(`${at}/passwords`),
  ]);
  if (!user.ok) return problemPage(c, user);
  if (!why.ok) return problemPage(c, problem ?? why);
  const all = passwords.ok ? passwords.value.items : [];
  const page = <DevicePage {...{ view, user: user.value, why: why.value, passwords: all, problem }} />;
  return c.html(page, problem && pageStatus(problem));
}

deviceRoutes.post(`${ONE}/approve`, async (c) => {
  const approved = await decide(c, "approve");
  return approved.ok ? decided(c, afterApproval(approved.value)) : devicePage(c, approved);
});

deviceRoutes.post(`${ONE}/block`, async (c) => {
  const blocked = await decide(c, "block");
  return blocked.ok ? decided(c, "blocked") : devicePage(c, blocked);
});

deviceRoutes.post(`${ONE}/forget`, async (c) => {
  const forgotten = await decide(c, "forget");
  return forgotten.ok ? toPerson(c, "forgotten") : devicePage(c, forgotten);
});

for (const verb of ["approve-key", "reset-key"] as const) {
  deviceRoutes.post(`${ONE}/${verb}`, async (c) => {
    const { view, form } = c.var;
    const changed = await view.api.post<DeviceChangedAnswer>(`${apiPath(c)}/${verb}`, { key: form.get("key") ?? "" });
    return changed.ok ? toDevice(c, verb === "approve-key" ? "key-approved" : "key-reset") : devicePage(c, changed);
  });
}

deviceRoutes.post(`${ONE}/ask-authority`, async (c) => {
  const asked = await c.var.view.api.post<AuthorityAskedAnswer>(`${apiPath(c)}/ask-authority`, {});
  return asked.ok ? toDevice(c, "authority-asked") : devicePage(c, asked);
});

const decide = (c: ConsoleContext, verb: "approve" | "block" | "forget") =>
  c.var.view.api.post<DeviceChangedAnswer>(`${apiPath(c)}/${verb}`, { why: c.var.form.get("why") ?? "" });

/** What an approval came to. */
function afterApproval({ device, keysWaiting }: DeviceChangedAnswer): string {
  if (device.state === "pending") return "approved-pending";
  if (device.credentialId === null) return "approved-without-password";
  return keysWaiting > 0 ? "approved-key-waits" : "approved";
}

/** Back to where the button was. */
function decided(c: ConsoleContext, done: string) {
  const to = c.var.form.get("to");
  if (to === "overview") return c.redirect(`/?${new URLSearchParams({ done })}`, 303);
  return to === "person" ? toPerson(c, done) : toDevice(c, done);
}
const toPerson = (c: ConsoleContext, done: string) =>
  c.redirect(`${personPath(param(c, "user"))}?${new URLSearchParams({ done })}`, 303);
const toDevice = (c: ConsoleContext, done: string) =>
  c.redirect(`${devicePath(param(c, "user"), param(c, "device"))}?${new URLSearchParams({ done })}`, 303);

const LOST = "/users/:user/lost";

deviceRoutes.get(LOST, (c) => lostPage(c));

async function lostPage(c: ConsoleContext, problem?: ProblemAnswer) {
  const { view } = c.var;
  const person = await readPerson(view, param(c, "user"));
  if ("code" in person) return problemPage(c, person);
  return c.html(<LostPage {...{ view, person, problem }} />, problem && pageStatus(problem));
}

// Everything at once, because each step takes some seconds: the device; its app password, so that nobody comes back with
// it; and the sessions of the portal, because the phone may have one.
deviceRoutes.post(LOST, async (c) => {
  const { view, form } = c.var;
  const person = await readPerson(view, param(c, "user"));
  if ("code" in person) return problemPage(c, person);
  const lost = losables(person).find((one) => idOf(one) === form.get("lost"));
  if (lost === undefined) return lostPage(c);
  const at = `/v1${personPath(person.user.id)}`;
  const body = { why: form.get("why") ?? "" };
  const { password } = lost;
  const signedIn = person.portal.ok && person.portal.value.sessions.length > 0;
  const [blocked, revoked, signedOut] = await Promise.all([
    lost.kind === "device"
      ? view.api.post<DeviceChangedAnswer>(`/v1${devicePath(person.user.id, lost.device.id)}/block`, body)
      : undefined,
    password === undefined
      ? undefined
      : view.api.post<PasswordRevokedAnswer>(`${at}${path`/passwords/${password.id}/revoke`}`, body),
    signedIn ? view.api.post<PortalChangedAnswer>(`${at}/portal/sign-out`, body) : undefined,
  ]);
  const outcome = (each: typeof blocked | typeof revoked | typeof signedOut) =>
    each?.ok === true ? ({ done: true } as const) : each;
  const [device, secret, sessions] = [outcome(blocked), outcome(revoked), outcome(signedOut)];
  const ended = {
    at: Date.now(),
    ...(device === undefined ? {} : { device }),
    ...(secret === undefined ? {} : { password: secret }),
    ...(sessions === undefined ? {} : { sessions }),
    certificates:
      (blocked?.ok === true ? blocked.value.revokeCertificates : null) ??
      (revoked?.ok === true ? revoked.value.revokeCertificates : null),
  };
  const failed = [device, secret, sessions].find((each) => each !== undefined && !("done" in each));
  return c.html(
    <EndedPage {...{ view, person, lost, ended }} />,
    failed !== undefined && "status" in failed ? pageStatus(failed) : 200,
  );
});

const EXPECT = "/users/:user/expect";

deviceRoutes.get(EXPECT, (c) => expectPage(c));

async function expectPage(c: ConsoleContext, problem?: ProblemAnswer) {
  const { view, form } = c.var;
  const person = await readPerson(view, param(c, "user"));
  if ("code" in person) return problemPage(c, person);
  return c.html(<ExpectPage {...{ view, person, problem, typed: form }} />, problem && pageStatus(problem));
}

deviceRoutes.post(EXPECT, async (c) => {
  const { view, form } = c.var;
  const key = (form.get("key") ?? "").trim();
  const body = { credentialId: form.get("password") ?? "", key: key === "" ? null : key, why: form.get("why") ?? "" };
  const expected = await view.api.post(`/v1${personPath(param(c, "user"))}/devices`, body);
  return expected.ok ? toPerson(c, "expected") : expectPage(c, expected);
});
