// The page on the LAN with a real directory: people at PCs of the domain whose browsers have real Kerberos tickets, and
// tickets that are not what they should be.

import { writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { signIn } from "../../conformance/support/ntlm.ts";
import { WINDOWS_GRANT } from "../../conformance/support/tickets.ts";
import { makeFolder, removeFolder } from "../ad/folder.ts";
import { NETBIOS_DOMAIN, REALM } from "../ad/names.ts";
import { mustRun, run } from "../ad/process.ts";
import { addAuthenticator } from "../browser/browser.ts";
import { SIPE_REQUIREMENTS } from "../sipe/finch.ts";
import { signInWithSipe } from "../sipe/sign-in.ts";
import { type AgentProcess, newAgent } from "./agent.ts";
import { type Controller, SMALL, startController } from "./controller.ts";
import { DOMAIN_PC_NEEDED, readQrCode, startDomainPc } from "./domain-pc.ts";
import { type SyncedGateway, startSyncedGateway } from "./gateway.ts";
import { KNOWN } from "./people.ts";
import { AGENT_ACCOUNT, dnOf, groupDn, modified, PAGE_HOST } from "./population.ts";
import { describeAgent } from "./requirements.ts";

/** Chromium, and the Lync client that signs in at last. */
const NEEDED = [...DOMAIN_PC_NEEDED, ...SIPE_REQUIREMENTS];
const PORT = 8492;
const PAGE = `http://${PAGE_HOST}:${PORT}/`;
/** A directory, a gateway and a first sync: seconds, and minutes on a machine that is busy. */
const BEGINNING_MS = 900_000;
/** An account of the domain with another service, such as another web site of the organisation. */
const OTHER_HOST = "intranet.corp.contoso.test";

describeAgent(
  "the page on the LAN",
  () => {
    let folder: string;
    let controller: Controller;
    let gateway: SyncedGateway;
    let agent: AgentProcess;
    let catcher: Server;

    beforeAll(async () => {
      folder = await makeFolder();
      controller = await startController(join(folder, "directory"), SMALL);
      gateway = await startSyncedGateway(controller, Object.values(KNOWN));
      const { keytab: keytabFile, krb5Conf: krb5ConfFile, host } = controller;
      agent = await newAgent(join(folder, "agent"), {
        ...{ controller, gateway, token: gateway.token },
        parts: {
          enrolment: {
            ...{ name: PAGE_HOST, keytabFile, krb5ConfFile, host, port: PORT },
            denyMembersOf: [groupDn("Lync Mobile Europe")],
          },
        },
      });
      await controller.sambaTool("spn", "add", `HTTP/${OTHER_HOST}`, AGENT_ACCOUNT);
      // alice alone is in it, and it is in the group that is denied. alice and bob were made by hand at this gateway.
      const member = dnOf(KNOWN.alice, KNOWN.alice.place);
      await controller.modify(modified(groupDn("Köln, Süd & O'Hare"), { member }));
      await agent.start();
      const isThere = async () => expect((await gateway.linked()).has("carol")).toBe(true);
      await vi.waitFor(isThere, { timeout: 300_000, interval: 500 });
      // Shows what a browser would send to a host, and answers nothing useful.
      catcher = createServer((request, response) => {
        const { authorization } = request.headers;
        response.writeHead(authorization === undefined ? 401 : 200, { "www-authenticate": "Negotiate" });
        response.end(authorization ?? "");
      });
      await new Promise<void>((resolve) => catcher.listen(0, host, resolve));
    }, BEGINNING_MS);
    afterAll(async () => {
      catcher?.close();
      await agent?.stop();
      await gateway?.stop();
      await controller?.stop();
      await removeFolder(folder);
    });

    /** What curl gets with somebody's Kerberos tickets, from the page or from another host. */
    async function asked(account: string, url: string, ...more: readonly string[]) {
      const env = { KRB5_CONFIG: controller.krb5Conf, KRB5CCNAME: `FILE:${join(folder, `tickets-${account}`)}` };
      const input = `${controller.passwordOf(account)}\n`;
      await mustRun(["kinit", `${account}@${REALM}`], { env, input });
      const { hostname, port } = new URL(url);
      const resolve = ["--resolve", `${hostname}:${port}:${controller.host}`];
      const { stdout } = await run(
        ["curl", "-s", "--negotiate", "-u", ":", ...resolve, "-w", "\n%{http_code}", ...more, url],
        { env },
      );
      const at = stdout.lastIndexOf("\n");
      return { status: Number(stdout.slice(at + 1)), text: stdout.slice(0, at) };
    }
    /** The page's answer to a header that somebody kept. */
    async function sent(authorization: string) {
      const resolve = ["--resolve", `${PAGE_HOST}:${PORT}:${controller.host}`];
      const header = ["-H", `Authorization: ${authorization}`];
      const out = await mustRun(["curl", "-s", "-i", ...resolve, ...header, PAGE]);
      return { status: Number(/ (\d{3}) /.exec(out)?.[1]), text: out };
    }
    /** The `Authorization` that a client of somebody sends to a host. */
    const ticketFor = async (account: string, host: string): Promise<string> =>
      (await asked(account, `http://${host}:${(catcher.address() as AddressInfo).port}/`)).text;

    it("S-56: leads from a PC of the domain to an app password on the phone, and no password is typed", async () => {
      const pc = await startDomainPc(join(folder, "pc"), controller, { account: "carol" });
      try {
        const page = await pc.newPage();
        await page.goto(PAGE);
        // The first request of a fresh Chromium has no ticket. The page says so, and offers to try again.
        if ((await page.locator("form").count()) === 0) await page.getByRole("link", { name: "Try again" }).click();
        await page.getByRole("heading", { name: "Hello, carol" }).waitFor();
        expect(await page.locator("input:not([type=hidden])").count()).toBe(0);
        await page.getByRole("button", { name: "Show my code" }).click();
        const code = page.getByAltText("QR code with your link");
        await code.waitFor();
        await expect.poll(() => page.getByRole("timer").textContent()).toMatch(/for (?:10:00|9:\d\d) more minutes/);
        const picture = join(folder, "code.png");
        await writeFile(picture, await code.screenshot());
        const link = new URL(await readQrCode(picture));
        expect(link.hostname).toBe(gateway.portalHost);
        expect(await page.getByRole("link", { name: "Open the page on this computer" }).getAttribute("href")).toBe(
          link.href,
        );
        const password = await passwordFor(await pc.newPage(), link);
        const { upn = "", address = "" } = KNOWN.carol;
        const person = { sipUri: address, upn, domain: NETBIOS_DOMAIN, account: "carol", password };
        expect((await signIn(gateway, WINDOWS_GRANT, person)).status).toBe(200);
        const place = { ...person, user: person.account, baseUrl: gateway.gateway, hosts: gateway.hosts };
        const sipe = await signInWithSipe(place, password);
        expect(sipe.certified, sipe.log).toBe(true);
        expect(agent.output()).toContain('"outcome":"invited","person":"carol@CORP.CONTOSO.TEST"');
        for (const secret of [link.hash.slice(1), password]) expect(agent.output()).not.toContain(secret);
      } finally {
        await pc.close();
      }
    });

    /** What the portal hands out to somebody who opens the link, makes a passkey and sets up a phone. */
    async function passwordFor(page: Page, link: URL): Promise<string> {
      await addAuthenticator(page);
      await page.goto(`${gateway.portalUrl}${link.pathname}${link.hash}`); // the agent knows no port
      await page.locator("form[data-join] button").click();
      await page.waitForURL(/\/welcome$/);
      await page.locator("form[data-passkey] button").click();
      await page.waitForURL(/\/\?done=welcome$/);
      await page.locator("a.task[href='/devices/new']").click();
      await page.locator("a[href='/devices/new/iphone']").click();
      await page.locator("form[action='/devices/new/iphone'] button").click();
      return (await page.locator("#secret").textContent()) ?? "";
    }

    it("S-56: a browser without a ticket, and one that does not trust the page, get a page that says what to do", async () => {
      for (const [name, options] of [
        ["no-ticket", {}],
        ["no-trust", { account: "carol", trusting: false }],
      ] as const) {
        const pc = await startDomainPc(join(folder, name), controller, options);
        try {
          const page = await pc.newPage();
          for (let times = 0; times < 2; times++) expect((await page.goto(PAGE))?.status(), name).toBe(401);
          await page.getByRole("heading", { name: "Your computer did not say who you are" }).waitFor();
        } finally {
          await pc.close();
        }
      }
    });

    it.each([
      ["paula.admin", "special rights"],
      ["nina", "special rights"],
      ["olga", "not enabled for Skype for Business"],
      ["stranger", "not enabled for Skype for Business"],
      ["alice", "in a group that may not use"], // by a nested group
    ])("S-56: gives %s a sentence in place of a code", async (account, sentence) => {
      const { status, text } = await asked(account, PAGE);
      expect([status, text]).toEqual([403, expect.stringContaining(sentence)]);
      expect(text).not.toContain("<form");
    });

    it("S-56: somebody who was disabled a moment ago gets no code with a ticket from before", async () => {
      const ticket = await ticketFor("carol", PAGE_HOST);
      await controller.sambaTool("user", "disable", "carol");
      const { status, text } = await sent(ticket);
      await controller.sambaTool("user", "enable", "carol");
      expect([status, text]).toEqual([403, expect.stringContaining("disabled")]);
    });

    it("S-56: a ticket is good once, also when the agent was started again in between", async () => {
      const ticket = await ticketFor("carol", PAGE_HOST);
      expect((await sent(ticket)).status).toBe(200);
      expect((await sent(ticket)).status).toBe(403);
      await agent.stop();
      await agent.start();
      const { status, text } = await sent(ticket);
      expect([status, text]).toEqual([403, expect.stringContaining("ticket was not accepted")]);
    });

    it("S-56: a ticket for another host of the same account is refused", async () => {
      const ticket = await ticketFor("carol", OTHER_HOST);
      expect(ticket).toMatch(/^Negotiate YI/);
      expect((await sent(ticket)).status).toBe(403);
    });

    it("S-56: NTLM is refused without a second question, and the page says that it takes no password", async () => {
      for (const token of ["TlRMTVNTUAABAAAAB4IIogAAAAAAAAAAAAAAAAAAAAAKAGFKAAAADw=="]) {
        const { status, text } = await sent(`Negotiate ${token}`);
        expect([status, text]).toEqual([403, expect.stringContaining("This page takes no password")]);
        expect(text).not.toMatch(/www-authenticate/i);
      }
      expect((await sent("Basic Ym9iOng=")).status).toBe(403);
    });
  },
  NEEDED,
);
