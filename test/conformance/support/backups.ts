// What the tests of backups share: the command with the test's own file names, and how a gateway is looked at.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newSealingKey } from "../../../cli/sealing-keys.ts";
import { type Person, startTestGateway, type TestGateway } from "./gateway.ts";
import { signIn } from "./ntlm.ts";
import { operator } from "./operator.ts";
import { WINDOWS_GRANT } from "./tickets.ts";

type Finding = { readonly did: string; readonly line: string; readonly what: string };
type Restored = { readonly applied: boolean; readonly wasEmpty: boolean; readonly findings: readonly Finding[] };
type Device = { readonly id: string; readonly state: string };
/** What `audit` shows, as far as it is read here. */
export type Events = readonly { readonly reason: string }[];

const HOME = "198.51.100.1";

/** A sign-in that comes from that network. */
export const at = (network: string) => ({
  ...WINDOWS_GRANT,
  headers: { ...WINDOWS_GRANT.headers, "cf-connecting-ip": network },
});
/** How the sign-in of a person is answered, from home unless a network is named. */
export const status = async (gateway: TestGateway, person: Person, network = HOME): Promise<number> =>
  (await signIn(gateway, at(network), person)).status;
export const idOf = async (gateway: TestGateway, user: string): Promise<string> =>
  ((await operator(gateway, "user", "show", user)) as { id: string }).id;
export const devicesOf = async (gateway: TestGateway, user: string): Promise<readonly Device[]> =>
  (await operator(gateway, "device", "list", user)) as Device[];
/** Whether a token may still be used. */
export const isRevoked = async (gateway: TestGateway, id: string): Promise<boolean> => {
  const tokens = (await operator(gateway, "token", "list")) as { id: string; revokedAt: string | null }[];
  return tokens.some((each) => each.id === id && each.revokedAt !== null);
};
/** The lines of one kind that a restore found, in order. */
export const linesOf = ({ findings }: Pick<Restored, "findings">, did: string): string[] =>
  findings
    .filter((each) => each.did === did)
    .map(({ line }) => line)
    .toSorted();

/** A gateway of which backups are made, in a folder for their files. */
export async function startWithBackups() {
  const sealingKeys = newSealingKey();
  const folder = await mkdtemp(join(tmpdir(), "postern-backup-"));
  const first = await startTestGateway({ sealingKeys });
  const file = (name: string): string => join(folder, name);
  await writeFile(file("pass"), "correct horse battery staple\n");
  return {
    first,
    file,
    restore: async (gateway: TestGateway, name: string, ...more: string[]): Promise<Restored> =>
      (await operator(gateway, "restore", file(name), "--passphrase-file", file("pass"), ...more)) as Restored,
    backup: async (name: string): Promise<unknown> =>
      operator(first, "backup", file(name), "--passphrase-file", file("pass")),
    /** Another gateway with the same keys, in which nobody is. */
    emptyGateway: async (keys = sealingKeys): Promise<TestGateway> => {
      const gateway = await startTestGateway({ sealingKeys: keys });
      await gateway.execute(["DELETE FROM users", "DELETE FROM audit_events"]);
      return gateway;
    },
    stop: async (): Promise<void> => {
      await first.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** What D1 says of people, without what use changes by itself, and when the guard saw a device first, which D1 does not hear again. */
export async function stateOf(gateway: TestGateway): Promise<unknown> {
  const tables = ["users", "names", "app_passwords", "partnerships", "policies", "api_tokens", "administrators"];
  const rows = await gateway.execute(tables.map((table) => `SELECT * FROM ${table} ORDER BY 1`));
  return JSON.parse(JSON.stringify(rows), (name, value: unknown) =>
    ["revision", "last_used_at", "first_seen_at", "last_seen_at"].includes(name) ? undefined : value,
  ) as unknown;
}
