// Runs one of the Kerberos and LDAP programs, without a shell, with a fixed environment, a time limit and a bound for
// its output. A user's name reaches a program only after access.ts has checked it.

import { execFile } from "node:child_process";

/** The programs this connector runs, all from Debian's `krb5-user` and `ldap-utils`. */
export type Program = "kinit" | "kvno" | "klist" | "ldapsearch";

/**
 * How a program ended. `killed`: the connector killed it because it took too long or wrote too much, or another process
 * killed it. `missing`: it could not be started.
 */
export type Ended =
  | { readonly kind: "exit"; readonly code: number; readonly stdout: string; readonly stderr: string }
  | { readonly kind: "killed" }
  | { readonly kind: "missing" };

/** Runs a program with a credential cache of its own. */
export type RunCommand = (program: Program, args: readonly string[], cache: string) => Promise<Ended>;

const MAX_OUTPUT_BYTES = 64 * 1024;

/** Makes a runner. `krb5Conf`: the path of the krb5.conf. `onEnd` gets the time of each run, in seconds. */
export function commandRunner(
  options: { readonly krb5Conf: string; readonly timeoutMs: number },
  onEnd: (program: Program, seconds: number) => void,
): RunCommand {
  return (program, args, cache) =>
    new Promise((resolve) => {
      const began = performance.now();
      const env = {
        PATH: process.env.PATH ?? "/usr/bin:/bin",
        LC_ALL: "C", // explain.ts reads the messages
        TZ: "UTC", // klist.ts reads the times
        KRB5_CONFIG: options.krb5Conf,
        KRB5CCNAME: `FILE:${cache}`,
        LDAPNOINIT: "1", // no settings from /etc/ldap or a home folder
      };
      const settings = { env, timeout: options.timeoutMs, killSignal: "SIGKILL", maxBuffer: MAX_OUTPUT_BYTES } as const;
      execFile(program, [...args], settings, (fault, stdout, stderr) => {
        onEnd(program, (performance.now() - began) / 1000);
        if (fault === null) resolve({ kind: "exit", code: 0, stdout, stderr });
        else if (typeof fault.code === "number") resolve({ kind: "exit", code: fault.code, stdout, stderr });
        else resolve({ kind: fault.code === "ENOENT" || fault.code === "EACCES" ? "missing" : "killed" });
      });
    });
}
