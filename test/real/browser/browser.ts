// Debian's Chromium, driven by playwright-core: somebody at a screen of some width, with an authenticator that makes
// passkeys. What pages look like is kept in evidence/screens/, for people to look at.

import { readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type CDPSession,
  chromium,
  type Page,
} from "playwright-core";
import type { Requirement } from "../requirements.ts";

const CHROMIUM = "/usr/bin/chromium";
const SCREENS = join(import.meta.dirname, "../../../evidence/screens");
/** Runs in the page: a script element would be against the page's Content-Security-Policy. */
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export const CHROMIUM_NEEDED: readonly Requirement[] = [
  { file: CHROMIUM, debianPackage: "chromium" },
  { file: "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", debianPackage: "fonts-dejavu-core" },
];

/** Starts it. `--no-sandbox`: CI is root. `more`: further options of its command line. */
export const startBrowser = (more: readonly string[] = []): Promise<Browser> =>
  chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", ...more] });

/** How long a page is waited for, ms. Playwright's 30 s are too short where everything else runs, too. */
const PATIENCE_MS = 120_000;

/** A browser's context that is as patient as these tests are. */
export const newContext = async (browser: Browser, options: BrowserContextOptions = {}): Promise<BrowserContext> =>
  patient(await browser.newContext(options));

/** Makes a context as patient as these tests are. */
export function patient(context: BrowserContext): BrowserContext {
  context.setDefaultTimeout(PATIENCE_MS);
  return context;
}

export const PHONE = { width: 360, height: 740 } as const;
/** A phone of today. */
export const NEW_PHONE = { width: 390, height: 844 } as const;
export const DESKTOP = { width: 1440, height: 900 } as const;
/** The window in which Lync on Windows shows a page. */
export const LYNC_WINDOW = { width: 500, height: 600 } as const;

type Seat = {
  readonly size?: typeof PHONE | typeof NEW_PHONE | typeof DESKTOP | typeof LYNC_WINDOW;
  readonly locale?: string;
  readonly script?: boolean;
};

/** Somebody in front of a browser of their own. */
export type Visitor = {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What the browser complained about: errors of scripts, and what the Content-Security-Policy blocked. */
  readonly complaints: readonly string[];
  /** From now on the person's finger is recognised, or not. */
  readonly verified: (isUserVerified: boolean) => Promise<void>;
  /** Keeps pictures of the page in both themes. */
  readonly shot: (name: string) => Promise<void>;
  /** What axe finds wrong with the page, serious and critical, in both themes. */
  readonly barriers: () => Promise<readonly string[]>;
};

/** A new person, with nothing in the browser and no passkey yet. */
export async function visitor(
  browser: Browser,
  { size = DESKTOP, locale = "en-GB", script = true }: Seat = {},
): Promise<Visitor> {
  const context = await newContext(browser, {
    ...{ viewport: size, locale, javaScriptEnabled: script, colorScheme: "light" },
  });
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => {
    // That an answer was a refusal is what some tests are about.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource"))
      complaints.push(message.text());
  });
  page.on("pageerror", (fault) => complaints.push(fault.message));
  const { cdp, authenticatorId } = await addAuthenticator(page);
  const inBothThemes = async (act: (theme: "light" | "dark") => Promise<void>): Promise<void> => {
    for (const theme of ["dark", "light"] as const) {
      await page.emulateMedia({ colorScheme: theme });
      await act(theme);
    }
  };
  return {
    ...{ page, context, complaints },
    verified: (isUserVerified) =>
      cdp.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified }).then(() => undefined),
    shot: async (name) => {
      await mkdir(SCREENS, { recursive: true });
      await inBothThemes(async (theme) => {
        const path = join(SCREENS, `${name}-${page.viewportSize()?.width ?? 0}-${theme}.png`);
        await page.screenshot({ path, fullPage: true, animations: "disabled" });
      });
    },
    barriers: async () => {
      const found: string[] = [];
      await inBothThemes(async (theme) => {
        found.push(...(await axeOn(page)).map((said) => `${theme}: ${said}`));
      });
      return found;
    },
  };
}

/**
 * Does what leads to another page, and waits until that page has loaded. It listens before it acts, so no page is too
 * quick for it; and it never takes the page that is being left for the one that comes.
 */
export async function leads(page: Page, act: () => Promise<unknown>): Promise<void> {
  await Promise.all([page.waitForEvent("framenavigated", (frame) => frame === page.mainFrame()), act()]);
  await page.waitForLoadState();
}

/** Gives the page an authenticator, whose person is there and is recognised. */
export async function addAuthenticator(page: Page): Promise<{ cdp: CDPSession; authenticatorId: string }> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("WebAuthn.enable");
  const { authenticatorId } = await cdp.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      ...{ protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true },
      ...{ isUserVerified: true, automaticPresenceSimulation: true },
    },
  });
  return { cdp, authenticatorId };
}

type Violation = {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly html: string }[];
};

async function axeOn(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const violations: readonly Violation[] = await page.evaluate("axe.run().then(({ violations }) => violations)");
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`);
}
