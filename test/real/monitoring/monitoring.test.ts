// The files of examples/monitoring with the real Prometheus and Alertmanager, against a started gateway: the target is
// up, every panel of the dashboard has data, and when the Front-End goes away an alert fires and arrives at the webhook.
// Grafana itself does not run here: Debian does not have it.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestGateway, type TestGateway } from "../../conformance/support/gateway.ts";
import { operator } from "../../conformance/support/operator.ts";
import { openDevice } from "../../conformance/support/polls.ts";
import { compactTicket } from "../../conformance/support/tickets.ts";
import { describeClient } from "../requirements.ts";
import { EXAMPLES, type Monitoring, startMonitoring } from "./programs.ts";

const PROGRAMS = [
  { file: "prometheus", debianPackage: "prometheus" },
  { file: "promtool", debianPackage: "prometheus" },
  { file: "prometheus-alertmanager", debianPackage: "prometheus-alertmanager" },
  { file: "amtool", debianPackage: "prometheus-alertmanager" },
];
const PATIENCE = { timeout: 150_000, interval: 1_000 };
type Panel = {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string; readonly datasource: { readonly uid: string } }[];
};
const dashboard = JSON.parse(readFileSync(join(EXAMPLES, "dashboard.json"), "utf8")) as {
  readonly __inputs: readonly { readonly name: string; readonly pluginId: string }[];
  readonly templating: { readonly list: readonly { readonly name: string }[] };
  readonly panels: readonly Panel[];
};
/** Every expression, with what Grafana would put in for its variables. */
const expressions = dashboard.panels.flatMap(({ title, targets = [] }) =>
  targets.map(({ expr }) => [title, expr.replaceAll("$job", ".+").replaceAll("$__rate_interval", "2m")] as const),
);

