// Which addresses the counters treat as one network, and that no header value makes this throw.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { guestNetworkOf, networkNamed, networkOf, readInFull, siteOf, UNKNOWN_NETWORK } from "./network.ts";

/** Parts of addresses, most of them as Cloudflare writes them, and what comes close to that. */
const octet = fc.oneof(fc.nat(300).map(String), fc.constantFrom("00", "07", "1e1", "0x7", ""));
const group = fc.oneof(
  fc.nat(0xffff).map((each) => each.toString(16)),
  fc.constantFrom("0", "00", "0db8", "DB8", "g", "", "10000"),
);
const addresses = fc.oneof(
  fc.array(octet, { minLength: 3, maxLength: 5 }).map((parts) => parts.join(".")),
  fc.array(group, { minLength: 7, maxLength: 9 }).map((parts) => parts.join(":")),
  fc.ipV4(),
  fc.ipV6(),
);
const around = fc.constantFrom("", " ", "\n", "%eth0", "/64", ":1");

describe("S-31: the network of CF-Connecting-IP", () => {
  it("is the same by the quick way as by the slow one", () => {
    fc.assert(
      fc.property(addresses, around, around, (address, before, after) => {
        for (const text of [address, address + after, before + address]) expect(networkOf(text)).toBe(readInFull(text));
      }),
      { numRuns: 3_000 },
    );
  });

  it.each([
    ["203.0.113.7", "203.0.113.7"],
    ["0.0.0.0", "0.0.0.0"],
    ["255.255.255.255", "255.255.255.255"],
    ["2001:db8:1:2::1", "2001:db8:1:2::/64"],
    ["2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::/64"],
    ["2001:DB8:0001:0002:0:0:0:1", "2001:db8:1:2::/64"],
    ["2001:db8:1:3::1", "2001:db8:1:3::/64"],
    ["2001:db8::1", "2001:db8::/64"],
    ["::1", "::/64"],
    ["::", "::/64"],
    ["fe80::1%eth0", "fe80::/64"],
    [`fe80::1%${"z".repeat(64 - "fe80::1%".length)}`, "fe80::/64"],
  ])("%s is of %s", (address, network) => {
    expect(networkOf(address)).toBe(network);
  });

  it.each(["::ffff:203.0.113.7", "::FFFF:203.0.113.7", "::ffff:cb00:7107", "0:0:0:0:0:ffff:203.0.113.7"])(
    "%s is IPv4 in other clothes",
    (address) => {
      expect(networkOf(address)).toBe("203.0.113.7");
    },
  );

  it.each([
    ["no header", null],
    ["an empty one", ""],
    ["a name", "localhost"],
    ["too many parts", "1.2.3.4.5"],
    ["too few", "127.1"],
    ["a number", "2130706433"],
    ["octal", "0177.0.0.1"],
    ["leading zeros", "203.000.113.007"],
    ["hexadecimal", "0x7f.0.0.1"],
    ["out of range", "256.0.0.1"],
    ["a port", "203.0.113.7:443"],
    ["brackets", "[2001:db8::1]"],
    ["a list", "203.0.113.7, 198.51.100.1"],
    ["a prefix", "203.0.113.7/24"],
    ["space", " 203.0.113.7"],
    ["a line end", "203.0.113.7\r\nx: y"],
    ["other digits", "２０３.0.113.7"],
    ["two gaps", "2001::db8::1"],
    ["nine parts", "1:2:3:4:5:6:7:8:9"],
    ["a long zone", `fe80::1%${"z".repeat(65 - "fe80::1%".length)}`],
  ])("%s is no address of Cloudflare's: unknown", (_, address) => {
    expect(networkOf(address)).toBe(UNKNOWN_NETWORK);
  });

  const part = fc.integer({ min: 0, max: 0xffff });
  const parts = (count: number) => fc.array(part, { minLength: count, maxLength: count });
  const written = (all: readonly number[]): string => all.map((each) => each.toString(16)).join(":");

  it("every address of a /64 is one network, and no other /64 is the same", () => {
    fc.assert(
      fc.property(parts(4), parts(4), parts(4), parts(4), (prefix, one, other, elsewhere) => {
        // ::ffff:0:0/96 is IPv4, tested above
        fc.pre([prefix, elsewhere].every((each) => each.some((value) => value !== 0)));
        const network = networkOf(written([...prefix, ...one]));
        expect(network).toMatch(/^[0-9a-f:]+::\/64$/);
        expect(networkOf(written([...prefix, ...other]))).toBe(network);
        expect(networkOf(written([...elsewhere, ...one])) === network).toBe(written(elsewhere) === written(prefix));
      }),
    );
  });

  it("every IPv4 address is a network by itself, mapped or not", () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        expect(networkOf(address)).toBe(address);
        expect(networkOf(`::ffff:${address}`)).toBe(address);
      }),
    );
  });

  it("never throws, and says nothing but a network or unknown", () => {
    const anything = fc.oneof(
      fc.uint8Array().map((bytes) => Buffer.from(bytes).toString("latin1")), // as header values are
      fc.string({ unit: fc.constantFrom(..."0123456789abcdefx:.%/[] ,-") }),
      fc.ipV6(),
      fc.ipV4Extended(),
    );
    fc.assert(
      fc.property(anything, (text) => {
        expect(networkOf(text)).toMatch(/^(unknown|\d{1,3}(\.\d{1,3}){3}|[0-9a-f:]+\/64)$/);
        expect(networkNamed(text) ?? UNKNOWN_NETWORK).toMatch(/^(unknown|\d{1,3}(\.\d{1,3}){3}|[0-9a-f:]+\/64)$/);
      }),
    );
  });
});

