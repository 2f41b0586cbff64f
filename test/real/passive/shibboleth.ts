// Shibboleth's service provider in Apache: a relying party of WS-Federation passive that is not of this project, with
// metadata, audience, clocks, replay detection and sessions of its own. Debian's services of these names are not touched.
// Everything is in a folder of the test, on a loopback port, and ends with it. Apache stands alone, or as the pool behind
// the gateway (shibboleth-sites.ts).

import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { freePort } from "../../kit/free-port.ts";
import { mustRun, startServer, untilReady } from "../ad/process.ts";
import type { Requirement } from "../requirements.ts";
import type { Site } from "./shibboleth-sites.ts";

const MODULES = "/usr/lib/apache2/modules";
const SHIBBOLETH = "/usr/sbin/shibd";

export const SHIBBOLETH_NEEDS: readonly Requirement[] = [
  { file: "/usr/sbin/apache2", debianPackage: "apache2-bin" },
  { file: `${MODULES}/mod_shib.so`, debianPackage: "libapache2-mod-shib" },
  { file: SHIBBOLETH, debianPackage: "shibboleth-sp-utils" },
  { file: "/usr/include/saml/base.h", debianPackage: "libsaml-dev" },
  { file: "g++", debianPackage: "g++" },
];

/** What the relying party is told of its token service. */
export interface Trust {
  /** Its name in tokens. */
  readonly issuer: string;
  /** Where browsers are sent. */
  readonly passiveUrl: string;
  /** Its certificate, base64 of the DER. */
  readonly certificate: string;
}

/** A running relying party. */
export interface ShibbolethSp {
  readonly realm: string;
  /** Apache by its address, for clients that cannot look the host up. */
  readonly url: string;
  readonly host: string;
  /** The address that wants a session. */
  readonly page: string;
  /** Where the token goes. */
  readonly reply: string;
  /** Where the session shows itself, as JSON. */
  readonly session: string;
  /** The log of shibd, which says why a token was refused. */
  readonly log: () => string;
  readonly stop: () => Promise<void>;
}

/** Starts Apache and shibd. */
export async function startShibboleth(site: Site, trust: Trust): Promise<ShibbolethSp> {
  const folder = mkdtempSync(join(tmpdir(), "postern-shibboleth-"));
  chmodSync(folder, 0o755); // Apache's workers are of another user
  const library = join(folder, "adfs-decode.so");
  await mustRun([
    ...["g++", "-shared", "-fPIC", "-O1", "-o", library, join(import.meta.dirname, "adfs-decode.cpp")],
    ...["-lsaml", "-lxmltooling", "-lxerces-c"],
  ]);
  const port = await freePort();
  const base = site.base(port);
  const realm = `${base}/relying-party`;
  const socket = join(folder, "shibd.sock");
  writeFiles(folder, { site, port, realm, socket, trust });
  const running: { stop: () => Promise<void> }[] = [];
  const stop = async (): Promise<void> => {
    for (const server of running.reverse()) await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const environment = {
      SHIBSP_CONFIG: join(folder, "shibboleth2.xml"),
      SHIBSP_LOGGING: join(folder, "shibd.logger"),
    };
    const shibd = startServer(
      // The cure goes into shibd alone, and not into setpriv, which starts it.
      ["env", `LD_PRELOAD=${library}`, SHIBBOLETH, "-F", "-f", "-p", join(folder, "shibd.pid")],
      join(folder, "shibd.output"),
      environment,
    );
    running.push(shibd);
    await untilReady(shibd, "shibd", async () => existsSync(socket));
    chmodSync(socket, 0o777);
    const apache = startServer(
      ["/usr/sbin/apache2", "-f", join(folder, "apache.conf"), "-DFOREGROUND"],
      join(folder, "apache.output"),
      environment,
    );
    running.push(apache);
    await untilReady(apache, "Apache", () => isListening(port));
    return {
      realm,
      url: `http://127.0.0.1:${port}`,
      host: new URL(base).host,
      page: `${base}${site.page}`,
      reply: `${base}${site.handlers}${site.consumer}`,
      session: `${base}${site.handlers}/Session`,
      log: () => readFileSync(join(folder, "shibd.log"), "utf8"),
      stop,
    };
  } catch (fault) {
    await stop();
    throw fault;
  }
}

interface Facts {
  readonly site: Site;
  readonly port: number;
  readonly realm: string;
  readonly socket: string;
  readonly trust: Trust;
}

