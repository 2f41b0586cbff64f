// Addresses of the API: whatever a value is, it stays one segment, or one value of the query.

import { expect, it } from "vitest";
import { path, search } from "./api-address.ts";

it("makes each value of a path one segment", () => {
  expect(path`/v1/users/${"a/../b?c#d%2f"}/devices/${"d 1"}`).toBe("/v1/users/a%2F..%2Fb%3Fc%23d%252f/devices/d%201");
  expect(path`/v1/users`).toBe("/v1/users");
});

it("writes a query, and leaves out what is not given", () => {
  expect(search({ q: "a b&c=d", limit: 5, all: false, state: ["x", "y"], after: null, more: undefined })).toBe(
    "?q=a+b%26c%3Dd&limit=5&all=false&state=x&state=y",
  );
  expect([search(), search({ after: undefined }), search({ q: "" })]).toEqual(["", "", "?q="]);
});
