// `postern device approve`, `block` and `forget` of many devices from one file, with an API of the tests' own.

import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ok, runAgainst } from "../test/kit/gateway/command.ts";
import { scriptedApi } from "../test/kit/gateway/scripted-api.ts";

const { asked, run } = scriptedApi();

describe("many devices at once", () => {
  const rows = [
    { row: 0, status: "done" },
    { row: 1, status: "failed", code: "no-such-device", message: "There is no such device." },
  ];
  const file = (text: string) => {
    const name = join(mkdtempSync(join(tmpdir(), "postern-many-")), "devices.csv");
    writeFileSync(name, text);
    return name;
  };
  const CSV =
    "\ufeffUSER,DEVICE,STATE\r\nsip:alice@contoso.test,d_phone,allowed\r\n# old\r\n\r\nsip:bob@contoso.test,d_bobs1,x\r\n";
  const items = [
    { user: "alice@contoso.test", device: "d_phone" },
    { user: "bob@contoso.test", device: "d_bobs1" },
  ];

  it.each(["approve", "block", "forget"])("%s takes what the list writes, and reports each", async (action) => {
    const { code, out } = await run(ok({ rows }), "device", action, "--file", file(CSV), "--why", "a sweep", "--yes");
    expect(asked).toEqual([
      { method: "POST", path: "/v1/devices/batch", body: { action, items, dryRun: false, why: "a sweep" } },
    ]);
    expect(code).toBe(1);
    expect(out).toMatch(
      /bob@contoso.test +d_bobs1 +failed +There is no such device\.\n\n2 lines: 1 done, 1 failed\.\n\nTarget: 127/,
    );
  });

  it("asks before it, where the gateway is not the local one; a dry run changes nothing", async () => {
    const refused = await run([], "device", "block", "--file", file(CSV));
    expect([refused.code, asked]).toEqual([2, []]);
    expect(refused.err).toMatch(/nothing was done: this would block 2 devices at the target 127\.0\.0\.1/);
    const question = async () => "yes";
    const asking = await runAgainst(() => ok({ rows }), asked, ["device", "block", "--file", file(CSV)], { question });
    expect([asking.code, asked.length]).toEqual([1, 1]);
    asked.length = 0;
    await run(ok({ rows: [{ row: 0, status: "would-block" }] }), "device", "block", "--file", file(CSV), "--dry-run");
    expect(asked[0]?.body).toMatchObject({ dryRun: true });
  });

  it("sends parts that the API takes, and counts rows through", async () => {
    const lines = Array.from({ length: 450 }, (_, at) => `u${at}@contoso.test d_phone${at}`);
    const part = (count: number) => ok({ rows: Array.from({ length: count }, (_, row) => ({ row, status: "done" })) });
    const { code, out } = await run(
      [part(200), part(200), part(50)],
      "device",
      "approve",
      "--yes",
      "--json",
      "--file",
      file(lines.join("\n")),
    );
    expect([code, asked.length]).toEqual([0, 3]);
    const { rows, target } = JSON.parse(out) as { rows: { row: number }[]; target: string };
    expect([rows.length, rows.at(-1)?.row]).toEqual([450, 449]);
    expect(target).toMatch(/^127/);
  });

  it.each([
    [["--file", "/nonexistent"], "cannot be read (ENOENT)"],
    [["--file", file("alice@contoso.test")], "has not 2 words"],
    [["--file", file("alice d_phone")], 'USER "alice"'],
    [["alice@contoso.test", "--file", file(CSV)], "takes no USER and DEVICE beside it"],
    [["alice@contoso.test", "d_phone", "--dry-run"], "--dry-run is for --file"],
  ])("%j is a usage error, and nothing is asked", async (argv, text) => {
    const { code, err } = await run([], "device", "block", ...argv);
    expect([code, asked]).toEqual([2, []]);
    expect(err).toContain(text);
  });
});
