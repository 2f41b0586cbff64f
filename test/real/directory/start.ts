// `node test/real/directory/start.ts [PEOPLE]`: the directory of the sync's tests, for work on the agent. It prints as
// one JSON object where the directory is and what lets one in, and runs until it is ended.

import { rmSync } from "node:fs";
import { join } from "node:path";
import { makeFolder } from "../ad/folder.ts";
import { LARGE, SMALL, startController } from "./controller.ts";
import { KNOWN, OUTSIDE, SHUT_OUT } from "./people.ts";

const people = Number(process.argv[2] ?? SMALL.people);
const folder = await makeFolder();
const controller = await startController(
  join(folder, "directory"),
  people === LARGE.people ? LARGE : { people, contacts: 0 },
);
const { host, caFile, baseDn, bindDn, password, keytab, krb5Conf } = controller;
const accounts = [...Object.values(KNOWN), ...Object.values(OUTSIDE), ...Object.values(SHUT_OUT)];
const passwords = accounts.flatMap((entry) =>
  "password" in entry && entry.password === true ? [[entry.account, controller.passwordOf(entry.account)]] : [],
);
const database = {
  smbConf: join(folder, "directory/dc/etc/smb.conf"),
  file: join(folder, "directory/dc/private/sam.ldb"),
};
console.log(
  JSON.stringify(
    {
      ...{ url: `ldaps://${host}:636`, host, port: 636, caFile, baseDn, bindDn, password, keytab, krb5Conf },
      ...{ database, administrator: controller.passwordOf("Administrator"), passwords: Object.fromEntries(passwords) },
    },
    null,
    2,
  ),
);

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    void controller.stop().then(() => {
      rmSync(folder, { recursive: true, force: true });
      process.exit(0);
    });
  });
}
setInterval(() => {}, 1 << 30);
