// The id of a secret that is not a sealing key: the beginning of a hash. Thirty-two bits say whether two secrets are the
// same one, and do not help anybody who does not have it.

import { createHash } from "node:crypto";

const ID_CHARS = 8;

/** Eight hexadecimal digits. */
export const secretId = (secret: string): string =>
  createHash("sha256").update("postern secret id\0").update(secret).digest("hex").slice(0, ID_CHARS);
