// Stand-ins for kinit, kvno, klist and ldapsearch: shell scripts that behave as the real ones were seen to, and write
// down how they were called. A cache file holds what klist will say of it.

import { chmod, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";

const RECORD = `echo "$(basename "$0") $* | cache=$KRB5CCNAME conf=$KRB5_CONFIG" >> "$CALLS"
cache="\${KRB5CCNAME#FILE:}"
if [ -e "$STATE/hang-$(basename "$0")" ]; then exec sleep 30; fi
if [ -e "$STATE/$(basename "$0").fails" ]; then cat "$STATE/$(basename "$0").fails" >&2; exit 1; fi
`;

const LISTING = (principal: string, service: string, flags: string): string =>
  `printf 'Default principal: %s\\n\\n%s  %s  %s\\n\\tFlags: %s\\n' "${principal}" "$BEGINS" "$ENDS" "${service}" "${flags}"`;

const SCRIPTS = {
  kinit: `${LISTING("$5", "krbtgt/CORP.CONTOSO.TEST@CORP.CONTOSO.TEST", "FIA")} > "$cache"`,
  // kvno -q [-U user] [-P] [--out-cache FILE:path] service
  kvno: `out="$cache"; user=; proxy=
while [ $# -gt 1 ]; do case "$1" in
  -U) user="$2"; shift 2;; -P) proxy=1; shift;; --out-cache) out="\${2#FILE:}"; shift 2;; *) shift;; esac; done
[ -e "$STATE/slow" ] && sleep 0.3
echo "for $user" >> "$cache" # the real one stores here too
say() { echo "kvno: $1 while getting credentials for $2" >&2; exit 1; }
flags=FAT
case "$user" in
  nobody@*) say "Client '$user' not found in Kerberos database" "$1";;
  bob@*) say "Client's credentials have been revoked" "$1";;
  carol@*) say "Client's entry in database has expired" "$1";;
  dave@*) [ -n "$proxy" ] && { echo "kvno: KDC can't fulfill requested option $1: constrained delegation failed" >&2; exit 1; }; flags=AT;;
esac
if [ -e "$STATE/no-delegation" ] && [ -n "$proxy" ]; then echo "kvno: KDC can't fulfill requested option $1: constrained delegation failed" >&2; exit 1; fi
if [ -e "$STATE/no-transition" ]; then
  flags=AT
  [ -n "$proxy" ] && { echo "kvno: KDC can't fulfill requested option $1: constrained delegation failed" >&2; exit 1; }
fi
name="$(printf %s "$user" | sed 's/@/\\\\@/')"
[ -e "$STATE/other-user" ] && name='mallory\\@corp.contoso.test'
${LISTING("$name@CORP.CONTOSO.TEST", "$1@CORP.CONTOSO.TEST", "$flags")} > "$out"`,
  klist: 'cat "$cache"',
  ldapsearch: `case "$*" in *"-s base"*) [ -e "$STATE/no-group" ] && { echo "No such object (32)" >&2; exit 32; };; esac
[ -e "$STATE/no-member" ] || echo 'dn: CN=alice,DC=corp,DC=contoso,DC=test'
echo '# refldap://corp.contoso.test/CN=Configuration'`,
} as const;

/** Programs in a folder of their own, in front on the PATH. */
export type FakePrograms = {
  /** How the programs were called so far, each line `program arguments | cache=… conf=…`. */
  readonly calls: (program?: keyof typeof SCRIPTS) => Promise<readonly string[]>;
  /** Makes something true for the scripts: `slow`, `no-member`, `kinit.fails` with a message, … */
  readonly set: (name: string, text?: string) => Promise<void>;
  readonly unset: (name: string) => Promise<void>;
  readonly restorePath: () => void;
};

/** Writes the scripts below `home`. `endsAt`: when every ticket ends, ms. */
export async function fakePrograms(home: string, endsAt: number): Promise<FakePrograms> {
  const [bin, state, calls] = [join(home, "bin"), join(home, "state"), join(home, "calls")];
  await Promise.all([mkdir(bin), mkdir(state), writeFile(calls, "")]);
  for (const [name, script] of Object.entries(SCRIPTS)) {
    const file = join(bin, name);
    const head = `#!/bin/sh\nSTATE='${state}' CALLS='${calls}' BEGINS='${klistTime(Date.now())}' ENDS='${klistTime(endsAt)}'\n`;
    await writeFile(file, `${head}${RECORD}${script}\n`);
    await chmod(file, 0o755);
  }
  const before = process.env.PATH;
  process.env.PATH = `${bin}${delimiter}${before}`;
  return {
    calls: async (program) => {
      const lines = (await readFile(calls, "utf8")).split("\n").filter((line) => line !== "");
      return program === undefined ? lines : lines.filter((line) => line.startsWith(`${program} `));
    },
    set: (name, text = "") => writeFile(join(state, name), text),
    unset: (name) => rm(join(state, name), { force: true }),
    restorePath: () => {
      process.env.PATH = before;
    },
  };
}

function klistTime(at: number): string {
  const iso = new Date(at).toISOString();
  return `${iso.slice(5, 7)}/${iso.slice(8, 10)}/${iso.slice(2, 4)} ${iso.slice(11, 19)}`;
}
