// A certificate authority of the lab, as an organisation has its own, and the certificates that it gives to servers.

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TlsFiles } from "../ad/directory-files.ts";
import { mustRun } from "../ad/process.ts";

const newKey = (file: string): Promise<string> =>
  mustRun(["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", file]);

/** Makes a new authority in `folder`, and its certificate for a server of these names and addresses. */
export async function newCertificate(
  folder: string,
  names: readonly string[],
  addresses: readonly string[] = [],
): Promise<TlsFiles> {
  await mkdir(folder, { mode: 0o700 });
  const at = (name: string): string => join(folder, name);
  const files = { ca: at("ca.pem"), certificate: at("server.pem"), key: at("server.key") };
  await Promise.all([newKey(at("ca.key")), newKey(files.key)]);
  const subject = (name: string): readonly string[] => ["-subj", `/CN=${name}`];
  await mustRun([
    ...["openssl", "req", "-x509", "-new", "-key", at("ca.key"), "-out", files.ca, "-days", "30"],
    ...subject("Contoso lab"),
    ...["-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign"],
  ]);
  const alternatives = [...names.map((name) => `DNS:${name}`), ...addresses.map((address) => `IP:${address}`)];
  await writeFile(at("extensions"), `subjectAltName=${alternatives.join(",")}\nextendedKeyUsage=serverAuth\n`);
  const request = at("request.pem");
  await mustRun(["openssl", "req", "-new", "-key", files.key, "-out", request, ...subject(names[0] ?? "server")]);
  await mustRun([
    ...["openssl", "x509", "-req", "-in", request, "-out", files.certificate, "-days", "30"],
    ...["-CA", files.ca, "-CAkey", at("ca.key"), "-CAcreateserial", "-extfile", at("extensions")],
  ]);
  return files;
}
