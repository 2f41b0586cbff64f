// The pages about the policy: what is in force, edited and weighed before it is applied, and what was in force before.

import { Hono } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { PolicyAnswer, PolicyAppliedAnswer, PolicySpreadAnswer } from "../../api/schemas/policy.ts";
import type {
  PolicyCheckedAnswer,
  PolicyDiffAnswer,
  PolicyHistoryAnswer,
  PolicyPreviewedAnswer,
} from "../../api/schemas/policy-changes.ts";
import { path } from "../../core/text/api-address.ts";
import { Notice } from "../../web/components/parts.tsx";
import { pageStatus, problemPage } from "../problem-page.tsx";
import { fresh } from "../sign-in/fresh.tsx";
import type { ConsoleContext, ConsoleEnv, View } from "../site.ts";
import { streamPage } from "../stream.ts";
import { EditPage } from "./edit-page.tsx";
import { DiffPage, HistoryPage, isDone, type PolicyDone, PolicyPage, SpreadPage, VersionPage } from "./pages.tsx";
import { CheckResult } from "./parts.tsx";
import { ImpactPart, PreviewPage, type Proposal, WhichPage } from "./preview-pages.tsx";
import { etagOf, seenVersion, textOf, typedText } from "./text.ts";
import { words } from "./words.ts";

const DEVICES_OF_A_PAGE = 10;
const VERSIONS_OF_A_PAGE = 25;

export const policyRoutes = new Hono<ConsoleEnv>();

const inForce = (view: View) => view.api.get<PolicyAnswer>("/v1/policy");
const quickCheck = (view: View, text: string) =>
  view.api.post<PolicyCheckedAnswer>("/v1/policy/check", { text, impact: false });

policyRoutes.get("/policy", async (c) => {
  const { view } = c.var;
  const policy = await inForce(view);
  return policy.ok ? c.html(<PolicyPage view={view} policy={policy.value} />) : problemPage(c, policy);
});

policyRoutes.get("/policy/edit", async (c) => {
  const { view } = c.var;
  const policy = await inForce(view);
  if (!policy.ok) return problemPage(c, policy);
  return c.html(<EditPage view={view} text={textOf(policy.value)} seen={policy.value.version} />);
});

/** Back from the preview, with the text. */
policyRoutes.post("/policy/edit", (c) => {
  const { view, form } = c.var;
  return c.html(<EditPage view={view} text={typedText(form)} seen={seenVersion(form) ?? 0} />);
});

policyRoutes.post("/policy/check", async (c) => {
  const { view, form } = c.var;
  const text = typedText(form);
  const checked = await quickCheck(view, text);
  if (c.req.header("hx-request") !== undefined) return c.html(<CheckResult view={view} checked={checked} />);
  const page = <EditPage view={view} text={text} seen={seenVersion(form) ?? 0} checked={checked} />;
  return c.html(page, checked.ok ? 200 : pageStatus(checked));
});

policyRoutes.post("/policy/preview", async (c) => {
  const { view, form } = c.var;
  const proposal = { text: typedText(form), seen: seenVersion(form) ?? 0, why: "", back: undefined };
  const [current, checked] = await Promise.all([inForce(view), quickCheck(view, proposal.text)]);
  if (!current.ok) return problemPage(c, current);
  if (!checked.ok) {
    return c.html(
      <EditPage view={view} text={proposal.text} seen={proposal.seen} checked={checked} />,
      pageStatus(checked),
    );
  }
  if (current.value.version !== proposal.seen) return collided(c, proposal);
  if (current.value.text === proposal.text) return c.redirect("/policy?done=same", 303);
  return preview(c, proposal, { current: current.value, checked: checked.value });
});

policyRoutes.post("/policy/preview/devices", async (c) => {
  const { view, form } = c.var;
  const proposal = await proposalOf(c);
  if (proposal === undefined) return c.notFound();
  const body = { text: proposal.text, limit: DEVICES_OF_A_PAGE, after: form.get("after") ?? "" };
  const which = await view.api.post<PolicyPreviewedAnswer>("/v1/policy/preview", body);
  if (!which.ok) return problemPage(c, which);
  return c.html(<WhichPage view={view} which={which.value} proposal={proposal} />);
});