describeClient("Prometheus, Alertmanager and the dashboard", PROGRAMS, () => {
  describe("S-73: the files by themselves", () => {
    const tool = (program: string, ...args: string[]): string =>
      execFileSync(program, args, { cwd: EXAMPLES, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

    it("the rules and the configurations are right, and each alert fires when it should, and only then", () => {
      expect(tool("promtool", "check", "rules", "alerts.rules.yml")).toContain("SUCCESS");
      expect(tool("promtool", "check", "config", "--syntax-only", "prometheus.yml")).toContain("SUCCESS");
      expect(tool("promtool", "test", "rules", "alerts.test.yml")).toContain("SUCCESS");
      expect(tool("amtool", "check-config", "alertmanager.yml")).toContain("SUCCESS");
      const names = (file: string, word: RegExp) =>
        Array.from(readFileSync(join(EXAMPLES, file), "utf8").matchAll(word), ([, name]) => name);
      const tested = names("alerts.test.yml", /alertname: (\w+)\n +exp_alerts:\n/g);
      for (const name of names("alerts.rules.yml", /- alert: (\w+)/g)) expect(tested, name).toContain(name);
    });

    it("the dashboard can be imported: it asks for its data source, and no panel covers another", () => {
      expect(dashboard.__inputs).toMatchObject([{ name: "DS_PROMETHEUS", pluginId: "prometheus" }]);
      expect(dashboard.templating.list.map(({ name }) => name)).toEqual(["datasource", "job"]);
      expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
      const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
        Array.from({ length: w * h }, (_, at) => `${x + (at % w)} ${y + Math.floor(at / w)}`),
      );
      expect(new Set(cells).size).toBe(cells.length);
      expect(Math.max(...dashboard.panels.map(({ gridPos: { x, w } }) => x + w))).toBe(24);
      for (const { targets = [] } of dashboard.panels) {
        for (const { datasource } of targets) expect(datasource.uid).toBe("$" + "{datasource}");
      }
    });
  });

  describe("S-73: beside a gateway", () => {
    let gateway: TestGateway;
    let monitoring: Monitoring;
    beforeAll(async () => {
      gateway = await startTestGateway();
      const made = await operator(gateway, "token", "create", "prometheus", "--scope", "metrics");
      const { token } = made as { token: string };
      monitoring = await startMonitoring(gateway.gateway, gateway.adminHost, token);
    });
    afterAll(async () => {
      await monitoring?.stop();
      await gateway?.stop().catch(() => undefined); // its Front-End is stopped already
    });

    const one = async (expression: string): Promise<number> =>
      Number((await monitoring.query(expression))[0]?.value[1] ?? Number.NaN);

    it("reads the gateway by its token, and everything it reads is as Prometheus wants it", async () => {
      await expect.poll(() => one('up{job="postern"}'), PATIENCE).toBe(1);
      const targets = JSON.stringify(await monitoring.api("/api/v1/targets"));
      expect(targets).toContain('"health":"up"');
      const { text } = await gateway.send({
        ...{ host: gateway.adminHost, path: "/metrics", headers: { authorization: `Bearer ${gateway.adminKey}` } },
      });
      const said = execFileSync("promtool", ["check", "metrics"], { input: text, encoding: "utf8" });
      expect(said).toBe("");
    });

    it("sees sign-ins, wrong ones and refusals", async () => {
      const signedIn = 'sum(postern_sign_ins_total{outcome="signed-in"})';
      await expect.poll(() => one(signedIn), PATIENCE).toBe(0);
      const phone = { endpointId: "monitored-phone", source: "192.0.2.80", applications: [] };
      await openDevice(gateway, gateway.alice, phone);
      for (let n = 0; n < 3; n++) {
        await compactTicket(gateway, { ...gateway.bob, password: "wrong" }).catch(() => undefined);
      }
      for (let n = 0; n < 5; n++) await gateway.send({ path: "/cscp/" });
      await expect.poll(() => one(signedIn), PATIENCE).toBeGreaterThanOrEqual(5);
      await expect.poll(() => one('sum(postern_sign_ins_total{outcome="refused"})'), PATIENCE).toBe(3);
      await expect.poll(() => one('postern_refusals_total{reason="row-closed"}'), PATIENCE).toBe(5);
    });

    it("has data for every panel of the dashboard", async () => {
      await gateway.ring("17 * * * *");
      const now = Date.now();
      await gateway.execute([
        `insert into directory_sources (source, in_step_at, reported_at, reported_by, people, report) values ('ad', ${now}, ${now}, 't_test', 2, '{}')`,
      ]);
      expect(expressions.length).toBeGreaterThan(40);
      const empty = async () => {
        const answers = await Promise.all(expressions.map(([, expression]) => monitoring.query(expression)));
        return expressions.flatMap(([title], at) => (answers[at]?.length === 0 ? [title] : []));
      };
      await expect.poll(empty, PATIENCE).toEqual([]);
      // The job has run, so its alert ends, and no label of the page collides with one of Prometheus' own.
      await expect.poll(() => monitoring.query('ALERTS{alertname="PosternNoCron"}'), PATIENCE).toEqual([]);
      expect(await monitoring.query('{__name__=~"postern_.+",exported_job!=""}')).toEqual([]);
    });

    it("tells the administrators when the Front-End and the connector are away, and no healthy part", async () => {
      const firing = async () =>
        (await monitoring.query('ALERTS{alertstate="firing",severity="urgent"}')).map(({ metric }) => metric.alertname);
      expect(await firing()).toEqual([]);
      await gateway.simulator.stop();
      for (let n = 0; n < 6; n++) {
        await gateway.send({ path: "/Autodiscover/AutodiscoverService.svc/root", host: "lyncdiscover.contoso.test" });
        await compactTicket(gateway, gateway.bob).catch(() => undefined);
      }
      await expect
        .poll(firing, PATIENCE)
        .toEqual(expect.arrayContaining(["PosternFrontEndUnreachable", "PosternConnectorFails"]));
      const arrived = () =>
        monitoring.alerts
          .filter(({ path, status }) => path === "/on-call" && status === "firing")
          .map(({ labels }) => labels.alertname);
      await expect
        .poll(arrived, PATIENCE)
        .toEqual(expect.arrayContaining(["PosternFrontEndUnreachable", "PosternConnectorFails"]));
      expect(arrived()).not.toContain("PosternDown");
    });

    it("tells them when the gateway itself is away", async () => {
      await gateway.stop().catch(() => undefined);
      const arrived = () => monitoring.alerts.some(({ labels }) => labels.alertname === "PosternDown");
      await expect.poll(arrived, PATIENCE).toBe(true);
    });
  });
});
