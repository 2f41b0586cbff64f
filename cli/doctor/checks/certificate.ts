// The certificates that clients see: their names, their chain, their end, and the version of TLS.

import { type ConnectionOptions, checkServerIdentity, connect, type PeerCertificate, rootCertificates } from "node:tls";
import { codeOf } from "../../files.ts";
import type { Doctor } from "../doctor.ts";
import { allHosts, isInsideName } from "../plan.ts";
import { type Check, type Finding, judged, unseen } from "../types.ts";

const SOON_DAYS = 14;
const DAY_MS = 86_400_000;

/** What one connection showed. */
export type Shown = {
  readonly certificate: Pick<PeerCertificate, "subject" | "subjectaltname" | "valid_from" | "valid_to">;
  /** The fault of the chain; undefined: it leads to a root that is trusted. */
  readonly chainFault: string | undefined;
  readonly protocol: string;
  /** Whether TLS 1.2 is accepted, too. */
  readonly takesTls12: boolean;
};

export const certificate: Check = {
  ...{ id: "certificate", group: "hosts", looks: "the certificate of each host: name, chain, end, version of TLS" },
  async run(doctor) {
    const { plan, reach } = doctor;
    if (reach.plain) return unseen("the gateway is reached over plain http");
    const there = await Promise.all(
      allHosts(plan).map(async (host) => {
        const needed = plan.known && !isInsideName(host);
        if (reach.fixed === undefined && (await doctor.resolve(host)).kind !== "found") return undefined;
        return { host, needed, shown: await shownBy(doctor, host) };
      }),
    );
    const seen = there.filter((each) => each !== undefined);
    if (seen.length === 0) return unseen("no host resolves");
    const findings = seen.flatMap(({ host, shown, needed }) =>
      typeof shown === "string"
        ? needed
          ? [silentTls(host, shown)]
          : []
        : judgeCertificate(host, shown, doctor.now()),
    );
    const ends = seen.flatMap(({ shown }) =>
      typeof shown === "string" ? [] : [Date.parse(shown.certificate.valid_to)],
    );
    const first = ends.length === 0 ? "" : `, the first ends ${new Date(Math.min(...ends)).toISOString().slice(0, 10)}`;
    return judged(findings, `${ends.length} certificates${first}`);
  },
};

const silentTls = (host: string, code: string): Finding => ({
  ...{ severity: "fault", about: host, what: `no TLS connection comes about (${code})` },
  why: "No client can reach this host.",
  fix: "See whether the name is a custom domain of the Worker, and whether its certificate is active: dashboard, SSL/TLS, Edge Certificates.",
});

/** What is wrong with the certificate at `now` (ms). */
export function judgeCertificate(host: string, shown: Shown, now: number): readonly Finding[] {
  const { certificate, chainFault, protocol, takesTls12 } = shown;
  const findings: Finding[] = [];
  const find = (severity: Finding["severity"], what: string, why: string, fix: string): void => {
    findings.push({ severity, about: host, what, why, fix });
  };
  const days = Math.floor((Date.parse(certificate.valid_to) - now) / DAY_MS);
  const clientsStop = "Clients refuse the connection before anything is asked.";
  const names = (certificate.subjectaltname ?? "").replaceAll("DNS:", "");
  if (checkServerIdentity(host, certificate as PeerCertificate) !== undefined) {
    find(
      "fault",
      `the certificate does not cover this name; it has: ${names || "no name"}`,
      clientsStop,
      "Universal SSL covers one level below the zone. Order an advanced certificate for this name, or choose a name one level below the zone.",
    );
  }
  if (days < 0) {
    find(
      "fault",
      `the certificate ended ${-days} days ago`,
      clientsStop,
      "Renew it; if Cloudflare renews it, see why validation fails: dashboard, SSL/TLS, Edge Certificates.",
    );
  } else if (days < SOON_DAYS) {
    find(
      "warning",
      `the certificate ends in ${days} days`,
      "Cloudflare renews its own earlier than that, so the renewal may have failed; one that you uploaded nobody renews.",
      "Look at SSL/TLS, Edge Certificates in the dashboard. With EDGE_CERTIFICATE_HASHES set, put the new hash beside the old one first.",
    );
  } else if (chainFault !== undefined) {
    find(
      "fault",
      `the chain of the certificate is not trusted (${chainFault})`,
      "Phones know no authority of your own, and desktops know no chain that lacks its middle.",
      "Use a certificate of a public authority, and upload it with its intermediates. If it is meant for a lab, start doctor with NODE_EXTRA_CA_CERTS=FILE.",
    );
  }
  if (!takesTls12) {
    find(
      "fault",
      `only ${protocol} is accepted`,
      "Lync 2013 and many phones speak TLS 1.2 at most.",
      "Set the zone's minimum TLS version to 1.2 or lower: dashboard, SSL/TLS, Edge Certificates, Minimum TLS Version.",
    );
  }
  return findings;
}

async function shownBy({ reach, requestMs }: Doctor, host: string): Promise<Shown | string> {
  const { address, port } = reach.way(host, "https", undefined, false);
  const options: ConnectionOptions = {
    ...{ host: address, port, servername: host, rejectUnauthorized: false },
    ...{ checkServerIdentity: () => undefined }, // the name is judged by itself
    ...(reach.ca === undefined ? {} : { ca: [...rootCertificates, reach.ca] }),
  };
  const newest = await connected(options, requestMs);
  if (typeof newest === "string") return newest;
  const older =
    newest.protocol === "TLSv1.2" ? newest : await connected({ ...options, maxVersion: "TLSv1.2" }, requestMs);
  return { ...newest, takesTls12: typeof older !== "string" };
}

function connected(options: ConnectionOptions, withinMs: number): Promise<Omit<Shown, "takesTls12"> | string> {
  return new Promise((resolve) => {
    const socket = connect(options, () => {
      const fault = socket.authorizationError as Error | string | undefined | null;
      const chainFault = fault ? (typeof fault === "string" ? fault : codeOf(fault)) : undefined;
      resolve({ certificate: socket.getPeerCertificate(), chainFault, protocol: socket.getProtocol() ?? "" });
      socket.destroy();
    });
    socket.setTimeout(withinMs, () => socket.destroy(new Error("no answer in time")));
    socket.on("error", (fault) => resolve(codeOf(fault)));
    socket.on("close", () => resolve("closed"));
  });
}
