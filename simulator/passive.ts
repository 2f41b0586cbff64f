// The pool's relying party of WS-Federation, as `Set-CsWebServiceConfiguration -UseWsFedPassiveAuth $true
// -WsFedPassiveMetadataUri …` sets it up: its settings, which tests can change, whom it trusts, and the keys of its
// session cookies.

import { randomBytes } from "node:crypto";
import type { HeaderLine } from "./exchange.ts";
import { readDocument } from "./passive-document.ts";
import { readTokenService, type TokenService } from "./passive-metadata.ts";
import { type PassiveSession, sessionCookies, sessionIn } from "./passive-session.ts";
import { MAX_CLOCK_SKEW_MS, type TokenRules } from "./passive-token.ts";

/** How the relying party is set up. Every setting has the default of a pool with one Front-End. */
export interface PassiveSettings {
  /** WsFedPassiveMetadataUri. It is read when it is first needed, and again only when a test says so. */
  readonly metadataUri?: string;
  /** The Host header for that address. Default: its own host. */
  readonly metadataHost?: string;
  /** The pool's name as relying party. Default: `https://<web host>/passiveauth`. */
  readonly realm?: string;
  /** True: a token counts once. WIF's default is false. */
  readonly detectReplay?: boolean;
  /** False: the metadata names no port for the session of /PassiveAuth, and there is none. Default true. */
  readonly wsFedPassive?: boolean;
  /** True: WebTicketAdvancedService takes a token in the SOAP header. Default false. */
  readonly wsFedBearer?: boolean;
  /** The path of the session cookies. Nobody outside knows whether Lync sets it wider than WIF does. Default `/`. */
  readonly cookiePath?: "/" | "/PassiveAuth";
  /** True: a load balancer before two Front-Ends, which cannot read each other's cookies. Default false. */
  readonly twoFrontEnds?: boolean;
  /** How far the relying party's clock is ahead of the Front-End's, ms. Default 0. */
  readonly clockSkewMs?: number;
  /** True: no certificate is trusted, so that every good token is refused with ID4175. Default false. */
  readonly trustsNobody?: boolean;
}

/** The cookie by which the load balancer finds the Front-End that a client had before. */
const AFFINITY = "MS-WSMAN";

/** One of the pool's Front-Ends, and the line that ties the client to it. */
interface ChosenFrontEnd {
  readonly key: Uint8Array;
  readonly affinity: readonly HeaderLine[];
}

export class RelyingParty {
  readonly #initial: PassiveSettings;
  readonly #defaultRealm: string;
  readonly #now: () => number;
  readonly #keys = [randomBytes(32), randomBytes(32)] as const;
  readonly #seen = new Set<string>();
  #settings: PassiveSettings;
  #tokenService: Promise<TokenService | undefined> | undefined;
  #turn = 0;

  /** @param defaultRealm the pool's name, unless the settings have another */
  constructor(settings: PassiveSettings, defaultRealm: string, now: () => number) {
    this.#initial = settings;
    this.#settings = settings;
    this.#defaultRealm = defaultRealm;
    this.#now = now;
  }

  get settings(): PassiveSettings {
    return this.#settings;
  }

  get realm(): string {
    return this.#settings.realm ?? this.#defaultRealm;
  }

  /** The relying party's clock, milliseconds since the epoch. */
  now(): number {
    return this.#now() + (this.#settings.clockSkewMs ?? 0);
  }

  /** Changes some settings. What is known of the token service stays, until {@link refresh}. */
  configure(changes: PassiveSettings): void {
    this.#settings = { ...this.#settings, ...changes };
  }

  /** Sets everything as it was at the start, except the address of the metadata. What is known of it stays. */
  reset(): void {
    const { metadataUri, metadataHost } = this.#settings;
    const where = metadataUri === undefined ? {} : { metadataUri, ...(metadataHost && { metadataHost }) };
    this.#settings = { ...this.#initial, ...where };
    this.#seen.clear();
  }

  /** Reads the metadata now. Keeps what was known if it cannot be read. False then. */
  async refresh(): Promise<boolean> {
    const read = await this.#read();
    if (read) this.#tokenService = Promise.resolve(read);
    return read !== undefined;
  }

  /** Whom the pool trusts. Reads the metadata if that has not worked yet. Undefined if it cannot be read. */
  async tokenService(): Promise<TokenService | undefined> {
    this.#tokenService ??= this.#read();
    const known = await this.#tokenService;
    if (!known) this.#tokenService = undefined;
    return known;
  }

  /** By what a token is judged at this moment. */
  async rules(): Promise<TokenRules> {
    const trusted = this.#settings.trustsNobody ? undefined : await this.tokenService();
    return { thumbprints: trusted?.thumbprints ?? new Set(), realm: this.realm, now: this.now() };
  }

  /** Whether a token has been here before, when the settings ask for that. Remembers it. */
  isReplay(id: string): boolean {
    if (this.#settings.detectReplay !== true) return false;
    const seen = this.#seen.has(id);
    this.#seen.add(id);
    return seen;
  }

  /**
   * The Front-End that serves a request. Two of them take turns, unless the load balancer's cookie says who it was
   * before.
   */
  frontEndFor(cookies: string): ChosenFrontEnd {
    if (this.#settings.twoFrontEnds !== true) return { key: this.#keys[0], affinity: [] };
    const tied = new RegExp(`(?:^|; *)${AFFINITY}=fe0([12])(?:;|$)`).exec(cookies)?.[1];
    if (tied !== undefined) return { key: this.#keys[tied === "1" ? 0 : 1], affinity: [] };
    const second = this.#turn++ % 2 === 1;
    return {
      key: this.#keys[second ? 1 : 0],
      affinity: [["Set-Cookie", `${AFFINITY}=fe0${second ? 2 : 1}; path=/`]],
    };
  }

  /** The live session in a request's cookies, by the Front-End that serves the request. */
  session(chosen: ChosenFrontEnd, cookies: string): PassiveSession | undefined {
    const found = sessionIn(chosen.key, cookies);
    if (typeof found === "string") return undefined;
    const now = this.now();
    const lives = found.from <= now + MAX_CLOCK_SKEW_MS && now - MAX_CLOCK_SKEW_MS < found.until;
    return lives ? found : undefined;
  }

  /** The lines that give a browser its session. */
  cookiesOf(chosen: ChosenFrontEnd, session: PassiveSession, secure: boolean): readonly HeaderLine[] {
    return sessionCookies(chosen.key, session, { path: this.#settings.cookiePath ?? "/", secure });
  }

  async #read(): Promise<TokenService | undefined> {
    const { metadataUri, metadataHost } = this.#settings;
    if (metadataUri === undefined) return undefined;
    const document = await readDocument(metadataUri, metadataHost);
    return document === undefined ? undefined : readTokenService(document);
  }
}
