// How many rows D1 reads for each list, with the users of a medium pool. The number must not grow with the tables.
// docs/costs.md has the same lists on a large pool (`npm run bench -- --scale`).

import { expect, it } from "vitest";
import { rowsRead } from "../../bench/scale.ts";
import { LONG_RUNS } from "../kit/runs.ts";

const SCALE = LONG_RUNS
  ? { users: 5_000, devices: 10_000, events: 50_000 }
  : { users: 2_500, devices: 5_000, events: 20_000 };
/** A page of a hundred: the rows that it gives with their users, and an entry of an index for each. */
const PAGE_ROWS = 1_000;
/**
 * A search reads each word with that beginning, and its user. With several filters, rows are judged one by one. A
 * policy is weighed against each device: a preview judges 5,000, and a check all that were seen lately.
 */
const READS_MORE =
  /^policy |^users q=|^users group=sales disabled|^devices (?:q=|version=|state=\w+ (?:type|product)=)|^audit (?:\w+=\S+ \w+=|requestId|reason=no-ticket|reason=saml)/;

it("no list reads a table from one end to the other", async () => {
  const counts = await rowsRead(SCALE);
  expect(counts.size).toBeGreaterThan(30);
  const many = [...counts].filter(([name, rows]) => rows > PAGE_ROWS && !READS_MORE.test(name));
  expect(many).toEqual([]);
});
