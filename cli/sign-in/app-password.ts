// Where a command gets an app password: a file, standard input, the environment, or the terminal.

import { statSync } from "node:fs";
import { resolve } from "node:path";
import type { Context } from "../define.ts";
import { CliFault, usage } from "../fault.ts";
import { codeOf, textOfFile } from "../files.ts";

/** More than any app password. */
const MAX_PASSWORD_BYTES = 1024;

/** The password, never from the command line, which every user of the machine can see. */
export async function passwordOf(
  context: Pick<Context, "env" | "folder" | "input" | "question"> & {
    readonly options: { readonly passwordFile?: string };
  },
): Promise<string> {
  const { env, folder, input, question, options } = context;
  const given = env.POSTERN_PROBE_PASSWORD ?? "";
  const read =
    options.passwordFile === "-"
      ? await input()
      : options.passwordFile !== undefined
        ? secretIn(resolve(folder, options.passwordFile), options.passwordFile)
        : given !== ""
          ? given
          : await question?.("App password (not shown): ", true);
  const [password = ""] = (read ?? "").split("\n");
  if (password.trim() !== "") return password.trim();
  throw usage("no app password was given", "Set POSTERN_PROBE_PASSWORD, or give --password-file FILE.");
}

function secretIn(file: string, name: string): string {
  try {
    if ((statSync(file).mode & 0o077) !== 0) {
      throw new CliFault("failure", `others may read ${name}, and a password is in it`, `chmod 600 ${name}`);
    }
  } catch (fault) {
    if (fault instanceof CliFault) throw fault;
    throw usage(`${name} cannot be read (${codeOf(fault)})`, "Name the file with the app password.");
  }
  return textOfFile(file, name, MAX_PASSWORD_BYTES, "Name the file with the app password.");
}