function writeFiles(folder: string, facts: Facts): void {
  const { site, trust } = facts;
  for (const [name, content] of Object.entries(site.files)) {
    const file = join(folder, "htdocs", name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  writeFileSync(join(folder, "shibboleth2.xml"), serviceProvider(folder, facts));
  writeFileSync(join(folder, "token-service.xml"), metadataOf(trust));
  writeFileSync(join(folder, "attribute-map.xml"), ATTRIBUTES);
  writeFileSync(join(folder, "protocols.xml"), protocols(site));
  writeFileSync(join(folder, "shibd.logger"), logger(folder));
  writeFileSync(join(folder, "apache.conf"), apache(folder, facts));
}

const CLAIMS = "http://schemas.microsoft.com/ws/2008/06/identity/claims";

const ATTRIBUTES = `<Attributes xmlns="urn:mace:shibboleth:2.0:attribute-map">
  <Attribute name="primarysid" nameFormat="${CLAIMS}" id="primarysid"/>
</Attributes>
`;

const logger = (folder: string): string => `log4j.rootCategory=INFO, out
log4j.appender.out=org.apache.log4j.FileAppender
log4j.appender.out.fileName=${join(folder, "shibd.log")}
log4j.appender.out.layout=org.apache.log4j.PatternLayout
log4j.appender.out.layout.ConversionPattern=%p %c: %m%n
`;

const serviceProvider = (folder: string, { site, realm, socket, trust }: Facts): string => `<SPConfig
    xmlns="urn:mace:shibboleth:3.0:native:sp:config" clockSkew="180">
  <OutOfProcess><Extensions><Library path="adfs.so" fatal="true"/></Extensions></OutOfProcess>
  <InProcess><Extensions><Library path="adfs-lite.so" fatal="true"/></Extensions></InProcess>
  <UnixListener address="${socket}"/>
  <ApplicationDefaults entityID="${realm}" REMOTE_USER="primarysid">
    <Sessions lifetime="3600" timeout="3600" relayState="ss:mem" checkAddress="false" handlerURL="${site.handlers}"
        ${site.isHttps ? 'handlerSSL="true" cookieProps="https"' : 'handlerSSL="false" cookieProps="http"'}
        redirectLimit="exact">
      <SSO entityID="${trust.issuer}">ADFS</SSO>
      <Handler type="Session" Location="/Session" showAttributeValues="true" contentType="application/json"/>
    </Sessions>
    <Errors supportContact="nobody@contoso.test"/>
    <MetadataProvider type="XML" validate="false" path="${join(folder, "token-service.xml")}"/>
    <AttributeExtractor type="XML" validate="false" path="${join(folder, "attribute-map.xml")}"/>
  </ApplicationDefaults>
  <SecurityPolicyProvider type="XML" validate="false" path="/etc/shibboleth/security-policy.xml"/>
  <ProtocolProvider type="XML" validate="false" reloadChanges="false" path="${join(folder, "protocols.xml")}"/>
</SPConfig>
`;

/** Where the token is taken is part of the protocol for Shibboleth. */
const protocols = ({ consumer }: Site): string => `<Protocols xmlns="urn:mace:shibboleth:2.0:native:sp:protocols">
  <Protocol id="ADFS">
    <Service id="SSO">
      <Initiator id="ADFS"/>
      <Binding id="http://schemas.xmlsoap.org/ws/2003/07/secext" path="${consumer}"/>
    </Service>
  </Protocol>
</Protocols>
`;

/** Shibboleth reads roles of SAML, and no metadata of WS-Federation. */
const metadataOf = ({ issuer, passiveUrl, certificate }: Trust): string => `<EntityDescriptor
    xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${issuer}">
  <IDPSSODescriptor
      protocolSupportEnumeration="http://schemas.xmlsoap.org/ws/2003/07/secext urn:oasis:names:tc:SAML:1.1:protocol">
    <KeyDescriptor use="signing">
      <KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>${certificate}</X509Certificate></X509Data></KeyInfo>
    </KeyDescriptor>
    <SingleSignOnService Binding="http://schemas.xmlsoap.org/ws/2003/07/secext" Location="${passiveUrl}"/>
  </IDPSSODescriptor>
</EntityDescriptor>
`;

const MODULE_NAMES = ["mpm_event", "authn_core", "authz_core", "authz_user", "mime", "dir", "rewrite", "include"];

const apache = (folder: string, { site, port }: Facts): string => `ServerRoot ${folder}
DefaultRuntimeDir ${folder}
PidFile ${join(folder, "apache.pid")}
ErrorLog /dev/stderr
ServerName ${site.base(port)}
UseCanonicalName On
${process.getuid?.() === 0 ? "User www-data\nGroup www-data" : ""}
${MODULE_NAMES.map((name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so`).join("\n")}
LoadModule mod_shib ${MODULES}/mod_shib.so
Listen 127.0.0.1:${port}
StartServers 1
DocumentRoot ${join(folder, "htdocs")}
DirectoryIndex index.html
TypesConfig /dev/null
AddType text/html .html
<Location />
  Require all granted
</Location>
${site.apache(join(folder, "htdocs"))}
`;

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
}
