// Which pool of the gateway a directory's name for a pool means.

import type { Pool } from "../config/pools.ts";

/** The name in POOLS; null: no pool of this gateway has that name, or the user's pool is not known. */
export function homePoolOf(pools: readonly Pool[], pool: string | null): string | null {
  return pools.find(({ name, directoryNames }) => name !== "" && isOne(pool, [name, ...directoryNames]))?.name ?? null;
}

const isOne = (pool: string | null, names: readonly string[]): boolean => pool !== null && names.includes(pool);
