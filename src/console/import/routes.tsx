// Many people come in from a file: it is sent, compared, shown line by line, and then carried out in parts.

import { Hono } from "hono";
import { brakeOf } from "../../core/import/brake.ts";
import { OTHER_ENCODINGS } from "../../core/import/encodings.ts";
import { problemPage } from "../problem-page.tsx";
import { fresh } from "../sign-in/fresh.tsx";
import type { ConsoleContext, ConsoleEnv } from "../site.ts";
import { FilePage, type FileProblem, GonePage } from "./file-page.tsx";
import { fileOf, keepFile, keepRun, runOf } from "./kept.ts";
import { type Note, ReportPage } from "./report-page.tsx";
import { RunPage } from "./run-page.tsx";
import { UPLOAD } from "./upload.ts";

export const importRoutes = new Hono<ConsoleEnv>();

/** The reader of CSV is some 100 kB of code, and only these pages need it. */
const reader = () => import("./compare.ts");
/** For so long one request may be at work, ms. */
const BUSY_MS = 60_000;

importRoutes.get(UPLOAD, (c) => {
  const { view } = c.var;
  return c.html(<FilePage view={view} />, view.may.administrate ? 200 : 403);
});

importRoutes.post(UPLOAD, async (c) => {
  const { view, form, upload } = c.var;
  const refused = (problem: FileProblem, status: 413 | 422 | 403 = 422) =>
    c.html(<FilePage {...{ view, problem, typed: form }} />, status);
  if (!view.may.administrate) return refused("not-allowed", 403);
  const domain = form.get("domain")?.trim() ?? "";
  if (domain !== "" && !/^[^\p{C}\p{Z}\\/@:*?"<>|]{1,64}$/u.test(domain)) return refused("domain");
  if (upload === undefined || upload.size === 0) return refused("no-file");
  const { linesOf, textIn } = await reader();
  const encoding = OTHER_ENCODINGS.find((each) => each === form.get("encoding"));
  const text = textIn(new Uint8Array(await upload.arrayBuffer()), encoding);
  if (!text.ok) return refused(text.reason);
  const lines = linesOf(text.value);
  if (!lines.ok) return refused(lines.reason);
  const name = upload.name.slice(0, 100);
  const kept = await keepFile(c, { name, domain: domain || undefined, text: text.value });
  return kept.ok ? c.redirect(`${UPLOAD}/${kept.value}`, 303) : refused("too-large", 413);
});

importRoutes.get(`${UPLOAD}/:file`, (c) => reportPage(c));

async function reportPage(c: ConsoleContext, note?: Note) {
  const { view, form } = c.var;
  const file = await fileOf(c, c.req.param("file"));
  if (file === undefined) return c.html(<GonePage view={view} />, 410);
  const { compared, digestOf } = await reader();
  const found = await compared(view, file, true);
  if (!found.ok) return problemPage(c, found.problem);
  const { plan } = found.value;
  const brake = brakeOf(found.value, plan.missing.length, false);
  const shown = { view, file, found: found.value, brake, digest: digestOf(plan), typed: form };
  return c.html(<ReportPage {...shown} at={`${UPLOAD}/${c.req.param("file")}`} note={note} />, note && 409);
}

importRoutes.post(`${UPLOAD}/:file`, fresh, async (c) => {
  const { view, form } = c.var;
  const secret = c.req.param("file") ?? "";
  const file = await fileOf(c, secret);
  if (file === undefined) return c.html(<GonePage view={view} />, 410);
  const { compared, digestOf, hashOf } = await reader();
  const found = await compared(view, file, true);
  if (!found.ok) return problemPage(c, found.problem);
  const { plan } = found.value;
  if (form.get("shown") !== digestOf(plan)) return reportPage(c, "changed");
  const disable = form.has("missing");
  const brake = brakeOf(found.value, plan.missing.length, form.has("confirm"));
  if (disable && brake !== undefined) return reportPage(c, "braked");
  const rename = form.has("rename");
  const lines = plan.rows.flatMap((row): [string, string][] =>
    row.action === "add" || row.action === "change" || (rename && row.action === "rename")
      ? [[String(row.line), hashOf(row)]]
      : [],
  );
  const run = await keepRun(c, {
    ...{ file: secret, rename, keepOldAddress: form.has("keepOld"), why: form.get("why")?.slice(0, 200) ?? "" },
    ...{ lines: Object.fromEntries(lines), missing: disable ? plan.missing.map(({ id }) => id) : [] },
    ...{ outcomes: {}, busyUntil: 0, finished: lines.length === 0 && !disable },
  });
  return c.redirect(`/users/import-run/${run}`, 303);
});

const RUN = "/users/import-run/:run";

importRoutes.get(RUN, async (c) => {
  const { view } = c.var;
  const run = await runOf(c, c.req.param("run"));
  if (run === undefined) return c.html(<GonePage view={view} />, 410);
  return c.html(<RunPage {...{ view, run: run.data, at: view.url.pathname }} />);
});

// Only what was shown and allowed is carried out, so going on asks for no new proof of who is there.
importRoutes.post(RUN, async (c) => {
  const { view } = c.var;
  const run = await runOf(c, c.req.param("run"));
  const file = await fileOf(c, run?.data.file);
  if (run === undefined || file === undefined) return c.html(<GonePage view={view} />, 410);
  const to = view.url.pathname;
  if (run.data.finished || run.data.busyUntil > view.now) return c.redirect(to, 303);
  if (!(await run.step({ ...run.data, busyUntil: view.now + BUSY_MS }))) return c.redirect(to, 303);
  const { nextPart } = await import("./carry-out.ts");
  const part = await nextPart(view, file, run.data);
  if ("code" in part) {
    await run.step({ ...run.data, busyUntil: 0 });
    return problemPage(c, part);
  }
  const outcomes = { ...run.data.outcomes, ...part.done };
  await run.step({ ...run.data, outcomes, busyUntil: 0, finished: part.finished });
  return c.redirect(to, 303);
});
