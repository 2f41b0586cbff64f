// The organisation's other servers in the internet, as a test wants them, and the doctor who looks at all of it.

import { createServer as createTlsServer } from "node:tls";
import { CHECKS } from "../../../cli/doctor/checks.ts";
import type { Account, Reach } from "../../../cli/doctor/doctor.ts";
import { doctorOf } from "../../../cli/doctor/doctor.ts";
import { examine } from "../../../cli/doctor/examine.ts";
import type { Inside } from "../../../cli/doctor/inside.ts";
import type { Plan } from "../../../cli/doctor/plan.ts";
import type { Resolved } from "../../../cli/doctor/resolve.ts";
import type { Finding } from "../../../cli/doctor/types.ts";
import { VERSION } from "../../../src/config/version.ts";
import { serverCertificate, testAuthority } from "./certificates.ts";
import { type Fault, listening, startZone, type ZoneAnswer, type ZoneRequest } from "./zone.ts";

/** How the world around a gateway is. */
export type World = {
  readonly zone?: Fault;
  /** What DNS says of a name, if it is not what it should. */
  readonly names?: Readonly<Record<string, Resolved>>;
  /** What another server answers, by `host`; a host that is not here does not exist. */
  readonly others?: Readonly<Record<string, (request: ZoneRequest) => ZoneAnswer | "cut">>;
  /** What a SIP edge answers, by `host:port`. */
  readonly edges?: Readonly<Record<string, string>>;
  /** Nobody trusts the authority of the certificates. */
  readonly strange?: true;
  readonly plan?: Partial<Plan>;
  readonly inside?: Inside;
  readonly account?: Account;
  /** The hosts are reached at the zone's address, whatever DNS says. */
  readonly fixed?: true;
};

const PUBLIC: Resolved = { kind: "found", addresses: ["203.0.113.80"], cname: undefined };
const CLOSED_PORT = 1;

/** Looks with these checks. What was found, by check; and why others could not be looked at. */
export async function examined(world: World, plan: Plan, upstream: string, only: readonly string[]) {
  const gateway = [...plan.publicHosts, plan.admin, plan.console, plan.portal].flatMap((host) => host ?? []);
  const zone = await startZone(world.zone ?? {}, gateway, upstream);
  const { others = {}, edges = {} } = world;
  const beside = await startZone(
    { before: (request) => others[request.host]?.(request) ?? "cut" },
    ["others.test", ...Object.keys(others)],
    undefined,
  );
  const sip = await Promise.all(
    Object.entries(edges).map(async ([at, answer]) => ({ at, ...(await startEdge(answer)) })),
  );
  const reach: Reach = {
    ...{
      fixed: world.fixed ? `https://127.0.0.1:${zone.port}` : undefined,
      plain: false,
      ...(world.strange ? {} : { ca: testAuthority }),
    },
    resolve: async (host) => {
      const edge = Object.keys(edges).some((at) => at.startsWith(`${host}:`));
      return world.names?.[host] ?? (gateway.includes(host) || host in others || edge ? PUBLIC : { kind: "none" });
    },
    way(host, scheme, port) {
      const address = "127.0.0.1";
      const edge = sip.find(({ at }) => at === `${host}:${port ?? 443}`);
      if (edge !== undefined) return { scheme, address, port: edge.port };
      if (host in others)
        return { scheme, address, port: port === undefined || port === 443 ? beside.port : CLOSED_PORT };
      const there = gateway.includes(host) && world.names?.[host]?.kind !== "none";
      return { scheme, address, port: there ? (scheme === "https" ? zone.port : zone.plainPort) : CLOSED_PORT };
    },
  };
  const { inside, account } = world;
  const doctor = doctorOf(
    {
      ...{ plan: { ...plan, ...world.plan }, reach, inside, account, slow: false, version: VERSION, now: Date.now },
    },
    60_000, // a slow machine is no fault of the gateway
  );
  try {
    const checks = CHECKS.filter(({ id, group }) => only.length === 0 || only.includes(id) || only.includes(group));
    const all = await examine(checks, doctor);
    const findings = all.flatMap(({ check, outcome }) =>
      outcome.kind === "findings"
        ? outcome.findings.map((finding): Finding & { check: string } => ({ check: check.id, ...finding }))
        : [],
    );
    return { all, findings, doctor };
  } finally {
    await Promise.all([zone, beside, ...sip].map(({ stop }) => stop()));
  }
}

async function startEdge(answer: string) {
  const server = createTlsServer(serverCertificate(["sip.contoso.test"]), (socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => socket.end(answer));
  });
  return { port: await listening(server), stop: () => new Promise<void>((resolve) => server.close(() => resolve())) };
}
