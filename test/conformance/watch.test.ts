// The dead-man's switch: the cron trigger has the gateway sign in at itself, and a heartbeat service hears of it only
// when that went well. The heartbeat service is a server of this test.

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { TestRequest } from "../../simulator/test-client.ts";
import { signIn } from "./support/ntlm.ts";
import { operator } from "./support/operator.ts";
import { type RestartingGateway, startRestarting } from "./support/restarting.ts";
import { accessTokenIn, WINDOWS_GRANT } from "./support/tickets.ts";

const EVERY_MINUTE = "* * * * *";
const SECRET_PATH = "/ping/6b1f2c9e-never-to-be-seen";

type Health = {
  readonly probe: {
    readonly ok: boolean;
    readonly runs: number;
    readonly failed: number;
    readonly fault: string | null;
  } | null;
  readonly warnings: readonly { readonly code: string; readonly detail: string }[];
};

type Event = { readonly userAgent?: string };

let heartbeat: Server;
let heard: string[] = [];
let answers = 200;
let gateway: RestartingGateway;
let password = "";

beforeAll(async () => {
  heartbeat = createServer(async (request, response) => {
    heard.push(`${request.url}: ${await text(request)}`);
    response.writeHead(answers).end();
  });
  await new Promise<void>((resolve) => heartbeat.listen(0, "127.0.0.1", resolve));
  gateway = await startRestarting();
  await operator(gateway, "user", "set", "alice@contoso.test", "--enrolment", "closed");
  const made = await operator(gateway, "password", "create", "alice@contoso.test", "--label", "probe");
  ({ password } = made as { password: string });
});
afterAll(async () => {
  await gateway?.stop();
  heartbeat?.closeAllConnections();
  heartbeat?.close();
});
beforeEach(() => {
  [heard, answers] = [[], 200];
});

/** Deploys it with the switch on, and rings the cron trigger once. */
async function watchWith(variables: Readonly<Record<string, string>> = {}): Promise<void> {
  const { port } = heartbeat.address() as AddressInfo;
  const probe = { PROBE_ACCOUNT: "CONTOSO\\alice", PROBE_PASSWORD: password, PROBE_MINUTES: "1" };
  const ping = { PROBE_PING_URL: `http://127.0.0.1:${port}${SECRET_PATH}` };
  await gateway.deploy({ variables: { ...probe, ...ping, ...variables } });
  await gateway.running.ring(EVERY_MINUTE);
}
const health = async () => (await operator(gateway, "health")) as Health;
const codes = async () => (await health()).warnings.map(({ code }) => code).filter((code) => code.startsWith("probe"));

