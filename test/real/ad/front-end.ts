// Apache with mod_auth_gssapi instead of IIS: a real verifier of Kerberos tickets in front of the simulated Front-End.
// It reads the Negotiate token with the pool's key, as IIS does, and tells the simulator who the user was. Debian's own
// Apache service is not touched.

import { randomBytes } from "node:crypto";
import { chown, copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { PRINCIPAL_HEADER, PROXY_SECRET_HEADER, type TrustedProxy } from "../../../simulator/trusted-proxy.ts";
import type { Directory } from "./directory.ts";
import { REALM } from "./names.ts";
import { mustRun, startServer, untilReady } from "./process.ts";

const MODULES = "/usr/lib/apache2/modules";

/** The user of Debian's as which Apache's workers run. */
const WORKER = "www-data";

/** A running Apache. */
export interface FrontEndProxy {
  /** Base URL without a trailing slash. */
  readonly url: string;
  /** How the simulator recognises this Apache, which it has to trust. */
  readonly trustedProxy: TrustedProxy;
  readonly log: () => string;
  /** Puts another keytab in place, as an administrator does after the key was changed. */
  readonly install: (keytab: string) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/**
 * Starts Apache on port 80 of the directory's address, in `folder`, which it makes; it leads to `simulatorPort` of
 * 127.0.0.1.
 */
export async function startFrontEndProxy(
  folder: string,
  directory: Directory,
  simulatorPort: number,
): Promise<FrontEndProxy> {
  const secret = randomBytes(32).toString("base64url");
  await mkdir(folder);
  const keytab = join(folder, "front-end.keytab");
  await copyFile(directory.keytabs.frontEnd, keytab);
  const [uid, gid] = [Number(await mustRun(["id", "-u", WORKER])), Number(await mustRun(["id", "-g", WORKER]))];
  for (const path of [folder, keytab]) await chown(path, uid, gid); // the workers own the replay cache
  const configuration = join(folder, "apache.conf");
  const listen = `${directory.address}:80`;
  await writeFile(configuration, apacheConfiguration({ folder, keytab, listen, simulatorPort, secret }), {
    mode: 0o600,
  });
  const server = startServer(
    ["/usr/sbin/apache2", "-f", configuration, "-DFOREGROUND"],
    join(folder, "apache.output"),
    {
      KRB5_CONFIG: directory.krb5Conf,
    },
  );
  await untilReady(server, "Apache", () => isListening(directory.address, 80));
  return {
    url: `http://${listen}`,
    trustedProxy: { secret, realm: REALM },
    log: server.output,
    install: async (fresh) => writeFile(keytab, await readFile(fresh)), // a copy would belong to root again
    stop: () => server.stop(),
  };
}

interface Facts {
  readonly folder: string;
  readonly keytab: string;
  readonly listen: string;
  readonly simulatorPort: number;
  readonly secret: string;
}

function apacheConfiguration({ folder, keytab, listen, simulatorPort, secret }: Facts): string {
  const modules = [
    "mpm_event",
    "authn_core",
    "authz_core",
    "authz_user",
    "auth_gssapi",
    "headers",
    "proxy",
    "proxy_http",
  ];
  return `ServerRoot ${folder}
DefaultRuntimeDir ${folder}
PidFile ${join(folder, "apache.pid")}
ErrorLog /dev/stderr
ServerName fe01
User ${WORKER}
Group ${WORKER}
${modules.map((name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so`).join("\n")}
Listen ${listen}
# All threads from the start and none given up: a child that ends takes its idle connections with it, under the gateway's hands.
StartServers 2
ServerLimit 2
ThreadLimit 200
ThreadsPerChild 200
MaxRequestWorkers 400
MaxSpareThreads 400
KeepAliveTimeout 600
MaxKeepAliveRequests 0
LimitRequestFieldSize 65536
LimitRequestLine 16384

# The path goes on as it came: the Front-End behind is to see what a gateway sends.
AllowEncodedSlashes NoDecode
MergeSlashes Off
ProxyPreserveHost On
ProxyAddHeaders Off
ProxyTimeout 1000
ProxyPass / http://127.0.0.1:${simulatorPort}/ nocanon

# Nobody but this Apache says who is signed on.
RequestHeader unset ${PRINCIPAL_HEADER}
RequestHeader unset ${PROXY_SECRET_HEADER}

# A request is signed on when it brings a Kerberos token, and only that request (no GssapiConnectionBound). Without one
# the Front-End behind asks for it, where it wants one. A token is good once: the replay cache.
<If "%{HTTP:Authorization} =~ /^Negotiate /i">
  AuthType GSSAPI
  AuthName front-end
  GssapiCredStore keytab:${keytab}
  GssapiCredStore rcache:file2:${join(folder, "replays")}
  GssapiAllowedMech krb5
  Require valid-user
  RequestHeader unset Authorization
  RequestHeader set ${PRINCIPAL_HEADER} "expr=%{REMOTE_USER}"
  RequestHeader set ${PROXY_SECRET_HEADER} ${secret}
</If>
`;
}

function isListening(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, host, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
}
