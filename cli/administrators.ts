// Administrators as people name them on a command line: by id or by email address.

import { CliFault } from "./fault.ts";
import type * as A from "./reach/answers.ts";
import type { Api } from "./reach/api.ts";

/** Every administrator, those who are gone too. There are few. */
export const everybody = async (api: Api): Promise<readonly A.AdministratorAnswer[]> =>
  (await api.pages<A.AdministratorAnswer>("/v1/administrators", {}, { all: true })).items;

/** Whether it is the one with that email address. */
export const isOf = ({ email }: A.AdministratorAnswer, given: string): boolean => email === given.trim().toLowerCase();

/** The id of an administrator who is named by id or by email address. */
export async function idOf(api: Api, given: string): Promise<string> {
  if (!given.includes("@")) return given;
  const found = (await everybody(api)).filter((each) => isOf(each, given));
  const one = found.find(({ disabledAt }) => disabledAt === null) ?? found[0];
  if (one !== undefined) return one.id;
  throw new CliFault("notFound", `no administrator has the address ${given}`, "postern admin list shows them.");
}
