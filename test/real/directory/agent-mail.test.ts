// Mail through a real relay: what the agent makes of each answer of Debian's aiosmtpd, and the whole way, from what an
// administrator does to the mailbox.

import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { secretOf } from "../../../agent/src/config/secrets.ts";
import { relayOf } from "../../../agent/src/mail/relay.ts";
import { apiOf } from "../../../cli/reach/api.ts";
import { chosenTarget } from "../../../cli/reach/choose.ts";
import { PROJECT } from "../../../local/bundle.ts";
import { startTestGateway, type TestGateway } from "../../conformance/support/gateway.ts";
import { freePort } from "../../kit/free-port.ts";
import { makeFolder, removeFolder } from "../ad/folder.ts";
import { run, type Server, startServer } from "../ad/process.ts";
import { describeClient } from "../requirements.ts";
import { MAIL_REQUIREMENTS, type MailServer, startMailServer } from "./mail-server.ts";

const SOON_MS = 100_000;

describeClient("mail through a relay", MAIL_REQUIREMENTS, () => {
  let folder: string;
  let mail: MailServer;
  beforeAll(async () => {
    folder = await makeFolder();
    mail = await startMailServer(join(folder, "mail"));
  });
  afterAll(async () => {
    await mail?.stop();
    await removeFolder(folder);
  });

  /** The relay as the agent knows it. */
  const relay = async (password = mail.password, trusted = true) => {
    const account = { user: secretOf(mail.user), password: secretOf(password) };
    const settings = { host: "localhost", port: mail.port, tls: "starttls" } as const;
    return relayOf({ relay: settings }, { account, ca: trusted ? await readFile(mail.caFile, "utf8") : undefined });
  };
  const letter = (subject: string) => ({
    ...{ from: "postern@contoso.test", to: "alice@contoso.test" },
    bytes: Buffer.from(`Subject: ${subject}\r\nMessage-ID: <${subject}@contoso.test>\r\n\r\nHello\r\n`),
  });

  it("S-57: tells each of its answers from the others", async () => {
    const began: string[] = [];
    const send = async (subject: string, over = relay()) => {
      const connected = await over;
      const sent = await connected.send(letter(subject), () => void began.push(subject));
      connected.close();
      return sent;
    };
    expect(await send("one")).toEqual({ end: "accepted" });
    await mail.refuse("550 5.1.1 no such mailbox");
    expect(await send("two")).toMatchObject({ end: "refused", detail: expect.stringContaining("no such mailbox") });
    await mail.refuse("451 4.3.0 later");
    expect(await send("three")).toMatchObject({ end: "later", detail: expect.stringContaining("451") });
    await rm(join(folder, "mail", "arrived", "refuse")); // it takes mail again
    expect(await send("four", relay("wrong"))).toMatchObject({ end: "away" });
    expect(await send("five", relay(mail.password, false))).toMatchObject({ end: "away" });
    await mail.hangUpOnce();
    expect(await send("six")).toMatchObject({ end: "unknown" });
    await mail.stop();
    expect(await send("seven")).toMatchObject({ end: "away" });
    await mail.start();
    // Of what was refused or went to nobody, not a byte of the text had left.
    expect(began).toEqual(["one", "six"]);
  });

  it("S-57: an app password is told to its owner in German, and a test to the help desk, each once", async () => {
    let gateway: TestGateway | undefined;
    let agent: Server | undefined;
    try {
      gateway = await startTestGateway({ variables: { NOTICE_HELPDESK: "desk@contoso.test" } });
      const api = apiOf(chosenTarget({ env: {}, state: gateway.home }, "local"));
      const { token } = await api.post<{ token: string }>("/v1/tokens", { name: "agent", scope: "directory" });
      const person = {
        ...{ sipUri: "sip:joerg@contoso.test", upn: null, account: "CONTOSO\\joerg", displayName: "Jörg O'Brien" },
        ...{ mail: "joerg@contoso.test", mobile: null, sid: null, language: "de", groups: [] },
      };
      const key = "ad:00000000-0000-4000-8000-000000000001";
      await api.post("/v1/directory/apply", { source: "ad", rows: [{ key, state: "in", person }] });
      const made = await api.post<{ password: string }>("/v1/users/joerg@contoso.test/passwords", { label: "Händi" });
      await api.post("/v1/notices/test", {});
      const file = await configuration(gateway, token);
      const main = [process.execPath, join(PROJECT, "agent", "src", "main.ts")];
      expect(await run([...main, "mail", "--test", "carol@contoso.test", "--config", file], {})).toMatchObject({
        code: 0,
      });
      agent = startServer([...main, "--config", file], join(folder, "agent.output"), {});
      const to = async () =>
        (await mail.arrived()).filter(({ header }) => header("Auto-Submitted")).map((one) => one.to);
      for (let waited = 0; (await to()).length < 3 && waited < SOON_MS; waited += 250) await pause(250);
      await pause(6_000); // one more round of the agent
      expect((await to()).toSorted()).toEqual(["carol@contoso.test", "desk@contoso.test", "joerg@contoso.test"]);
      const mailed = (await mail.arrived()).find((one) => one.to === "joerg@contoso.test");
      const said = mailed?.text
        .replace(/=\r\n/g, "")
        .replace(/(?:=[0-9A-F]{2})+/g, (bytes) => Buffer.from(bytes.replaceAll("=", ""), "hex").toString());
      expect(said).toContain("Guten Tag Jörg O'Brien,");
      expect(said).toContain("Name: Händi");
      expect(said).not.toContain(made.password);
      // That a mail has arrived the agent may say a moment later.
      const ended = async () => {
        const { items } = await api.get<{ items: { kind: string; end: string }[] }>("/v1/notices", { state: "ended" });
        return items.map(({ kind, end }) => `${kind} ${end}`).toSorted();
      };
      await expect.poll(ended, { timeout: SOON_MS }).toEqual(["password-created sent", "test sent"]);
    } finally {
      await agent?.stop();
      await gateway?.stop();
    }
  });

  async function configuration({ gateway, adminHost }: TestGateway, token: string): Promise<string> {
    const secret = async (name: string, text: string): Promise<string> => {
      await writeFile(join(folder, name), text, { mode: 0o600 });
      return join(folder, name);
    };
    const file = join(folder, "agent.json");
    const content = {
      gateway: { url: gateway, host: adminHost, tokenFile: await secret("token", token) },
      directory: {
        domains: [{ servers: ["ldaps://127.0.0.1:9"], netbios: "CONTOSO", bases: ["DC=contoso,DC=test"] }],
        bind: { user: "agent@contoso.test", passwordFile: await secret("bind", "nobody asks") },
      },
      mail: {
        relay: {
          ...{ host: "localhost", port: mail.port, caFile: mail.caFile },
          userFile: await secret("mail-user", mail.user),
          passwordFile: await secret("mail-password", mail.password),
        },
        ...{ from: { name: "Böse Möwe", address: "postern@contoso.test" }, organisation: "Contoso" },
        ...{ stateDir: join(folder, "state"), everySeconds: 5 },
      },
      listen: { port: await freePort() },
    };
    await writeFile(file, JSON.stringify(content));
    return file;
  }
});