policyRoutes.post("/policy/apply", fresh, async (c) => {
  const { view, form } = c.var;
  const [text, seen, why] = [typedText(form), seenVersion(form), form.get("why") ?? ""];
  if (seen === undefined) return c.redirect("/policy/edit", 303);
  const applied = await view.api.put<PolicyAppliedAnswer>(
    "/v1/policy",
    { text, why: why.trim() || null },
    { ifMatch: etagOf(seen) },
  );
  if (applied.ok) return spread(c, { done: "applied", told: 0, after: "" });
  if (isCollision(applied)) return collided(c, { text, seen, why, back: undefined });
  if (applied.code === "forbidden-scope") return problemPage(c, applied);
  return c.html(<EditPage view={view} text={text} seen={seen} checked={applied} />, pageStatus(applied));
});

policyRoutes.post("/policy/spread", (c) => {
  const { form } = c.var;
  const [done, told] = [form.get("done"), Number(form.get("told"))];
  return spread(c, {
    done: isDone(done) ? done : "spread",
    told: Number.isSafeInteger(told) && told > 0 ? told : 0,
    after: form.get("after") ?? "",
  });
});

policyRoutes.get("/policy/history", async (c) => {
  const { view } = c.var;
  const after = view.url.searchParams.get("after");
  const [page, current] = await Promise.all([
    view.api.get<PolicyHistoryAnswer>("/v1/policy/history", { limit: VERSIONS_OF_A_PAGE, after }),
    inForce(view),
  ]);
  if (!page.ok) return problemPage(c, page);
  if (!current.ok) return problemPage(c, current);
  return c.html(<HistoryPage view={view} page={page.value} current={current.value.version} />);
});

const VERSION = "/policy/history/:version{[1-9][0-9]{0,8}}";

policyRoutes.get(VERSION, async (c) => {
  const { view } = c.var;
  const [policy, current] = await Promise.all([
    view.api.get<PolicyAnswer>(path`/v1/policy/history/${c.req.param("version")}`),
    inForce(view),
  ]);
  if (!policy.ok) return problemPage(c, policy);
  if (!current.ok) return problemPage(c, current);
  return c.html(<VersionPage view={view} policy={policy.value} current={current.value.version} />);
});

policyRoutes.get(`${VERSION}/back`, (c) => previewBack(c, Number(c.req.param("version")), undefined, ""));

policyRoutes.post("/policy/rollback", fresh, async (c) => {
  const { view, form } = c.var;
  const [version, seen, why] = [Number(form.get("version")), seenVersion(form), form.get("why") ?? ""];
  if (seen === undefined) return c.redirect("/policy/history", 303);
  const body = { version, why: why.trim() };
  const applied = await view.api.post<PolicyAppliedAnswer>("/v1/policy/rollback", body, { ifMatch: etagOf(seen) });
  if (applied.ok) return spread(c, { done: "back", told: 0, after: "" });
  return isCollision(applied) ? previewBack(c, version, seen, why) : problemPage(c, applied);
});

policyRoutes.get("/policy/diff", async (c) => {
  const { view } = c.var;
  const [from, to] = ["from", "to"].map((name) => view.url.searchParams.get(name) ?? "");
  const diff = await view.api.get<PolicyDiffAnswer>("/v1/policy/diff", { from, to });
  return diff.ok ? c.html(<DiffPage view={view} diff={diff.value} />) : problemPage(c, diff);
});

const isCollision = ({ code }: { readonly code: string }): boolean =>
  code === "changed-meanwhile" || code === "policy-changed";

/** What is proposed by a form that goes from page to page: a text, or an earlier version. */
async function proposalOf(c: ConsoleContext): Promise<Proposal | undefined> {
  const { view, form } = c.var;
  const rest = { seen: seenVersion(form) ?? 0, why: form.get("why") ?? "" };
  const version = form.get("version");
  if (version === null) return { ...rest, text: typedText(form), back: undefined };
  const earlier = await view.api.get<PolicyAnswer>(path`/v1/policy/history/${version}`);
  return earlier.ok ? { ...rest, text: textOf(earlier.value), back: earlier.value.version } : undefined;
}