describe("a network as an administrator types it", () => {
  it("is an address, or what the audit shows", () => {
    expect(networkNamed(" 203.0.113.7\n")).toBe("203.0.113.7");
    expect(networkNamed("203.0.113.7/32")).toBe("203.0.113.7");
    expect(networkNamed("2001:db8:1:2::9")).toBe("2001:db8:1:2::/64");
    expect(networkNamed("2001:db8:1:2::/64")).toBe("2001:db8:1:2::/64");
    expect(networkNamed("unknown")).toBe("unknown");
    expect(networkNamed("203.0.113.7/321")).toBeUndefined();
    expect(networkNamed("2001:db8::/641")).toBeUndefined();
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (address) => {
        expect(networkNamed(networkOf(address))).toBe(networkOf(address));
      }),
    );
  });

  it.each([
    "",
    "alice",
    "203.0.113.0/24",
    "203.0.113",
    "2001:db8::/48",
    "2001:db8::/32",
    "203.0.113.7/64",
    "0177.0.0.1",
  ])("`%s` is none", (text) => {
    expect(networkNamed(text)).toBeUndefined();
  });
});

describe("the /48 of a network", () => {
  it.each([
    ["2001:db8:1:2::/64", "2001:db8:1::/48"],
    ["2001:db8:1::/64", "2001:db8:1::/48"],
    ["2001:db8::/64", "2001:db8::/48"],
    ["2001:0:0:1::/64", "2001::/48"],
    ["::/64", "::/48"],
    ["203.0.113.7", undefined],
    ["unknown", undefined],
    ["made up 17", undefined],
  ])("of %s is %s", (network, site) => {
    expect(siteOf(network)).toBe(site);
  });
});

describe("the network by which guests are counted", () => {
  it("is the /48 of IPv6, and of anything else the network itself", () => {
    expect(guestNetworkOf("2001:db8:1:2::/64")).toBe("2001:db8:1::/48");
    expect(guestNetworkOf("203.0.113.7")).toBe("203.0.113.7");
    expect(guestNetworkOf("unknown")).toBe("unknown");
  });
});
