// What it costs that a device names itself by asking for a certificate: besides the device, its guard remembers the
// key.

import { randomBytes } from "node:crypto";
import { makeDeviceKey, pkcs10For } from "../simulator/signing-client.ts";
import { asProof } from "../test/conformance/support/presenting.ts";
import { assertionIn, tokenRequest } from "../test/conformance/support/tickets.ts";
import { type Answer, call, signIn, sipUriOf } from "./client.ts";
import { DEVICE_AUDITED, TOLD_OF_DEVICE } from "./limits.ts";
import type { Path } from "./path.ts";

const DESKTOP = "{0b7cd3a2-0000-4000-8000-0000000000ce}";
/** As for a device that names itself: once before the request is sent, and once when the Front-End has accepted it. */
const NAMED_FIRST = {
  guardRequests: 2,
  rowsRead: 22,
  rowsWritten: 12,
  d1Queries: 5,
  d1RowsRead: 20,
  d1RowsWritten: 20,
};
const NAMED_AGAIN = { guardRequests: 2, rowsRead: 15, rowsWritten: 5 };

/** The requests of one person's desktop, in their order. */
export async function certificatePaths(port: number, who: { account: string; password: string }): Promise<Path[]> {
  const [first, another] = [pkcs10For(makeDeviceKey()), pkcs10For(makeDeviceKey())];
  const asks = async (pkcs10: string): Promise<() => Promise<Answer>> => {
    const entropy = randomBytes(32);
    const { answer } = await signIn(port, who, {
      ...{ method: "POST", headers: {} },
      ...tokenRequest("saml", sipUriOf(who.account), { entropy }),
    });
    const ticket = { assertion: assertionIn(answer.text), response: answer.text, entropy };
    const { path, method = "POST", headers, body = "" } = asProof(ticket, sipUriOf(who.account), DESKTOP, pkcs10);
    return () => call({ port, path, method, headers, body });
  };
  return [
    {
      name: "a certificate, the device's first",
      status: 200,
      limit: NAMED_FIRST,
      later: TOLD_OF_DEVICE, // waited for, or one of the floods would pay
      send: await asks(first),
    },
    { name: "a certificate for the same key", status: 200, limit: NAMED_AGAIN, send: await asks(first) },
    {
      name: "a certificate for a further key, which waits",
      status: 403,
      limit: { ...NAMED_AGAIN, guardRequests: 1, rowsRead: 18 }, // the key, the refusal, and the alarm that takes it to D1
      // And where the device was seen last. Nobody gets mail of a key.
      later: { ...DEVICE_AUDITED, d1Queries: 3, d1RowsRead: 3, d1RowsWritten: 14 },
      send: await asks(another),
    },
  ];
}
