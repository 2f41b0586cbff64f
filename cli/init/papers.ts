// What `init` says about everything outside the Worker: cloudflared, the Workers VPC services, DNS.

import { variablesOf } from "./mapping.ts";
import { type Answers, wordsOf } from "./questions.ts";
import { databaseName } from "./section.ts";
import type { Account, VpcService } from "./wrangler.ts";

/** The external web site of a Front-End, behind the balancer or alone. */
const FRONT_END_PORT = 4443;
const CONNECTOR_PORT = 8470;
const LATER = "later";
const CERTIFICATE_MODES: Readonly<Record<string, string>> = {
  ...{ public: "verify_full", "other-name": "verify_ca", private: "disabled" },
};

/** The service that a binding needs, as far as it can be made: undefined where its tunnel is not known yet. */
export function serviceFor(binding: string, answers: Answers, environment: string): VpcService | undefined {
  const name = databaseName(environment);
  if (binding === "ORIGIN") {
    const { tunnelId: tunnel = LATER, frontEndHost: host = "", frontEndCertificate: mode = "" } = answers;
    if (tunnel === LATER) return undefined;
    const certificate = CERTIFICATE_MODES[mode] ?? "verify_full";
    return {
      name: `${name}-front-end`,
      tunnel: wordsOf(tunnel)[0] ?? "",
      host,
      port: { https: FRONT_END_PORT },
      certificate,
    };
  }
  const at = binding === "CONNECTOR" ? 0 : 1;
  const tunnel = wordsOf(answers.connectorTunnelIds)[at];
  if (tunnel === undefined || tunnel === LATER) return undefined;
  const service = at === 0 ? "connector" : "connector-2";
  return { name: `${name}-${service}`, tunnel, host: "127.0.0.1", port: { http: CONNECTOR_PORT } };
}

/** cloudflared's configuration on the machine beside the pool. */
export function cloudflaredFile(answers: Answers): string {
  const {
    tunnelId = LATER,
    frontEndHost = "",
    frontEndCertificate,
    accessTeam = LATER,
    accessAudience = LATER,
  } = answers;
  const id = tunnelId === LATER ? "THE-ID-OF-THE-TUNNEL" : (wordsOf(tunnelId)[0] ?? "");
  const head = `# /etc/cloudflared/config.yml on the machine beside the pool, written by \`npx postern init\`.
${tunnelId === LATER ? "# Put the id in that `cloudflared tunnel create postern` printed, or run init again with --tunnel-id.\n" : ""}tunnel: ${id}
credentials-file: /etc/cloudflared/${id}.json
`;
  const hosts = tunnelHostsOf(answers);
  if (hosts.length === 0) {
    return `${head}# A Workers VPC service needs QUIC: let UDP 7844 out.
protocol: quic
# Postern asks for the service by its id, and the service says where it is. No name on the internet leads here.
ingress:
  - service: http_status:404
`;
  }
  const known = accessTeam !== LATER && accessAudience !== LATER;
  const access = [
    "      access:",
    "        required: true",
    `        teamName: ${accessTeam}`,
    `        audTag: ["${accessAudience}"]`,
  ].map((line) => (known ? line : line.replace("      ", "      # ")));
  const verify =
    frontEndCertificate === "private" ? ["      caPool: /etc/cloudflared/own-ca.pem # the certificate of your CA"] : [];
  const name = ({ host }: { readonly host: string }) => (frontEndCertificate === "other-name" ? frontEndHost : host);
  const rules = hosts.map((one) =>
    [
      `  - hostname: ${one.origin}`,
      `    service: https://${frontEndHost}:${FRONT_END_PORT}`,
      "    originRequest:",
      `      httpHostHeader: ${one.host}`,
      `      originServerName: ${name(one)}`,
      ...verify,
      ...access,
    ].join("\n"),
  );
  const note = known
    ? ""
    : '# cloudflared asks for Access\'s word only with "access". Fill in both values and take the # away.\n';
  return `${head}${note}ingress:\n${rules.join("\n")}\n  - service: http_status:404\n`;
}

/** Each public host with the tunnel's host name that Postern asks. */
function tunnelHostsOf(answers: Answers): readonly { readonly host: string; readonly origin: string }[] {
  return wordsOf(variablesOf(answers).TUNNEL_HOSTS).map((word) => {
    const [host = "", origin = ""] = word.split("=https://");
    return { host, origin };
  });
}

/** The records of DNS: name, type, where it leads, and who makes it. */
export function recordsOf(answers: Answers): readonly (readonly string[])[] {
  const vars = variablesOf(answers);
  const own = [vars.ADMIN_HOST, vars.CONSOLE_HOST, vars.PORTAL_HOST, vars.STS_HOST].flatMap((host) =>
    host === undefined ? [] : [host],
  );
  const { tunnelId = LATER } = answers;
  const target = `${tunnelId === LATER ? "TUNNEL-ID" : (wordsOf(tunnelId)[0] ?? "")}.cfargotunnel.com`;
  return [
    ...wordsOf(vars.PUBLIC_HOSTS).map((host) => [
      host,
      "Worker",
      "made by the deployment; if the name is in use today, make it a route first (docs/deploy.md, step 1)",
    ]),
    ...own.map((host) => [host, "Worker", "made by the deployment"]),
    ...tunnelHostsOf(answers).map(({ origin, host }) => [origin, "CNAME", `${target}, proxied; for ${host}`]),
  ];
}

/** The accounts, for a sentence. */
export const accountList = (accounts: readonly Account[]): string =>
  accounts.map(({ id, name }) => `${id}  ${name}`).join("\n");
