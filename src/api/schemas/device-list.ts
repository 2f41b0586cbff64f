// Lists of devices, and what is done to many of them.

import * as v from "valibot";
import { list, page, paging, time, why } from "./common.ts";
import { decider, device, deviceKey, deviceParams, deviceState } from "./devices.ts";
import { contest } from "./policy.ts";

const text = (most: number, description: string) =>
  v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(most), v.description(description)));

/** `GET /v1/devices`. */
export const devicesQuery = v.strictObject({
  user: text(1_024, "Only devices of this user: the id, or any name."),
  state: v.optional(deviceState),
  type: v.optional(v.picklist(["desktop", "phone", "tablet", "browser", "unknown"])),
  product: text(100, "The product, such as `AndroidLync`, in any case."),
  version: text(100, "The version or its first numbers: `6.25` finds `6.25.0.38`, and not `6.250`."),
  seenBefore: v.optional(
    v.pipe(
      time,
      v.description(
        "Only devices last seen before this time. These lists begin with the device that was not seen for longest.",
      ),
    ),
  ),
  seenAfter: v.optional(v.pipe(time, v.description("Only devices last seen at this time or later."))),
  q: text(
    200,
    "Words, each of which must be the beginning of the device's id, or of a word of its model, system, product or workstation, or of its user's names.",
  ),
  ...paging,
});

/** A device, and whose it is. */
const listedDevice = v.pipe(
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
export const oneDevice = v.pipe(
  v.object({ user: v.string(), device, decider, keys: list(deviceKey) }),
  v.title("DeviceOfUser"),
);

/** `GET /v1/devices/contests`. */
export const contestsQuery = v.strictObject({
  user: text(1_024, "Only ids for which this user was refused, or that belong to this user."),
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
  dryRun: v.optional(v.pipe(v.boolean(), v.description("Change nothing, and say what would happen.")), false),
  why,
});

const row = v.object({
  row: v.pipe(v.number(), v.description("The place of the item among those that were sent, from 0.")),
  status: v.pipe(
    v.picklist(["done", "unchanged", "failed"]),
    v.description("`unchanged`: it was so before. In a dry run it says what would happen."),
  ),
  code: v.exactOptional(v.string()),
  message: v.exactOptional(v.string()),
  user: v.exactOptional(v.string()),
  device: v.exactOptional(v.pipe(device, v.description("As it is now. Of a forgotten one: as it was."))),
  revokeCertificates: v.exactOptional(v.nullable(v.string())),
  revokedPassword: v.exactOptional(v.nullable(v.string())),
});

export const devicesChanged = v.pipe(v.object({ rows: list(row) }), v.title("DevicesChanged"));
export type ListedDeviceAnswer = v.InferOutput<typeof listedDevice>;
export type DevicePageAnswer = v.InferOutput<typeof devicePage>;
export type DevicesChangedAnswer = v.InferOutput<typeof devicesChanged>;
