// The part of the agent that serves the page on the LAN.

import { readFileSync } from "node:fs";
import { Counter } from "prom-client";
import * as v from "valibot";
import type { Api } from "../api/client.ts";
import { ApiFault } from "../api/fault.ts";
import { findingOf } from "../check-finding.ts";
import { close, listen } from "../observe.ts";
import type { Context, Finding, Part } from "../parts.ts";
import { acceptorOver, kerberosOf } from "./accept.ts";
import { lookUpIn } from "./look-up.ts";
import { enrolmentServer, type Invite } from "./server.ts";
import type { EnrolmentSettings } from "./settings.ts";

/** What the person has to scan it, minutes. The gateway gives no more. */
const MINUTES = 10;
const made = v.object({ link: v.string(), expiresAt: v.string() });

export const enrolmentPart: Part = {
  name: "enrolment",
  wanted: ({ enrolment }) => enrolment !== undefined,
  async start({ config, api, directory, log, metrics }) {
    const settings = settingsOf(config.enrolment);
    const requests = new Counter({
      name: "postern_agent_enrolment_total",
      help: "Requests to the page on the LAN, by what became of them.",
      labelNames: ["outcome"],
      registers: [metrics.registry],
    });
    const tls = tlsOf(settings);
    const open = kerberosOf(settings);
    const server = enrolmentServer(
      {
        ...{ name: settings.name, scheme: tls === undefined ? "http" : "https" },
        accept: acceptorOver(settings.name, open),
        lookUp: lookUpIn(directory, settings.denyMembersOf),
        invite: inviteThrough(api),
        note: (outcome, person, fault) => {
          requests.inc({ outcome });
          log("enrolment", { outcome, person, ...(fault === undefined ? {} : { fault: messageOf(fault) }) });
        },
      },
      tls,
    );
    await listen(server, settings);
    let ready: true | string = true;
    await open().catch((fault: unknown) => {
      ready = `${keytabFinding(settings, fault).detail}. ${keytabFinding(settings, fault).fix ?? ""}`;
      log("enrolment-not-ready", { fault: messageOf(fault) });
    });
    return { stop: () => close(server), ready: () => ready };
  },
  async check({ config, directory }: Context): Promise<readonly Finding[]> {
    const settings = settingsOf(config.enrolment);
    const findings: Finding[] = [];
    await kerberosOf(settings)().then(
      () => findings.push({ what: "keytab", detail: `has a key for HTTP/${settings.name}` }),
      (fault: unknown) => findings.push(keytabFinding(settings, fault)),
    );
    try {
      const tls = tlsOf(settings);
      findings.push({
        what: "page",
        detail: tls === undefined ? "without TLS, on this machine" : "has its certificate",
      });
    } catch (fault) {
      const fix = "Put certificate and key there in PEM, readable by the agent's account.";
      findings.push({ what: "page", detail: messageOf(fault), fix });
    }
    for (const dn of settings.denyMembersOf) findings.push(await groupFinding(directory, dn));
    return findings;
  },
};

async function groupFinding(directory: Context["directory"], dn: string): Promise<Finding> {
  try {
    await directory.use(async (domains) => {
      const at = domains.find(({ session }) => dn.toLowerCase().endsWith(session.domain.base.toLowerCase()));
      const search = { base: dn, scope: "base", filter: "(objectClass=group)", attributes: ["objectSid"] } as const;
      const found = at === undefined ? [] : await at.session.search("groups", search);
      if (found.length === 0) throw new Error(`${dn} is no group of the configured domains`);
    });
    return { what: "denied group", detail: dn };
  } catch (fault) {
    return findingOf("denied group", fault);
  }
}

const keytabFinding = ({ name, keytabFile }: EnrolmentSettings, fault: unknown): Finding => ({
  what: "keytab",
  detail: `${keytabFile} has no usable key for HTTP/${name}: ${messageOf(fault)}`,
  fix: "Make it with ktpass or samba-tool for exactly this service principal: docs/directory.md. The agent's account must be able to read it.",
});

/** Only the configuration that has the page starts this part. */
function settingsOf(settings: EnrolmentSettings | undefined): EnrolmentSettings {
  if (settings === undefined) throw new Error("enrolment is not configured");
  return settings;
}

const tlsOf = ({ tls }: EnrolmentSettings) =>
  tls && { cert: readFileSync(tls.certificateFile, "utf8"), key: readFileSync(tls.keyFile, "utf8") };

/** Asks the gateway for an invitation of exactly this person. */
const inviteThrough =
  (api: Api): Invite =>
  async (key) => {
    try {
      const { link, expiresAt } = await api.post("/v1/directory/invitations", { key, minutes: MINUTES }, made, {
        attempts: 2,
      });
      return { kind: "invited", link, expiresAt: Date.parse(expiresAt) };
    } catch (fault) {
      const code = fault instanceof ApiFault ? fault.code : undefined;
      if (code === "no-such-user") return { kind: "not-synced" };
      if (code === "directory-says-no" || code === "user-disabled") return { kind: "says-no" };
      if (code === "too-many-requests") return { kind: "slow" };
      throw fault;
    }
  };

const messageOf = (fault: unknown): string => (fault instanceof Error ? fault.message : String(fault));