describe("the dead-man's switch", () => {
  it("is off unless PROBE_ACCOUNT is set", async () => {
    await gateway.running.ring(EVERY_MINUTE);
    expect(heard).toEqual([]);
    expect((await health()).probe).toBeNull();
  });

  it("signs in through guards, D1, connector and Front-End, and pings after it", async () => {
    gateway.running.simulator.clearLedger();
    await watchWith();
    expect(heard).toEqual([expect.stringMatching(/^\/ping\/6b1f2c9e-never-to-be-seen: signed in in \d+ ms$/)]);
    const paths = gateway.running.simulator.ledger().requests.map(({ path }) => path.toLowerCase().split("?")[0]);
    expect(paths).toContain("/webticket/oauthtoken");
    expect(paths).toContain("/autodiscover/autodiscoverservice.svc/root/oauth/user");
    expect(await health()).toMatchObject({ probe: { ok: true, runs: 1, failed: 0, fault: null } });
    expect(await codes()).toEqual([]);
    const events = async () => (await operator(gateway, "audit", "--user", "alice@contoso.test")) as Event[];
    const ours = async () => (await events()).filter(({ userAgent }) => userAgent === "Postern-Watch");
    await expect.poll(ours).toMatchObject([{ outcome: "signed-in", channel: "ntlm" }]);
  });

  it("does not ping after a failure, and says in the health and in the log where it failed", async () => {
    const before = (await health()).probe?.runs ?? 0;
    await watchWith({ PROBE_PASSWORD: "aaaa-bbbb-cccc-dddd-eeee-ffff" });
    await gateway.running.ring(EVERY_MINUTE);
    expect(heard).toEqual([]);
    const { probe, warnings } = await health();
    expect(probe).toMatchObject({ ok: false, runs: before + 2, failed: 2, fault: "sign-in refused 401" });
    expect(warnings).toContainEqual(
      expect.objectContaining({ code: "probe-failing", detail: expect.stringContaining("2 times in a row") }),
    );
    const lines = gateway.log.filter((line) => line.includes('"probe-failed"'));
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { reason: "refused", detail: "sign-in refused 401" },
      { reason: "refused", detail: "sign-in refused 401" },
    ]);
  });

  it("tells the service of a failure where that is wanted, and pings again after it", async () => {
    await watchWith({ PROBE_PING_FAILURES: "on", PROBE_ACCOUNT: "nobody@contoso.test" });
    expect(heard).toEqual([`${SECRET_PATH}/fail: failed: sign-in refused 401`]);
    await watchWith({ PROBE_PING_FAILURES: "on" });
    expect(heard.slice(1)).toEqual([expect.stringContaining("signed in")]);
    expect(await codes()).toEqual([]);
  });

  it("says when the service does not take the ping", async () => {
    answers = 404;
    await watchWith();
    const { probe, warnings } = await health();
    expect(probe).toMatchObject({ ok: true });
    expect(warnings).toContainEqual(
      expect.objectContaining({ code: "probe-ping", detail: expect.stringContaining("status 404") }),
    );
  });

  it("says when it has not run for three of its times", async () => {
    await watchWith();
    await gateway.running.execute(["UPDATE probe_runs SET at = at - 3 * 60000 - 1"]);
    expect(await codes()).toEqual(["probe-stale"]);
  });
});

describe("S-80: the secrets of the dead-man's switch", () => {
  it("stand in no log line, no answer of the API and no row", async () => {
    answers = 500;
    await watchWith({ PROBE_PASSWORD: "never-7f3k-seen-aaaa-bbbb-cccc" });
    const said = [
      ...gateway.log,
      JSON.stringify(await health()),
      JSON.stringify(await operator(gateway, "settings")),
      JSON.stringify(await gateway.running.execute(["SELECT * FROM probe_runs"])),
      ...heard.map((each) => each.replace(SECRET_PATH, "")),
    ].join("\n");
    for (const secret of ["never-7f3k", "never-to-be-seen", password]) expect(said).not.toContain(secret);
  });

  it("open the probe's own discovery and nothing else, with enrolment closed", async () => {
    const alice = { ...gateway.running, password };
    const { status, text: granted } = await signIn(gateway, WINDOWS_GRANT, alice);
    expect(status).toBe(200);
    const headers = { authorization: `Bearer cwt=${accessTokenIn(granted)}` };
    const ask = async (request: TestRequest) =>
      (await gateway.send({ ...request, headers: { ...request.headers, ...headers } })).status;
    expect(await ask({ path: "/Autodiscover/AutodiscoverService.svc/root/oauth/user" })).toBe(200);
    const json = { "content-type": "application/json" };
    const body = JSON.stringify({ UserAgent: "Postern-Probe", EndpointId: "a-phone", Culture: "en-US" });
    const naming = { path: "/ucwa/oauth/v1/applications", method: "POST", headers: json, body };
    expect([await ask(naming), await ask({ path: "/ucwa/oauth/v1/applications/1/me" })]).toEqual([403, 403]);
    for (const path of ["/abs/handler", "/Reach/sip.svc", "/scheduler/", "/GroupExpansion/service.svc"]) {
      expect([path, await ask({ path })]).toEqual([path, expect.toSatisfy((code) => code === 401 || code === 403)]);
    }
  });
});
