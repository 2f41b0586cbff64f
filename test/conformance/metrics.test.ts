// The metrics of a started gateway, as Prometheus would read them: what sign-ins, refusals and polls make of them, who may
// read them, and that no stranger gets a word of his own into them.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";
import { operator } from "./support/operator.ts";
import { Events, openDevice } from "./support/polls.ts";
import { compactTicket } from "./support/tickets.ts";

const PATIENCE = { timeout: 90_000, interval: 1_000 };
let gateway: TestGateway;
let token: string;
beforeAll(async () => {
  gateway = await startTestGateway();
  ({ token } = (await operator(gateway, "token", "create", "prometheus", "--scope", "metrics")) as { token: string });
});
afterAll(() => gateway?.stop());

const ask = (authorization: string | undefined, more: { readonly host?: string; readonly method?: string } = {}) =>
  gateway.send({
    ...{ host: gateway.adminHost, path: "/metrics", ...more },
    headers: authorization === undefined ? {} : { authorization: `Bearer ${authorization}` },
  });

async function scraped(): Promise<ReadonlyMap<string, number>> {
  const { status, text } = await ask(token);
  expect(status).toBe(200);
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ")))]),
  );
}
const value = async (line: string) => (await scraped()).get(line);

describe("S-33 S-73: who may read the metrics", () => {
  it("a token of the scope metrics or read; no other, and to a stranger they are not there", async () => {
    const make = async (scope: string) =>
      ((await operator(gateway, "token", "create", scope, "--scope", scope)) as { token: string }).token;
    const answer = await ask(token);
    expect([answer.status, answer.headers["content-type"]]).toEqual([200, "text/plain; version=0.0.4; charset=utf-8"]);
    expect((await ask(await make("read"))).status).toBe(200);
    expect((await ask(await make("directory"))).status).toBe(403);
    expect((await ask(token, { method: "POST" })).status).toBe(405);
    for (const wrong of [undefined, `${token}x`]) expect((await ask(wrong)).status).toBe(404);
    for (const host of ["web.contoso.test", "nothing.contoso.test"])
      expect((await ask(token, { host })).status).toBe(404);
  });
});

describe("S-73: what is counted", () => {
  it("sign-ins, exactly; answers, refusals and waits within a minute", async () => {
    const before = await scraped();
    await compactTicket(gateway, gateway.bob);
    for (let n = 0; n < 3; n++) {
      await compactTicket(gateway, { ...gateway.bob, password: "wrong" }).catch(() => undefined);
    }
    for (let n = 0; n < 4; n++) await gateway.send({ path: "/cscp/x" });
    const grew = async (line: string) => ((await value(line)) ?? 0) - (before.get(line) ?? 0);
    const ntlm = (outcome: string) => `postern_sign_ins_total{channel="ntlm",outcome="${outcome}"}`;
    await expect.poll(() => grew(ntlm("signed-in")), PATIENCE).toBe(1);
    await expect.poll(() => grew(ntlm("refused")), PATIENCE).toBe(3);
    await expect.poll(() => grew('postern_refusals_total{reason="row-closed"}'), PATIENCE).toBe(4);
    expect(await grew('postern_requests_total{class="closed",row="/cscp/*",status="4xx"}')).toBe(4);
    expect(await grew('postern_connector_answers_total{outcome="ok"}')).toBeGreaterThanOrEqual(1);
    expect(await grew('postern_front_end_answers_total{outcome="2xx"}')).toBeGreaterThanOrEqual(1);
  });

  it("polls while they are open", async () => {
    const events = new Events(gateway);
    const phone = { endpointId: "metrics-phone", source: "192.0.2.77", applications: [] };
    const { applications, tickets, source } = await openDevice(gateway, gateway.alice, phone);
    const headers = { authorization: `Bearer cwt=${tickets[0]}`, "cf-connecting-ip": source };
    const poll = gateway.send({ path: `${applications[0]}/events?ack=1`, headers });
    await expect.poll(() => value("postern_open_polls"), PATIENCE).toBe(1);
    await events.fire(gateway.alice);
    expect((await poll).status).toBe(200);
    const stir = async () => {
      await gateway.send({ path: "/" }); // an isolate writes when something was counted
      return value("postern_open_polls");
    };
    await expect.poll(stir, PATIENCE).toBe(0);
    expect(await value('postern_request_duration_seconds_count{class="poll"}')).toBe(1);
  });

  it("the version, the migrations, the keys, and a run of the cron trigger", async () => {
    await gateway.ring("17 * * * *");
    const all = await scraped();
    const names = new Set([...all.keys()].map((line) => line.replace(/\{.*/, "")));
    for (const name of [
      "postern_build_info",
      "postern_schema_migrations",
      "postern_key_first_seen_timestamp_seconds",
    ]) {
      expect(names, name).toContain(name);
    }
    const ranAt = all.get('postern_job_run_timestamp_seconds{task="hourly"}') ?? 0;
    // Prometheus gives every line these two labels, and renames those of the page.
    expect([...all.keys()].filter((line) => /[{,](job|instance)=/.test(line))).toEqual([]);
    expect(Math.abs(Date.now() / 1_000 - ranAt)).toBeLessThan(600);
    expect(all.get('postern_job_failed_parts{task="hourly"}')).toBe(0);
  });
});

describe("S-44 S-73: a stranger's words", () => {
  it("get into no label, and make no series", async () => {
    const mark = "zq7stranger";
    const strange = async (n: number) => {
      const headers = { "user-agent": `${mark}-${n}`, authorization: `Bearer ${mark}` };
      await gateway.send({ path: `/${mark}${n}/x`, headers });
      await gateway.send({ path: `/meet/${mark}${n}/ABCD`, headers });
      await gateway.send({ path: `/ucwa/oauth/v1/applications/${mark}${n}/events`, headers });
      await gateway.send({ path: "/", host: `${mark}${n}.contoso.test`, headers });
      await compactTicket(gateway, { ...gateway.bob, account: `${mark}${n}`, password: mark }).catch(() => undefined);
    };
    const seriesAfter = async (from: number, to: number) => {
      for (let n = from; n < to; n++) await strange(n);
      const line = 'postern_requests_total{class="poll",row="/ucwa/oauth/v1/*",status="4xx"}';
      await expect.poll(() => value(line), PATIENCE).toBe(to);
      const { text } = await ask(token);
      expect(text).not.toContain(mark);
      return new Set(text.split("\n").map((each) => each.replace(/ \S+$/, ""))).size;
    };
    const first = await seriesAfter(0, 10);
    expect(await seriesAfter(10, 40)).toBeLessThanOrEqual(first + 12); // another bound of a histogram, another state
    for (const { upn, sipUri, account } of [gateway.alice, gateway.bob]) {
      const { text } = await ask(token);
      for (const name of [upn, sipUri, account]) expect(text).not.toContain(name);
    }
  });
});
