// The question that Postern asks the organisation's authority about one device. webhook/signed.ts signs it.
// docs/authority.md documents every field. Nothing of it is a secret.

import { type DeviceFacts, deviceIdIn, type RequestSource } from "../device/types.ts";

/** What a question is about. */
export type AuthorityQuestion = {
  readonly user: { readonly sipUri: string; readonly upn: string | null; readonly account: string };
  readonly device: { readonly id: string; readonly key: string; readonly facts: DeviceFacts };
  /** From where the device was seen last. */
  readonly source: RequestSource;
  /** The id of the app password; null when it is revoked. */
  readonly credentialId: string | null;
  /** Whether the authority has never answered about this device. */
  readonly first: boolean;
};

/** The type of the message, which receivers may dispatch on. */
const TYPE = "device.asked";

/** The body, as the authority gets it. A fact that the device does not tell is null. `now` in ms. */
export function questionBody({ user, device, source, credentialId, first }: AuthorityQuestion, now: number): string {
  const { kind, id: key } = deviceIdIn(device.key);
  const { type, platform, product, version, model, os, workstation } = device.facts;
  const told = (text: string): string | null => (text === "" || text === "unknown" ? null : text);
  return JSON.stringify({
    type: TYPE,
    timestamp: new Date(now).toISOString(),
    data: {
      asked: first ? "first" : "again",
      user,
      device: {
        ...{ id: device.id, kind, key },
        ...{ type: told(type), platform: told(platform), product: told(product), version: told(version) },
        ...{ model: told(model), os: told(os), machine: told(workstation) },
      },
      network: told(source.network),
      country: told(source.country),
      appPassword: credentialId,
    },
  });
}
