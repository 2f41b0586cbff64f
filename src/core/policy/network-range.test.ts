import { describe, expect, it } from "vitest";
import { networkOf } from "../lockout/network.ts";
import { isInNetwork, readNetwork, readNetworkRange } from "./network-range.ts";

function inNetwork(range: string, text: string): boolean {
  const [outer, inner] = [readNetworkRange(range), readNetwork(text)];
  if (!outer.ok || inner === undefined) expect.fail(`${range}, ${text}`);
  return isInNetwork(outer.value, inner);
}

describe("networks", () => {
  it.each([
    ["203.0.113.0/24", "203.0.113.7", true],
    ["203.0.113.0/24", "203.0.114.7", false],
    ["203.0.113.7", "203.0.113.7", true],
    ["203.0.113.7/32", "203.0.113.8", false],
    ["0.0.0.0/0", "203.0.113.7", true],
    ["0.0.0.0/0", "2001:db8::1", false],
    ["::/0", "203.0.113.7", false],
    ["::/0", "2001:db8::1", true],
    ["2001:db8::/32", "2001:db8:1:2:3:4:5:6", true],
    ["2001:db8:1:2::/64", "2001:db8:1:2:ffff::1", true],
    ["2001:db8:1:2::/64", "2001:db8:1:3::1", false],
    ["2001:DB8::/32", "2001:db8::1", true],
    ["203.0.113.0/24", "::ffff:203.0.113.7", true],
  ])("%j holds the network of %j: %j", (range, address, expected) => {
    expect(inNetwork(range, networkOf(address))).toBe(expected);
  });

  it("are read up to 64 characters", () => {
    const mapped = (length: number) => `::ffff:${"0".repeat(length - "::ffff:1.2.3.4".length)}1.2.3.4`;
    expect(readNetwork(mapped(64))?.[1]).toBe(128);
    expect(readNetwork(mapped(65))).toBeUndefined();
  });

  it("say nothing of a network that is not known", () => {
    expect(readNetwork(networkOf(null))).toBeUndefined();
  });

  it.each([
    ["2001:db8:1:2::/65", "narrower-than-64"],
    ["2001:db8::1", "narrower-than-64"],
    ["203.0.113.7/24", "host-bits"],
    ["2001:db8:1::/32", "host-bits"],
    ["", "not-a-network"],
    ["203.0.113.0/33", "not-a-network"],
    ["203.0.113.0/", "not-a-network"],
    ["203.0.113/24", "not-a-network"],
    ["0x7f.0.0.1", "not-a-network"],
    ["010.0.0.1", "not-a-network"],
    ["203.0.113.*", "not-a-network"],
    ["fe80::1%eth0/64", "not-a-network"],
    ["2001:db8::/129", "not-a-network"],
    ["2001:db8:::/32", "not-a-network"],
    ["1:2:3:4:5:6:7:8:9/64", "not-a-network"],
    ["2001:db8::1::/64", "not-a-network"],
    ["2001:db8:12345::/48", "not-a-network"],
    ["::ffff:300.0.0.1/64", "not-a-network"],
    [":/64", "not-a-network"],
    ["contoso.com", "not-a-network"],
    [`${"0:".repeat(100)}0`, "not-a-network"],
    ["x203.0.113.0/24", "not-a-network"],
  ])("%j is refused: %s", (range, reason) => {
    expect(readNetworkRange(range)).toEqual({ ok: false, reason });
  });

  it.each([
    ["10.0.0.0/8", "10.1.0.0/16", true],
    ["10.1.0.0/16", "10.0.0.0/8", false],
    ["10.1.0.0/16", "10.1.0.0/8", false], // begins with the same bits, and is larger
    ["10.1.0.0/16", "10.1.0.0/16", true],
    ["2001:db8::/32", "2001:db8:1::/48", true],
    ["2001:db8:1::/48", "2001:db8::/32", false],
    ["2001:db8::/48", "2001:db8::/32", false],
    ["2001:db8::/32", "2001:db8::/32", true],
  ])("%j holds the whole of %j: %j", (range, inner, expected) => {
    expect(inNetwork(range, inner)).toBe(expected);
  });
});
