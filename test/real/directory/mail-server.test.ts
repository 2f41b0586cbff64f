// The lab's mail server by itself: what other tests prove with it needs that it behaves as a relay.

import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { makeFolder, removeFolder } from "../ad/folder.ts";
import { type Finished, run } from "../ad/process.ts";
import { describeClient } from "../requirements.ts";
import { MAIL_REQUIREMENTS, type MailServer, startMailServer } from "./mail-server.ts";

describeClient("the mail server of the lab", [...MAIL_REQUIREMENTS, { file: "curl", debianPackage: "curl" }], () => {
  let folder: string;
  let server: MailServer;
  beforeAll(async () => {
    folder = await makeFolder();
    server = await startMailServer(join(folder, "mail"));
  });
  afterAll(async () => {
    await server?.stop();
    await removeFolder(folder);
  });

  const send = (subject: string, ...more: readonly string[]): Promise<Finished> =>
    run(
      [
        ...["curl", "--silent", "--show-error", `smtp://localhost:${server.port}`, "--cacert", server.caFile],
        ...["--mail-from", "postern@contoso.test", "--mail-rcpt", "alice@contoso.test", "--upload-file", "-", ...more],
      ],
      { input: `Subject: ${subject}\r\n\r\nHello\r\n` },
    );
  const login = (): readonly string[] => ["--ssl-reqd", "--user", `${server.user}:${server.password}`];
  const subjects = async () => (await server.arrived()).map(({ header }) => header("Subject")).sort();

  it("takes a message after STARTTLS and a password, and keeps it over a restart", async () => {
    expect(await send("one", ...login())).toMatchObject({ code: 0 });
    await server.stop();
    expect((await send("while it is away", ...login())).code).not.toBe(0);
    await server.start();
    expect(await send("two", ...login())).toMatchObject({ code: 0 });
    expect(await server.arrived()).toContainEqual(
      expect.objectContaining({ from: "postern@contoso.test", to: "alice@contoso.test" }),
    );
    expect(await subjects()).toEqual(["one", "two"]);
  });

  it("takes none without TLS, without a password or with a wrong one", async () => {
    expect((await send("plain")).code).not.toBe(0);
    expect((await send("nobody", "--ssl-reqd")).code).not.toBe(0);
    expect((await send("wrong", "--ssl-reqd", "--user", `${server.user}:wrong`)).code).not.toBe(0);
    expect(await subjects()).toEqual(["one", "two"]);
  });

  it("keeps a message and loses the connection when a test wants it, once", async () => {
    await server.hangUpOnce();
    expect((await send("three", ...login())).code).not.toBe(0);
    expect(await send("four", ...login())).toMatchObject({ code: 0 });
    expect(await subjects()).toEqual(["four", "one", "three", "two"]);
  });

  it("refuses recipients for now when a test wants it", async () => {
    await server.refuse("451 4.3.0 later");
    expect((await send("five", ...login())).code).not.toBe(0);
    expect(await subjects()).toHaveLength(4);
  });
});
