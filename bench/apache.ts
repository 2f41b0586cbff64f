// The yardstick of sign-ins: Apache with mod_auth_gssapi and gss-ntlmssp, which answers NTLM from a file of passwords and
// then gives a small file away. It has no lockout, no audit, no directory and no Front-End.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { freePort } from "../test/kit/free-port.ts";
import { call, DOMAIN, type TokenRequest, WEB_HOST } from "./client.ts";
import type { StandUser } from "./stand.ts";

const APACHE = "/usr/sbin/apache2";
const MODULES = "/usr/lib/apache2/modules";
const NEEDED = [APACHE, `${MODULES}/mod_auth_gssapi.so`, "/etc/gss/mech.d/mech.ntlmssp.conf"];
const LOADED = ["mpm_event", "authn_core", "authz_core", "authz_user", "auth_gssapi"];

/** What a client asks it for. */
export const APACHE_REQUEST: TokenRequest = { path: "/ticket.json", method: "GET", body: "" };

/** Whether the three packages of Debian are installed: apache2-bin, libapache2-mod-auth-gssapi, gss-ntlmssp. */
export const isApacheInstalled = (): boolean => NEEDED.every((file) => existsSync(file));

/** Starts Apache with these users in `folder`, an empty folder that everybody can read. */
export async function startApache(
  folder: string,
  users: readonly StandUser[],
): Promise<{ pid: number; port: number; stop: () => Promise<void> }> {
  const site = join(folder, "site");
  await mkdir(site, { recursive: true });
  const port = await freePort();
  const passwords = join(folder, "passwords");
  await writeFile(passwords, users.map(({ account, password }) => `${DOMAIN}:${account}:${password}\n`).join(""));
  await writeFile(join(site, "ticket.json"), JSON.stringify({ access_token: "x".repeat(600) }));
  await writeFile(join(folder, "apache.conf"), configurationOf(folder, site, port));
  for (const path of [folder, site]) await chmod(path, 0o755);
  const child = spawn(APACHE, ["-f", join(folder, "apache.conf"), "-DFOREGROUND"], {
    env: { ...process.env, NTLM_USER_FILE: passwords },
    stdio: "ignore",
  });
  const { pid } = child;
  if (pid === undefined) throw new Error("Apache did not start");
  await untilListening(port);
  const stop = async () => {
    child.kill();
    await once(child, "exit");
  };
  return { pid, port, stop };
}

const configurationOf = (folder: string, site: string, port: number): string => `ServerRoot ${folder}
DefaultRuntimeDir ${folder}
PidFile ${join(folder, "apache.pid")}
ErrorLog ${join(folder, "error.log")}
LogLevel crit
ServerName ${WEB_HOST}
User www-data
Group www-data
${LOADED.map((name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so`).join("\n")}
Listen 127.0.0.1:${port}
# All threads from the start.
StartServers 1
ServerLimit 1
ThreadsPerChild 16
MaxRequestWorkers 16
MinSpareThreads 1
MaxSpareThreads 16
KeepAliveTimeout 60
MaxKeepAliveRequests 0
DocumentRoot ${site}
<Directory ${site}>
  AuthType GSSAPI
  AuthName web
  GssapiAllowedMech ntlmssp
  GssapiConnectionBound On
  Require valid-user
</Directory>
`;

async function untilListening(port: number): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    try {
      await call({ port, ...APACHE_REQUEST });
      return;
    } catch {
      await wait(100);
    }
  }
  throw new Error("Apache does not answer");
}
