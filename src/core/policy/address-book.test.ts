// The sentences that the help desk reads, word for word.

import { describe, expect, it } from "vitest";
import { ENROLLED } from "../../../test/kit/policies.ts";
import type { PlaceFault } from "../device/by-place.ts";
import { addressBookFault, addressBookSaid } from "./address-book.ts";
import { DEFAULT_POLICY } from "./read.ts";
import { inWords } from "./remarks.ts";
import type { JudgeInput } from "./types.ts";

const FETCH_AGAIN =
  'Sign out in the client, choose "Delete my sign-in info", and sign in there with the app password: the client fetches a ' +
  "certificate and is known in that network for 30 days.";

describe("why there is no address book", () => {
  it.each<[PlaceFault, string]>([
    ["not-a-desktop", "the client is not a desktop, and its ticket has named no device"],
    ["policy", 'devices.unnamed in the policy is "refuse"'],
    ["other-network", "the request came from another network than its sign-in"],
    [
      "not-named-there",
      "the desktop has fetched no certificate from this network, with this client, in the last 30 days",
    ],
    ["no-machine-name", "the sign-in did not tell the machine's name"],
    ["other-machine", "the machine of the sign-in has another name than the machine that fetched the certificate"],
  ])("%s", (fault, because) => {
    expect(addressBookFault(fault)).toBe(`signed in, but no address book: ${because}`);
  });
});

describe("what `why` says of a desktop's address book", () => {
  const DESKTOP: JudgeInput = {
    ...ENROLLED,
    circumstances: { ...ENROLLED.circumstances, device: { kind: "device", id: "pc" } },
  };
  const REFUSING = { ...DEFAULT_POLICY, devices: { ...DEFAULT_POLICY.devices, unnamed: "refuse" } } as const;

  it.each<[string, JudgeInput, string]>([
    ["of a phone", ENROLLED, "The device is not a desktop."],
    [
      "of a client that has named nothing",
      { ...ENROLLED, circumstances: { ...ENROLLED.circumstances, device: null } },
      "The device is not a desktop.",
    ],
    [
      "that was refused",
      { ...DESKTOP, addressBook: "other-network" },
      `Signed in, but no address book: the request came from another network than its sign-in. ${FETCH_AGAIN}`,
    ],
    [
      "that has proved its key, whatever the policy says",
      { ...DESKTOP, policy: REFUSING, circumstances: { ...DESKTOP.circumstances, proof: "proved" } },
      "Opens from anywhere, with a ticket of the device's key.",
    ],
    [
      "where the policy refuses",
      { ...DESKTOP, policy: REFUSING, addressBookIn: ["203.0.113.7"] },
      'Signed in, but no address book: devices.unnamed in the policy is "refuse". ' +
        "Only the ticket that fetched the certificate opens it, for eight hours.",
    ],
    [
      "that has named itself nowhere",
      DESKTOP,
      "Signed in, but no address book: the desktop has fetched no certificate in the last 30 days. " +
        `Only the ticket that fetched one opens it. ${FETCH_AGAIN}`,
    ],
    [
      "that has named itself",
      { ...DESKTOP, addressBookIn: ["203.0.113.7", "192.0.2.1"] },
      `The address book opens in 203.0.113.7, 192.0.2.1. Anywhere else: signed in, but no address book. ${FETCH_AGAIN}`,
    ],
  ])("%s", (_, input, detail) => {
    expect(inWords(addressBookSaid(input))).toBe(detail);
  });
});
