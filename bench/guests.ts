// What guests of one meeting cost, and an attacker who tries its keys from another network.

import { call, samlRequest } from "./client.ts";
import { REFUSAL_AUDITED } from "./limits.ts";
import type { Path } from "./path.ts";

const GUEST = { guardRequests: 2, rowsRead: 15, rowsWritten: 8 };
/** The tables of one object, or two, are made. */
const GUEST_FIRST = { ...GUEST, rowsRead: 25, rowsWritten: 18 };
const AUDITED = { ...REFUSAL_AUDITED, d1RowsWritten: 5 };

const KEY = "5D3KQ7XT";
const CONFERENCE = `sip:alice@contoso.test;gruu;opaque=app:conf:focus:id:${KEY}`;

/** The rows of guests. */
export function guestPaths(port: number): Path[] {
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const asks = (key: string, source: string) =>
    call({
      port,
      path: "/WebTicket/oauthtoken",
      method: "POST",
      headers: { ...headers, "cf-connecting-ip": source },
      body: `grant_type=urn:microsoft.rtc:anonmeeting&password=${key}&ms_rtc_conferenceuri=${CONFERENCE}`,
    });
  const anonymousSaml = () => {
    const { path, ...request } = samlRequest("anyone");
    return call({ port, ...request, path: `${path}/Anon` });
  };
  return [
    {
      name: "guest, a network's first",
      status: 200,
      limit: GUEST_FIRST,
      later: { ...AUDITED, alarms: 1 },
      send: () => asks(KEY, "192.0.2.1"),
    },
    {
      name: "guest, another of that network",
      status: 200,
      limit: GUEST,
      later: { ...AUDITED, alarms: 1 },
      send: () => asks(KEY, "192.0.2.1"),
    },
    {
      name: "guest, a SAML ticket",
      status: 200,
      limit: { ...GUEST_FIRST, rowsRead: 55, rowsWritten: 68 },
      later: AUDITED,
      send: anonymousSaml,
    },
    {
      name: "guest, wrong key",
      status: 400,
      limit: { guardRequests: 3, rowsRead: 27, rowsWritten: 28 },
      later: AUDITED,
      send: () => asks("WRONG", "192.0.2.2"),
    },
    {
      name: "300 wrong keys from one network, the last",
      status: 400,
      limit: { guardRequests: 1, rowsRead: 2, frontEnd: 0 },
      send: async () => {
        for (let n = 0; n < 299; n++) await asks(`WRONG${n}`, "192.0.2.2");
        await call({ port, path: "/_counts" });
        return asks("WRONG", "192.0.2.2");
      },
    },
  ];
}
