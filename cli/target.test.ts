// `postern target …` from command line to the file in the operator's home folder.

import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ok, runAgainst } from "../test/kit/gateway/command.ts";
import { folderPerTest, scriptedApi } from "../test/kit/gateway/scripted-api.ts";

const TOKEN = "pt_0123456789abcdef_secret";

const { asked } = scriptedApi();
const home = folderPerTest();

describe("target", () => {
  const file = () => join(home(), ".config", "postern", "targets.json");
  const act = (argv: readonly string[], input = "", question?: (text: string, secret?: boolean) => Promise<string>) =>
    runAgainst(
      () => ok({ id: "t_1", name: "Desk", kind: "token", scope: "helpdesk", expiresAt: null }),
      asked,
      argv,
      { input: async () => input, ...(question === undefined ? {} : { question }) },
      ({ POSTERN_URL: url = "" }) => {
        address = url;
        return { HOME: home() };
      },
    );
  let address = "";

  it("S-16: is added with a token that is no argument, after the gateway has accepted it; the file is the owner's", async () => {
    // The address is known only while the API runs, so the first command tells it.
    await act(["target", "list"]);
    const { code, out } = await act(["target", "add", "staging", "https://staging.test", "--no-check"], `${TOKEN}\n`);
    expect([code, statSync(file()).mode & 0o777]).toEqual([0, 0o600]);
    expect(JSON.parse(readFileSync(file(), "utf8"))).toEqual({
      targets: { staging: { url: "https://staging.test", token: TOKEN } },
    });
    expect(out).toContain("Added staging, https://staging.test. Name it with --target staging");
    expect(out).not.toContain(TOKEN);
    expect((await act(["target", "list", "--csv"])).out).toContain("staging,https://staging.test,\n");
    expect((await act(["target", "use", "staging"])).code).toBe(0);
    const shown = await act(["target", "show"]);
    expect(shown.out).toMatch(/^staging\n +address +https:\/\/staging\.test\n/);
    expect(shown.out).not.toContain(TOKEN);
    expect((await act(["target", "remove", "staging"])).code).toBe(0);
    expect(JSON.parse(readFileSync(file(), "utf8"))).toEqual({ targets: {} });
    expect(asked).toEqual([]);
  });

  it("asks a person for the token without showing it, and the gateway whether it is right", async () => {
    const questions: [string, boolean | undefined][] = [];
    const question = async (text: string, secret?: boolean) => {
      questions.push([text, secret]);
      return TOKEN;
    };
    const again = { ...{ input: async () => "", question } };
    let url = "";
    const argv = ["target", "add", "desk"];
    const answer = () => ok({ id: "t_1", name: "Desk", kind: "token", scope: "helpdesk", expiresAt: null });
    const { code, out } = await runAgainst(answer, asked, argv, again, (env) => {
      url = env.POSTERN_URL ?? "";
      argv.push(url); // now the API has its address
      return { HOME: home() };
    });
    expect([code, questions]).toEqual([0, [["Token (not shown): ", true]]]);
    expect(asked).toEqual([{ method: "GET", path: "/v1/whoami" }]);
    expect(out).toContain('Its token is "Desk", scope helpdesk.');
  });

  it.each([
    [["target", "add", "local", "https://a.test"], TOKEN, "cannot be the name of a target"],
    [["target", "add", "a b", "https://a.test"], TOKEN, "cannot be the name of a target"],
    [["target", "add", "a", "http://a.test"], TOKEN, "is not the address"],
    [["target", "add", "a", "https://a.test"], "short", "that is not a token"],
    [
      ["target", "add", "a", "https://a.test", "--access-id", "x", "--no-check"],
      TOKEN,
      "the secret of the service token is missing",
    ],
    [["target", "use", "a"], "", 'there is no target "a"'],
    [["target", "remove", "a"], "", 'there is no target "a"'],
  ])("%j is refused, and nothing is kept", async (argv, input, text) => {
    const { code, err } = await act(argv, input);
    expect([code, err]).toEqual([2, expect.stringContaining(text)]);
    expect(() => statSync(file())).toThrow();
    expect(address).not.toBe("");
  });

  it("keeps the service token of Access, its secret on the second line", async () => {
    const argv = ["target", "add", "a", "https://a.test", "--access-id", "id.access", "--no-check"];
    expect((await act(argv, `${TOKEN}\nsecret\n`)).code).toBe(0);
    expect(JSON.parse(readFileSync(file(), "utf8")).targets.a.access).toEqual({ id: "id.access", secret: "secret" });
  });
});
