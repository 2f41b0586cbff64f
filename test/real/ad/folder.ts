// The folder of one lab, and free ports. Everything the lab writes is in there.

import { chmod, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { filesIn } from "../../kit/gateway/files.ts";

/** Makes a new folder. Apache's workers, who are not root, may go through it but not list it. */
export async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "postern-lab-"));
  await chmod(folder, 0o711);
  return folder;
}

/** Removes it. First it waits for what a server writes while it ends. */
export const removeFolder = (folder: string): Promise<void> =>
  rm(folder, { recursive: true, force: true, maxRetries: 5 });

/** A port of 127.0.0.1 that is free now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

/** The files below these folders that contain one of the secrets, as UTF-8 or as UTF-16. */
export async function filesWith(secrets: readonly string[], folders: readonly string[]): Promise<string[]> {
  const needles = secrets.flatMap((secret) => [Buffer.from(secret), Buffer.from(secret, "utf16le")]);
  const files = await filesIn(...folders);
  return files.filter(({ bytes }) => needles.some((needle) => bytes.includes(needle))).map(({ path }) => path);
}
