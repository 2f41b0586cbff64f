import type { Database } from "./database.ts";
export async function userOfPortalPasskey(_db: Database, _id: string): Promise<string | undefined> {
  return undefined;
}
export async function pinnedRpId(_db: Database): Promise<string | undefined> {
  return undefined;
}
