// Lists of devices, and what is done to many of them.

import * as v from "valibot";
import { list, page, paging, time, why } from "./common.ts";
import { device, deviceKey, deviceParams, deviceState } from "./devices.ts";
import { contest } from "./policy.ts";

const text = (most: number, description: string) =>
  v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(most), v.description(description)));

/** `GET /v1/devices`. */
export const devicesQuery = v.strictObject({
  user: text(1_024, "Of this user: the id, or any name."),
  state: v.optional(deviceState),
  type: v.optional(v.picklist(["desktop", "phone", "tablet", "browser", "unknown"])),
  product: text(100, "The product, such as `AndroidLync`, in any case."),
  version: text(100, "The version or its first numbers: `6.25` finds `6.25.0.38`, and not `6.250`."),
  seenBefore: v.optional(
    v.pipe(time, v.description("Seen last before this time. These lists have the longest unseen first.")),
  ),
  seenAfter: v.optional(v.pipe(time, v.description("Seen last at this time or later."))),
  q: text(
    200,
    "Words, each of which must be the beginning of the device's id, or of a word of its model, system, product or workstation, or of its user's names.",
  ),
  ...paging,
});

/** A device, and whose it is. */
export const listedDevice = v.pipe(
  v.object({
    ...device.entries,
    user: v.pipe(v.string(), v.description("SIP URI of its user.")),
    userId: v.string(),
    displayName: v.nullable(v.string()),
    groups: list(v.string()),
  }),
  v.title("ListedDevice"),
);
export const devicePage = v.pipe(page(listedDevice), v.title("Devices"));

/** `GET /v1/users/{user}/devices/{device}`. */
export const oneDevice = v.pipe(v.object({ user: v.string(), device, keys: list(deviceKey) }), v.title("DeviceOfUser"));

/** `GET /v1/devices/contests`. */
export const contestsQuery = v.strictObject({
  user: text(1_024, "Where this user is the one refused or the one who has it."),
  ...paging,
});
export const contestPage = v.pipe(page(contest), v.title("DeviceContests"));

/** The most devices of a batch. Each may cost the gateway several requests of its own. */
const MAX_ITEMS = 200;

/** `POST /v1/devices/batch`. */
export const devicesToChange = v.strictObject({
  action: v.pipe(
    v.picklist(["approve", "block", "forget", "reset-key"]),
    v.description("`reset-key` takes all keys from each device, as `devices.reset-key` without a key does."),
  ),
  items: v.pipe(
    list(v.strictObject(deviceParams.entries)),
    v.minLength(1, "Give one at least."),
    v.maxLength(MAX_ITEMS, `A batch has ${MAX_ITEMS} devices at most.`),
  ),
  dryRun: v.optional(v.pipe(v.boolean(), v.description("Only say what would come of it.")), false),
  why,
});

const row = v.object({
  row: v.pipe(v.number(), v.description("Which of the items, from 0.")),
  status: v.pipe(
    v.picklist(["done", "unchanged", "failed"]),
    v.description("`unchanged`: it was so before. In a dry run: what would come of it."),
  ),
  code: v.exactOptional(v.string()),
  message: v.exactOptional(v.string()),
  user: v.exactOptional(v.string()),
  device: v.exactOptional(device),
  revokeCertificates: v.exactOptional(v.nullable(v.string())),
  revokedPassword: v.exactOptional(v.nullable(v.string())),
});

export const devicesChanged = v.pipe(v.object({ rows: list(row) }), v.title("DevicesChanged"));
export type DevicesChangedAnswer = v.InferOutput<typeof devicesChanged>;
export type ListedDevice = v.InferOutput<typeof listedDevice>;
