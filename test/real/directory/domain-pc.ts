// A PC of the domain at which somebody has signed in: Debian's Chromium with the person's Kerberos ticket, which it
// shows to the organisation's own page and to no other site. Whoever it is types no password into a page.

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type BrowserContext, chromium } from "playwright-core";
import { DNS_DOMAIN, REALM } from "../ad/names.ts";
import { mustRun } from "../ad/process.ts";
import { CHROMIUM_NEEDED, patient } from "../browser/browser.ts";
import type { Requirement } from "../requirements.ts";
import type { Controller } from "./controller.ts";
import { PAGE_HOST } from "./population.ts";

/** What it needs of the machine, and the program that reads QR codes as a phone does. */
export const DOMAIN_PC_NEEDED: readonly Requirement[] = [
  ...CHROMIUM_NEEDED,
  { file: "zbarimg", debianPackage: "zbar-tools" },
];

/** How a PC differs from an ordinary one of the domain. */
export type PcOptions = {
  /** Who has signed in; nobody: the PC has no ticket. */
  readonly account?: string;
  /** False: the domain's policy does not name the page, so Chromium shows it no ticket. */
  readonly trusting?: boolean;
};

/** Starts a browser in `folder`, which it makes. The caller closes it. */
export async function startDomainPc(
  folder: string,
  controller: Controller,
  { account, trusting = true }: PcOptions,
): Promise<BrowserContext> {
  const profile = join(folder, "profile");
  await mkdir(profile, { recursive: true });
  // As the policy DisableAuthNegotiateCnameLookup. A mapped name would otherwise become its address.
  await writeFile(join(profile, "Local State"), JSON.stringify({ auth: { disable_negotiate_cname_lookup: true } }));
  const env = { KRB5_CONFIG: controller.krb5Conf, KRB5CCNAME: `FILE:${join(folder, "tickets")}` };
  if (account !== undefined) {
    await mustRun(["kinit", `${account}@${REALM}`], { env, input: `${controller.passwordOf(account)}\n` });
  }
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: "/usr/bin/chromium",
    ignoreHTTPSErrors: true,
    args: [
      "--no-sandbox", // CI is root
      `--host-resolver-rules=MAP *.${DNS_DOMAIN} ${controller.host}`,
      ...(trusting ? [`--auth-server-allowlist=${PAGE_HOST}`] : []),
    ],
    env: { PATH: process.env.PATH ?? "", HOME: folder, ...env },
  });
  return patient(context);
}

/** The text of the one QR code in this picture, a PNG. */
export async function readQrCode(file: string): Promise<string> {
  const text = await mustRun(["zbarimg", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", file]);
  return text.trim();
}