/** Somebody was faster: what they changed, and the text that was typed, to go on with from there. */
async function collided(c: ConsoleContext, { text, seen }: Proposal): Promise<Response> {
  const { view } = c.var;
  const current = await inForce(view);
  if (!current.ok) return problemPage(c, current);
  const { version } = current.value;
  const diff = await view.api.get<PolicyDiffAnswer>("/v1/policy/diff", { from: seen, to: version });
  const collision = diff.ok ? diff.value : undefined;
  return c.html(<EditPage view={view} text={text} seen={version} collision={collision} />, 412);
}

/**
 * The way back to an earlier version, weighed like any other policy. `seen`: the version that a person saw who was too
 * slow.
 */
async function previewBack(c: ConsoleContext, back: number, seen: number | undefined, why: string): Promise<Response> {
  const { view } = c.var;
  const [current, earlier] = await Promise.all([
    inForce(view),
    view.api.get<PolicyAnswer>(path`/v1/policy/history/${String(back)}`),
  ]);
  if (!current.ok) return problemPage(c, current);
  if (!earlier.ok) return problemPage(c, earlier);
  const text = textOf(earlier.value);
  const checked = await quickCheck(view, text);
  if (!checked.ok) return problemPage(c, checked);
  const { version } = current.value;
  const late =
    seen === undefined
      ? undefined
      : await view.api.get<PolicyDiffAnswer>("/v1/policy/diff", { from: seen, to: version });
  const weighed = {
    current: current.value,
    checked: checked.value,
    collision: late?.ok === true ? late.value : undefined,
  };
  return preview(c, { text, seen: version, why, back }, weighed, seen === undefined ? 200 : 412);
}

type Weighed = {
  readonly current: PolicyAnswer;
  readonly checked: PolicyCheckedAnswer;
  readonly collision?: PolicyDiffAnswer | undefined;
};

/** Shows at once what changes, and whom it would meet as soon as every device has been judged. */
function preview(
  c: ConsoleContext,
  proposal: Proposal,
  { current, checked, collision }: Weighed,
  status: ContentfulStatusCode = 200,
): Promise<Response> {
  const { view } = c.var;
  const failed = (
    <Notice tone="bad">
      <p>{words[view.locale].failed}</p>
    </Notice>
  );
  const slow = async () => {
    const { text } = proposal;
    const full = await view.api.post<PolicyCheckedAnswer>("/v1/policy/check", { text });
    if (!full.ok || full.value.impact === null) return failed;
    const { impact } = full.value;
    const changes = impact.verdicts.some(({ before, after }) => before !== after);
    const body = { text, limit: DEVICES_OF_A_PAGE };
    const which = changes ? await view.api.post<PolicyPreviewedAnswer>("/v1/policy/preview", body) : undefined;
    if (which?.ok === false) return failed;
    return <ImpactPart view={view} proposal={proposal} impact={impact} which={which?.value} />;
  };
  const page = <PreviewPage {...{ view, proposal, checked, collision }} inForce={textOf(current)} />;
  return streamPage(c, { page, slow, failed }, status);
}

/** Tells some guards of the policy in force in each request; the last one leads to the page of the policy. */
async function spread(
  c: ConsoleContext,
  { done, told, after }: { readonly done: PolicyDone; readonly told: number; readonly after: string },
): Promise<Response> {
  const { view } = c.var;
  const answer = await view.api.post<PolicySpreadAnswer>("/v1/policy/spread", null, { query: { after } });
  if (!answer.ok) return problemPage(c, answer);
  const { next, guards } = answer.value;
  if (next !== null) return c.html(<SpreadPage {...{ view, done, next }} told={told + guards} />);
  const to = `/policy?done=${done}`;
  return c.req.header("hx-request") === undefined ? c.redirect(to, 303) : c.body(null, 204, { "hx-redirect": to });
}
