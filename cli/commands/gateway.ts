// `postern whoami`, `health`, `settings` and `statistics`: who the caller is, whether the gateway works, what it is
// configured to do, and what it did.

import { command, count, LIST } from "../define.ts";
import { EXIT } from "../fault.ts";
import type * as A from "../reach/answers.ts";
import { asking } from "../shapes.ts";
import { facts, listed } from "../text/answer.ts";

export const whoami = asking({
  examples: ["whoami", "whoami --target staging"],
  ask: "GET /v1/whoami",
  said(me: A.WhoamiAnswer, { api }) {
    const { target } = api();
    const { id, kind, email, role, scope: may, expiresAt, version } = me;
    const person = { ...(email ? { "e-mail": email } : {}), ...(role ? { role } : {}) };
    const where = { gateway: `version ${version}`, target: `${target.name}, ${target.url.origin}` };
    const lines = facts({ id, kind, ...person, may, ends: expiresAt ?? "never", ...where });
    return { text: `${me.name}\n${lines}`, json: { ...me, target: target.name } };
  },
});

export const health = asking({
  help: "Ends with exit code 1 where something does not work.",
  examples: ["health", "health --target production --json"],
  ask: "GET /v1/health",
  said(json: A.HealthAnswer, { api }) {
    const { status, keys, checks, version } = json;
    const target = api().target.name;
    const inUse = { "sealing keys": keys.sealing.join(" "), "admin keys": keys.admin.join(" ") };
    // A gateway of an earlier release says none of these.
    const { warnings = [], unknown = [], mail = null, probe = null } = json;
    const post = mail && { "mail not sent yet": mail.waiting, "the oldest is of": mail.oldestUnsentAt ?? "none waits" };
    const signIn = probe && { "synthetic sign-in": `${probe.fault ?? `ok, ${probe.ms} ms`} at ${probe.at}` };
    const lines = facts({
      ...checks,
      ...signIn,
      ...inUse,
      "tokens that end soon": keys.tokensEndingSoon,
      ...post,
      version,
    });
    const ages = (keys.ages ?? []).map(({ kind, id, since, ends }) => {
      const certificate = ends == null ? "" : `, its certificate ends ${ends}`;
      return `${kind} key ${id}, known since ${since}${certificate}`;
    });
    const parts = [
      `${target}: ${status}\n${lines}`,
      ages.join("\n"),
      ...warnings.map(({ detail, fix }) => `Warning: ${detail}\n  ${fix}`),
      unknown.length === 0 ? "" : `Not known:\n${unknown.map((each) => `  ${each}`).join("\n")}`,
    ];
    const exit = status === "ok" ? EXIT.ok : EXIT.failure;
    return { text: parts.filter((part) => part !== "").join("\n\n"), json: { ...json, target }, exit };
  },
});

export const settings = asking({
  help: "What a deployment sets, without secrets. Change it in wrangler.toml, and deploy.",
  examples: ["settings", "settings --target production --json"],
  ask: "GET /v1/settings",
  said(json: A.GatewaySettingsAnswer, { api }) {
    const {
      publicHosts,
      adminHost,
      consoleHost,
      portalHost,
      stsHost = null, // a gateway of an earlier release does not say
      auditRetentionDays: days,
      certificateTickets,
      lockout,
    } = json;
    const hosts = {
      "public hosts": publicHosts.join(" "),
      "admin API": adminHost,
      console: consoleHost,
      portal: portalHost,
      ...(stsHost === null ? {} : { "token service": stsHost, ...tokenServiceFacts(json) }),
    };
    // A gateway of an earlier release has no pools.
    const pools = Object.fromEntries(
      (json.pools ?? []).map(({ name, hosts: own, service }) => [`pool ${name}`, `${own.join(" ")} (${service})`]),
    );
    const lines = facts({
      ...{ version: json.version, "web host": json.webHost, ...hosts, ...pools, challenge: json.challenge },
      lockout: lockout === "report" ? "report: a dry run, nobody is refused" : lockout,
      "/Cert": certificateTickets ? "open" : "closed",
      authority: json.authority ?? "none",
      "audit kept": days === null ? "for ever" : `${days} days`,
    });
    const target = api().target.name;
    return { text: `${target}\n${lines}`, json: { ...json, target } };
  },
});

/** What pools and clients are told. A gateway of an earlier release does not say it. */
function tokenServiceFacts({ sts }: Partial<Pick<A.GatewaySettingsAnswer, "sts">>): Readonly<Record<string, string>> {
  if (sts === undefined || sts === null) return {};
  const keys = sts.keys.map(
    ({ thumbprint, ends }, at) => `${thumbprint} until ${ends.slice(0, 10)}${at === 0 ? ", signs" : ""}`,
  );
  return {
    "its name": sts.issuer,
    "its pools": sts.realms.map(({ webHost, realm }) => `${webHost} (${realm})`).join(" "),
    "its keys": keys.join("; "),
    "clients are told of": sts.offer,
  };
}

/** As many as the gateway keeps. */
const MOST_HOURS = 168;

export const statistics = command({
  help: "The last line is the hour that goes on.",
  options: { hours: count("so many hours (default 24)", 1, MOST_HOURS), csv: LIST.csv },
  examples: ["statistics", "statistics --hours 168 --csv > week.csv"],
  async run({ options: { hours }, api }) {
    const { hours: items } = await api().get<A.StatisticsAnswer>("/v1/statistics", { hours });
    return listed(
      { items, next: null },
      {
        FROM: ({ from }) => from,
        "SIGNED IN": ({ signedIn }) => signedIn,
        REFUSED: ({ refused, whole }) => (whole ? refused : `${refused} or more`),
        LOCKED: ({ locked }) => locked,
        FAILED: ({ failed }) => failed,
        "DEVICES WAITING": ({ devicesWaiting }) => devicesWaiting,
      },
      { empty: "Nothing." },
    );
  },
});
