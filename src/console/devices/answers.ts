// The answers of the API that these pages show.

import type * as v from "valibot";
import type { DevicesChangedAnswer, devicePage } from "../../api/schemas/device-list.ts";
import type { ContestAnswer } from "../../api/schemas/policy.ts";

export type DevicePage = v.InferOutput<typeof devicePage>;
export type Listed = DevicePage["items"][number];
export type ContestPage = { readonly items: readonly ContestAnswer[]; readonly next: string | null };
export type Changed = DevicesChangedAnswer["rows"][number];
