// Compares docs/published.md with the publish table. The page is the golden copy: when a row changes its methods,
// limit, class or hosts, this test fails until the page says so, too.

import { describe, expect, it } from "vitest";
import { publishedPage, writtenPage } from "../../scripts/published.ts";
import { BATCH_ROWS, PUBLISH_TABLE } from "../../src/core/http/publish.ts";
import { PUBLISH_WORDS } from "../../src/core/http/publish-words.ts";

const page = publishedPage();
const rows = [...PUBLISH_TABLE, ...BATCH_ROWS];
/** The anchor that GitHub and others make for a heading. */
const anchors = [...page.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
  heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, "")
    .replaceAll(" ", "-"),
);

describe("docs/published.md", () => {
  it("S-34, S-38: is what `npm run docs:published` writes from the publish table", () => {
    expect(writtenPage(page)).toBe(page);
  });

  it("has words for every row of the table, and for nothing else", () => {
    const worded = PUBLISH_WORDS.flatMap(({ paths }) => paths.map((path) => path.toLowerCase()));
    expect([...worded].sort()).toEqual(rows.map(({ path }) => path).sort());
    for (const { who, lost, paths } of PUBLISH_WORDS) expect([who, lost].every(Boolean), paths.join()).toBe(true);
  });

  it("leads from each closed directory that somebody misses to what helps", () => {
    for (const { help, lost, paths } of PUBLISH_WORDS) {
      const closed = paths.some(
        (path) => rows.find((row) => row.path === path.toLowerCase())?.access.kind === "closed",
      );
      if (closed && lost !== "Nothing.") expect(help, paths.join()).toBeDefined();
      if (help !== undefined) expect(anchors, paths.join()).toContain(help);
    }
  });

  it("has no link within the page that leads nowhere", () => {
    for (const [, anchor] of page.matchAll(/\]\(#([^)]+)\)/g)) expect(anchors).toContain(anchor);
  });

  it("names what administrators ask for by name", () => {
    for (const name of [
      ...[
        "RequestHandlerExt",
        "DeviceUpdateFiles_Ext",
        "/mcx",
        "PersistentChat",
        "HybridConfig",
        "RgsClients/Tab.aspx",
      ],
      ...["scheduler", "JSON Web Token", "Office Web Apps", "Desk phones do not update their firmware"],
    ]) {
      expect(page, name).toContain(name);
    }
  });
});
