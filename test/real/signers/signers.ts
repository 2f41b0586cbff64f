// Programs of others that sign SOAP messages: xmlsec1 (libxml2), Apache WSS4J with Santuario (Java), zeep (Python), and
// .NET's SignedXml in Mono. For each it says how much the program does by itself.

import { execFileSync } from "node:child_process";
import { createPrivateKey } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DeviceKey } from "../../../simulator/signing-client.ts";
import type { Requirement } from "../requirements.ts";
import { type Left, type Part, unsignedRequest } from "./unsigned-request.ts";

/** The files from which signers read a device's key and certificate. */
export interface SigningFiles {
  readonly folder: string;
  /** DER in base64. */
  readonly certificate: string;
}

/** What a signer has to sign. */
export interface Order {
  readonly hash: "sha1" | "sha256";
  readonly parts: readonly Part[];
}

/** One signer. */
export interface Signer {
  readonly name: string;
  readonly needs: readonly Requirement[];
  /** Which hashes and parts it can be asked for. */
  readonly orders: readonly Order[];
  /** Called once before the first message. */
  readonly prepare?: (files: SigningFiles) => void;
  readonly sign: (order: Order, files: SigningFiles) => string;
}

const run = (program: string, args: readonly string[]): string =>
  execFileSync(program, args, { encoding: "utf8", maxBuffer: 1 << 20, stdio: ["ignore", "pipe", "pipe"] });
const here = (name: string): string => join(import.meta.dirname, name);

/** Writes a key and its certificate in the forms that the signers read. */
export function writeSigningFiles(folder: string, { privateKey }: DeviceKey, certificate: string): SigningFiles {
  const inFolder = (name: string): string => join(folder, name);
  writeFileSync(inFolder("key.pem"), privateKey.export({ format: "pem", type: "pkcs8" }), { mode: 0o600 });
  const pem = `-----BEGIN CERTIFICATE-----\n${certificate.replaceAll(/.{64}/g, "$&\n")}\n-----END CERTIFICATE-----\n`;
  writeFileSync(inFolder("certificate.pem"), pem);
  return { folder, certificate };
}

/** Every combination of hashes and lists of parts. */
const orders = (hashes: readonly Order["hash"][], lists: readonly (readonly Part[])[]): readonly Order[] =>
  hashes.flatMap((hash) => lists.map((parts) => ({ hash, parts })));

/** A file with the message to sign, without the parts that the signer writes itself. */
function messageFile({ folder, certificate }: SigningFiles, left: Left, order: Order): string {
  const file = join(folder, "message.xml");
  writeFileSync(file, unsignedRequest({ certificate, left, ...order }));
  return file;
}

const xmlsec1: Signer = {
  name: "xmlsec1",
  needs: [{ file: "xmlsec1", debianPackage: "xmlsec1" }],
  orders: orders(["sha1", "sha256"], [["timestamp"], ["timestamp", "to"], ["timestamp", "to", "body"]]),
  sign(order, files) {
    const message = messageFile(files, "values", order);
    return run("xmlsec1", [
      "--sign",
      "--privkey-pem",
      join(files.folder, "key.pem"),
      ...SIGNABLE.flatMap((name) => ["--id-attr:Id", name]),
      message,
    ]);
  },
};

const WSS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss";
/** xmlsec1 has to be told which elements have an attribute that is an id. */
const SIGNABLE = [
  `${WSS}-wssecurity-utility-1.0.xsd:Timestamp`,
  "http://www.w3.org/2005/08/addressing:To",
  "http://schemas.xmlsoap.org/soap/envelope/:Body",
];

const JARS = [
  "wss4j",
  "xmlsec",
  "commons-logging",
  "slf4j-api",
  "xercesImpl",
  "woodstox-core",
  "stax2-api",
  "commons-codec",
]
  .map((jar) => `/usr/share/java/${jar}.jar`)
  .join(":");

