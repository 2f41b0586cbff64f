// Runs the real client: pidgin-sipe inside finch (libpurple for a terminal) inside tmux. Every run has a HOME of its
// own, because a finch that is killed writes an offline status into it. The shim (shim.c) leads the client to the local
// fronts.

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Requirement } from "../requirements.ts";

/** What runs of SIPE need besides Node. */
export const SIPE_REQUIREMENTS: readonly Requirement[] = [
  { file: "finch", debianPackage: "finch" },
  { file: "/usr/lib/purple-2/libsipe.so", debianPackage: "pidgin-sipe" },
  { file: "tmux", debianPackage: "tmux" },
  { file: "gcc", debianPackage: "gcc" },
  { file: "/usr/include/libxml2/libxml/parser.h", debianPackage: "libxml2-dev" },
  { file: "openssl", debianPackage: "openssl" },
];

/** The user agent of a Lync 2013 desktop client; SIPE sends what it is told to. */
const USER_AGENT = "UCCAPI/15.0.4420.1017 OC/15.0.4420.1017 (Microsoft Lync)";

/** A finch ends after this many seconds by itself. */
const LIFETIME_S = 180;

/**
 * Compiles shim.c into `folder`, and returns the path of the library. When it fails, this throws with the compiler's
 * message.
 */
export function compileShim(folder: string): string {
  const library = join(folder, "shim.so");
  const source = join(import.meta.dirname, "shim.c");
  execFileSync("gcc", ["-shared", "-fPIC", "-O1", "-Wall", "-o", library, source, "-I/usr/include/libxml2", "-ldl"]);
  return library;
}

/** Who signs in, where, and with which password. */
export interface FinchOptions {
  /** An empty folder for this run only. */
  readonly folder: string;
  readonly shim: string;
  readonly sipDomain: string;
  /** The name of the machine. With another name, SIPE is another installation with another DeviceId. */
  readonly hostName: string;
  /** Without the "sip:" scheme. */
  readonly sipAddress: string;
  /** CONTOSO\alice */
  readonly login: string;
  readonly password: string;
  readonly hosts: readonly string[];
  /** PEM of the certificate that all hosts present. */
  readonly certificate: string;
  readonly ports: { readonly http: number; readonly https: number; readonly sip: number };
}

/** A running finch. */
export interface Finch {
  /** libpurple's debug output so far, with the password taken out. */
  log(): string;
  stop(): void;
}

/** Starts finch, which signs in by itself. */
export function startFinch(options: FinchOptions): Finch {
  const { folder } = options;
  writeProfile(options);
  const tmuxSocket = join(folder, "tmux.sock");
  const debugLog = join(folder, "debug.log");
  const script = join(folder, "run.sh");
  writeFileSync(script, runScript(options, debugLog), { mode: 0o700 });
  // tmux itself runs without the shim and without the caller's session.
  const env = { PATH: process.env.PATH, HOME: folder, TERM: "xterm", LANG: "C.UTF-8", TMUX_TMPDIR: folder };
  const tmux = (...args: string[]) => execFileSync("tmux", ["-S", tmuxSocket, ...args], { env, stdio: "ignore" });
  tmux("-f", "/dev/null", "new-session", "-d", "-x", "120", "-y", "40", script);
  return {
    log: () => (existsSync(debugLog) ? readFileSync(debugLog, "utf8").replaceAll(options.password, "<password>") : ""),
    stop: () => {
      stopGroup(join(folder, "finch.pid"));
      try {
        tmux("kill-server");
      } catch {
        // The server has gone with its only session.
      }
    },
  };
}

/**
 * Ends finch and the processes that it starts for name look-ups. They are in the group that tmux started for its pane.
 */
function stopGroup(pidFile: string): void {
  if (!existsSync(pidFile)) return;
  try {
    process.kill(-Number(readFileSync(pidFile, "utf8")), "SIGKILL");
  } catch {
    // It has ended already.
  }
}

function runScript({ folder, shim, sipDomain, hostName, ports }: FinchOptions, debugLog: string): string {
  const settings = [
    `HOME=${folder}`,
    "TERM=xterm",
    "LANG=C.UTF-8",
    `PATH=${process.env.PATH ?? "/usr/bin"}`,
    `POSTERN_SHIM_DOMAIN=${sipDomain}`,
    `POSTERN_SHIM_HOST=${hostName}`,
    `POSTERN_SHIM_HTTP=${ports.http}`,
    `POSTERN_SHIM_HTTPS=${ports.https}`,
    `POSTERN_SHIM_SIP=${ports.sip}`,
    `KRB5_CONFIG=${folder}/krb5.conf`,
    `LD_PRELOAD=${shim}`,
  ];
  const quoted = settings.map((setting) => `'${setting}'`).join(" ");
  // The time limit is for the case that the test itself is killed and cannot end finch.
  const finch = `timeout --foreground --signal=KILL ${LIFETIME_S} env -i ${quoted} finch -d 2>'${debugLog}'`;
  return `#!/bin/sh\necho $$ > '${folder}/finch.pid'\nexec ${finch}\n`;
}

function writeProfile(options: FinchOptions): void {
  const purple = join(options.folder, ".purple");
  const peers = join(purple, "certificates", "x509", "tls_peers");
  mkdirSync(peers, { recursive: true });
  // SIPE asks for LyncDiscover.DOMAIN with capitals. The file must name the host in SIPE's spelling.
  const spellings = options.hosts.flatMap((host) => [
    host,
    host.replace(/^lyncdiscoverinternal/, "LyncDiscoverInternal").replace(/^lyncdiscover\./, "LyncDiscover."),
  ]);
  for (const host of new Set(spellings)) writeFileSync(join(peers, host), options.certificate);
  // When Negotiate is offered, SIPE first looks for a Kerberos realm of the user's domain. This keeps it from asking
  // the DNS.
  writeFileSync(join(options.folder, "krb5.conf"), "[libdefaults]\ndns_lookup_kdc = false\ndns_lookup_realm = false\n");
  writeFileSync(join(purple, "accounts.xml"), accountsXml(options), { mode: 0o600 });
}

function accountsXml({ sipAddress, login, password }: FinchOptions): string {
  const text = (value: string) => value.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return `<?xml version='1.0' encoding='UTF-8' ?>
<account version='1.0'><account>
 <protocol>prpl-sipe</protocol>
 <name>${text(`${sipAddress},${login}`)}</name>
 <password>${text(password)}</password>
 <settings>
  <setting name='transport' type='string'>auto</setting>
  <setting name='authentication' type='string'>tls-dsk</setting>
  <setting name='useragent' type='string'>${text(USER_AGENT)}</setting>
 </settings>
 <settings ui='gnt-purple'><setting name='auto-login' type='bool'>1</setting></settings>
</account></account>
`;
}
