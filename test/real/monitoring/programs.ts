// Prometheus and Alertmanager with the files of examples/monitoring, and the webhook at which alerts arrive. Only what
// differs on this machine is changed: addresses, and how long everything waits.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request as ask, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { freePort } from "../../kit/free-port.ts";

export const EXAMPLES = join(import.meta.dirname, "../../../examples/monitoring");
const READY_WITHIN_MS = 60_000;

/** An alert as Alertmanager's webhook tells it. */
export type Alert = { readonly status: string; readonly labels: Readonly<Record<string, string>> };

/** One series of an instant query, with its value. */
export type Series = { readonly metric: Readonly<Record<string, string>>; readonly value: readonly [number, string] };

/** Prometheus, Alertmanager and the webhook. */
export type Monitoring = {
  readonly query: (expression: string) => Promise<readonly Series[]>;
  /** The answer of another path of Prometheus' API. */
  readonly api: (path: string) => Promise<unknown>;
  /** What has arrived at the webhook, with the path it came to. */
  readonly alerts: readonly (Alert & { readonly path: string })[];
  readonly stop: () => Promise<void>;
};

/** Starts all three. Prometheus reads the gateway at that URL, under its admin host. */
export async function startMonitoring(gateway: string, adminHost: string, token: string): Promise<Monitoring> {
  const folder = mkdtempSync(join(tmpdir(), "postern-monitoring-"));
  const running: ChildProcess[] = [];
  const alerts: (Alert & { path: string })[] = [];
  const webhook = createServer((request, response) => {
    let body = "";
    request.on("data", (piece: Buffer) => {
      body += piece.toString("utf8");
    });
    request.on("end", () => {
      const said = JSON.parse(body) as { readonly alerts: readonly Alert[] };
      alerts.push(...said.alerts.map((alert) => ({ ...alert, path: request.url ?? "" })));
      response.end();
    });
  });
  // Nobody can look the admin host up here, and Prometheus names the host to which it connects.
  const door = createServer((request, response) => {
    const headers = { ...request.headers, host: adminHost };
    const inside = ask(gateway + request.url, { method: request.method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    inside.on("error", () => response.destroy());
    request.pipe(inside);
  });
  const stop = async (): Promise<void> => {
    for (const child of running) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill("SIGTERM");
      await once(child, "exit");
    }
    webhook.close();
    door.close();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    webhook.listen(0, "127.0.0.1");
    await once(webhook, "listening");
    door.listen(0, "127.0.0.1");
    await once(door, "listening");
    const [prometheusPort, alertmanagerPort] = [await freePort(), await freePort()];
    const { port: webhookPort } = webhook.address() as AddressInfo;

    writeFileSync(join(folder, "postern-metrics.token"), token);
    chmodSync(join(folder, "postern-metrics.token"), 0o600);
    const write = (name: string, changes: readonly (readonly [string | RegExp, string])[]): void => {
      let text = readFileSync(join(EXAMPLES, name), "utf8");
      for (const [from, to] of changes) {
        const changed = text.replaceAll(from instanceof RegExp ? new RegExp(from, "g") : from, to);
        if (changed === text) throw new Error(`${name} has no ${from}`);
        text = changed;
      }
      writeFileSync(join(folder, name), text);
    };
    write("prometheus.yml", [
      ["scheme: https", "scheme: http"],
      ["postern-admin.contoso.com", `127.0.0.1:${(door.address() as AddressInfo).port}`],
      ["127.0.0.1:9093", `127.0.0.1:${alertmanagerPort}`],
      ["evaluation_interval: 30s", "evaluation_interval: 2s"],
      ["scrape_interval: 30s", "scrape_interval: 5s"],
      ["scrape_timeout: 20s", "scrape_timeout: 5s"], // a busy gateway answers late, and is not down
    ]);
    // A page that comes late once, on a busy machine, is no outage.
    write("alerts.rules.yml", [
      ["for: 3m", "for: 15s"],
      [/for: \d+[mh]/, "for: 2s"],
    ]);
    write("alertmanager.yml", [
      ["127.0.0.1:9099", `127.0.0.1:${webhookPort}`],
      [/group_wait: \d+s/, "group_wait: 1s"],
      ["group_interval: 5m", "group_interval: 1s"],
    ]);

    const start = (program: string, ...args: string[]): void => {
      const child = spawn(program, args, { cwd: folder, stdio: "ignore" });
      running.push(child);
      process.once("exit", () => child.kill("SIGKILL")); // when the tests end without their last hooks
    };
    start(
      "prometheus-alertmanager",
      ...["--config.file=alertmanager.yml", "--storage.path=alertmanager", "--cluster.listen-address="],
      `--web.listen-address=127.0.0.1:${alertmanagerPort}`,
    );
    start(
      "prometheus",
      ...["--config.file=prometheus.yml", "--storage.tsdb.path=prometheus"],
      `--web.listen-address=127.0.0.1:${prometheusPort}`,
    );
    const base = `http://127.0.0.1:${prometheusPort}`;
    await Promise.all([ready(`${base}/-/ready`), ready(`http://127.0.0.1:${alertmanagerPort}/-/ready`)]);
    const api = async (path: string): Promise<unknown> => {
      const answer = await fetch(base + path);
      if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
      return answer.json();
    };
    const query = async (expression: string): Promise<readonly Series[]> => {
      const answer = (await api(`/api/v1/query?query=${encodeURIComponent(expression)}`)) as {
        readonly data: { readonly result: readonly Series[] };
      };
      return answer.data.result;
    };
    return { query, api, alerts, stop };
  } catch (fault) {
    await stop();
    throw fault;
  }
}

async function ready(url: string): Promise<void> {
  for (const until = Date.now() + READY_WITHIN_MS; Date.now() < until; await pause(200)) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) return;
  }
  throw new Error(`${url} does not become ready`);
}