const wss4j: Signer = {
  name: "Apache WSS4J",
  needs: [
    { file: "javac", debianPackage: "default-jdk-headless" },
    { file: "/usr/share/java/wss4j.jar", debianPackage: "libwss4j-java" },
    { file: "/usr/share/java/slf4j-api.jar", debianPackage: "libslf4j-java" },
    { file: "openssl", debianPackage: "openssl" },
  ],
  orders: orders(["sha1", "sha256"], [["timestamp"], ["timestamp", "to", "body"]]),
  prepare({ folder }) {
    run("javac", ["-cp", JARS, "-d", folder, here("Wss4jSigner.java")]);
    const [key, certificate, store] = ["key.pem", "certificate.pem", "store.p12"].map((name) => join(folder, name));
    const files = ["-inkey", key ?? "", "-in", certificate ?? "", "-out", store ?? ""];
    run("openssl", ["pkcs12", "-export", "-name", "device", "-passout", "pass:secret", ...files]);
  },
  sign(order, files) {
    const message = messageFile(files, "security", order);
    const store = join(files.folder, "store.p12");
    return run("java", [
      "-cp",
      `${files.folder}:${JARS}`,
      "Wss4jSigner",
      store,
      order.hash,
      message,
      order.parts.join(","),
    ]);
  },
};

/** Debian's own Python, because Debian's packages are for it. */
const PYTHON = "/usr/bin/python3";

const zeep: Signer = {
  name: "Python zeep",
  needs: [
    { file: PYTHON, debianPackage: "python3" },
    { file: "/usr/lib/python3/dist-packages/zeep", debianPackage: "python3-zeep" },
    { file: "/usr/lib/python3/dist-packages/xmlsec", debianPackage: "python3-xmlsec" },
  ],
  orders: orders(["sha1", "sha256"], [["timestamp", "body"]]),
  sign(order, files) {
    const message = messageFile(files, "token", order);
    const [key, certificate] = ["key.pem", "certificate.pem"].map((name) => join(files.folder, name));
    return run(PYTHON, [here("zeep_signer.py"), key ?? "", certificate ?? "", order.hash, message]);
  },
};

const mono: Signer = {
  name: "SignedXml of Mono",
  needs: [
    { file: "mono", debianPackage: "mono-runtime" },
    { file: "mcs", debianPackage: "mono-mcs" },
    { file: "/usr/lib/mono/4.5/System.Security.dll", debianPackage: "libmono-system-security4.0-cil" },
  ],
  orders: orders(["sha1"], [["timestamp"], ["timestamp", "to"], ["timestamp", "to", "body"]]),
  prepare({ folder }) {
    run("mcs", ["-r:System.Security.dll", `-out:${join(folder, "SignedXmlSigner.exe")}`, here("SignedXmlSigner.cs")]);
    writeFileSync(join(folder, "key.xml"), rsaKeyValue(join(folder, "key.pem")), { mode: 0o600 });
  },
  sign(order, files) {
    const message = messageFile(files, "signature", order);
    const [program, key] = ["SignedXmlSigner.exe", "key.xml"].map((name) => join(files.folder, name));
    return run("mono", [program ?? "", key ?? "", message, order.parts.join(",")]);
  },
};

/** A private key as .NET writes it: the numbers in base64, each in an element of its name. */
function rsaKeyValue(pem: string): string {
  const { n, e, p, q, dp, dq, qi, d } = createPrivateKey(readFileSync(pem)).export({ format: "jwk" });
  const numbers = { Modulus: n, Exponent: e, P: p, Q: q, DP: dp, DQ: dq, InverseQ: qi, D: d };
  const written = Object.entries(numbers).map(
    ([name, number]) => `<${name}>${Buffer.from(number ?? "", "base64url").toString("base64")}</${name}>`,
  );
  return `<RSAKeyValue>${written.join("")}</RSAKeyValue>`;
}

/** All signers. */
export const SIGNERS: readonly Signer[] = [xmlsec1, wss4j, zeep, mono];
