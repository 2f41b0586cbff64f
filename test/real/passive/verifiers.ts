// Programs of others that judge an XML signature: xmlsec1 (libxml2) and the JDK with secure validation. Each is asked
// about many files at once, because starting a program costs more than a hundred signatures.

import { execFileSync, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TokenKey } from "../../../src/core/sts/keys.ts";
import { METADATA, SAML } from "../../../src/core/sts/names.ts";
import type { Requirement } from "../requirements.ts";

/** The kinds of documents that the token service signs. */
export type Kind = "assertion" | "metadata";

const SIGNED: Readonly<Record<Kind, { readonly namespace: string; readonly name: string; readonly id: string }>> = {
  assertion: { namespace: SAML, name: "Assertion", id: "AssertionID" },
  metadata: { namespace: METADATA, name: "EntityDescriptor", id: "ID" },
};

/** A program that judges. */
export type Verifier = {
  readonly name: string;
  readonly needs: readonly Requirement[];
  /** For each file whether its signature is good by the certificate in that PEM file. */
  readonly judge: (kind: Kind, pem: string, files: readonly string[]) => readonly boolean[];
};

/** How many files one command line names. */
const FILES_OF_A_CALL = 2_000;
const MAX_BYTES = 256 * 1024 * 1024;

/** Writes the certificate of a key as a PEM file. */
export function pemFile(folder: string, name: string, { certificate }: TokenKey): string {
  const file = join(folder, name);
  writeFileSync(
    file,
    `-----BEGIN CERTIFICATE-----\n${certificate.replaceAll(/.{64}/g, "$&\n")}\n-----END CERTIFICATE-----\n`,
  );
  return file;
}

const inCalls = <T>(files: readonly string[], call: (some: readonly string[]) => readonly T[]): readonly T[] =>
  Array.from({ length: Math.ceil(files.length / FILES_OF_A_CALL) }, (_, at) =>
    call(files.slice(at * FILES_OF_A_CALL, (at + 1) * FILES_OF_A_CALL)),
  ).flat();

/** The exit code of xmlsec1 for one file; for several it is 0 only if every signature is good. */
function xmlsec1Says(kind: Kind, pem: string, files: readonly string[]): boolean {
  const { namespace, name, id } = SIGNED[kind];
  const { status } = spawnSync(
    "xmlsec1",
    ["--verify", "--trusted-pem", pem, `--id-attr:${id}`, `${namespace}:${name}`, ...files],
    { stdio: "ignore" },
  );
  return status === 0;
}

/** One call where all are good; otherwise one call for each file. */
const xmlsec1: Verifier = {
  name: "xmlsec1",
  needs: [{ file: "xmlsec1", debianPackage: "xmlsec1" }],
  judge: (kind, pem, files) =>
    inCalls(files, (some) =>
      xmlsec1Says(kind, pem, some) ? some.map(() => true) : some.map((file) => xmlsec1Says(kind, pem, [file])),
    ),
};

const jdk: Verifier = {
  name: "the JDK",
  needs: [{ file: "javac", debianPackage: "default-jdk-headless" }],
  judge(kind, pem, files) {
    const { namespace, name, id } = SIGNED[kind];
    return inCalls(files, (some) => {
      const said = execFileSync(
        "java",
        [join(import.meta.dirname, "SignatureCheck.java"), pem, namespace, name, id, ...some],
        { encoding: "utf8", maxBuffer: MAX_BYTES, stdio: ["ignore", "pipe", "ignore"] },
      );
      return said
        .trim()
        .split("\n")
        .map((line) => line === "valid");
    });
  },
};

export const VERIFIERS: readonly Verifier[] = [xmlsec1, jdk];

/** The exclusive canonical form of each file, as libxml2 writes it. */
export const canonicalForms = (files: readonly string[]): readonly string[] =>
  inCalls(files, (some) => [
    execFileSync("xmllint", ["--exc-c14n", ...some], { encoding: "utf8", maxBuffer: MAX_BYTES }),
  ]);
