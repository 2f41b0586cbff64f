// App passwords that ask for a code, as the guard decides them (S-64). The person's codes are a stand-in here; over
// HTTP, with the portal's authenticator app, test/conformance/code-passwords.test.ts tries them.

import { env, runInDurableObject } from "cloudflare:test";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { attempt, type From, HOUR, KEYRING, MINUTE, ntlm, pass, SECOND, stopClock } from "../../test/kit/attempts.ts";
import { stepAt, totp } from "../../test/kit/codes.ts";
import { ROWS_OF_A_USER } from "../audit/cadence.ts";
import { generateAppPassword, ntHashesOf } from "../core/credentials/app-password.ts";
import { charactersOfCodePassword, generateCodePassword } from "../core/credentials/code-password.ts";
import type { Codes } from "../core/credentials/code-steps.ts";
import type { Evidence } from "../core/credentials/evidence.ts";
import { sealCodePassword, sealHashes } from "../core/credentials/sealed-hash.ts";
import { DEFAULT_LIMITS } from "../core/lockout/limits.ts";
import { pending } from "../guards/audit-outbox.ts";
import { GuardAudit } from "../guards/guard-audit.ts";
import type { SignInAttempt } from "../guards/sign-in-question.ts";
import { LazyTables } from "../guards/storage.ts";
import { passwordClaim } from "../sign-in/password.ts";
import { CodeTable } from "./code-table.ts";
import { SCHEMA_STEPS } from "./schema.ts";
import { SignIns } from "./sign-ins.ts";
import { UsedOnce } from "./used-once.ts";
import { UserLockout } from "./user-lockout.ts";

beforeAll(stopClock);
beforeEach(() => {
  vi.spyOn(console, "log").mockImplementation(() => undefined);
});

const HOLDS_MS = 10 * MINUTE;
const SECRET = Buffer.from("a secret of twenty b");

/** What goes into one guard, and what comes out of it. */
type Run = {
  /** The app password, as its user reads it. */
  readonly password: string;
  /** An ordinary one of the same user. */
  readonly ordinary: string;
  readonly user: SignInAttempt["user"];
  /** The code of so many steps from now. */
  code: (steps?: number) => string;
  /** Signs in, and returns `in`, or the reason. */
  tryIt: (evidence: Evidence, from?: From) => string;
  kindOf: (evidence: Evidence, from?: From) => string;
  readonly codes: { lastStep: number };
  readonly table: CodeTable;
  reasons: () => string[];
};

let users = 0;
/** Runs within a guard's object, whose user has an authenticator app, unless `app` says otherwise. */
function within(run: (guard: Run) => void, { app = true, dryRun = false, blocked = false } = {}): Promise<void> {
  const id = `u_code${++users}`;
  const place = { userId: id, credentialId: "p_code" };
  const [password, ordinary] = [generateCodePassword(), generateAppPassword()];
  const user = {
    ...{ id, sipUri: `sip:${id}@contoso.test`, disabled: false, revoked: [] },
    credentials: [
      { id: "p_code", ntHashes: sealCodePassword(KEYRING, place, charactersOfCodePassword(password)), asksCode: true },
      { id: "p_0", ntHashes: sealHashes(KEYRING, { ...place, credentialId: "p_0" }, ntHashesOf(ordinary)) },
    ],
  };
  return runInDurableObject(env.USER_GUARD.getByName(id), (_, { storage }) => {
    const tables = new LazyTables(storage, SCHEMA_STEPS);
    const kept = { lastStep: 0 };
    const codes = (): Codes => ({
      codeAt: (step) => totp(SECRET, step),
      lastStep: kept.lastStep,
      accept: (step) => {
        kept.lastStep = step;
      },
    });
    const table = new CodeTable(tables.exec, DEFAULT_LIMITS.codes, HOLDS_MS);
    const audit = new GuardAudit(tables, ROWS_OF_A_USER);
    const signIns = new SignIns({
      ...{ keyring: KEYRING, dryRun, audit },
      lockout: new UserLockout(tables.exec, DEFAULT_LIMITS),
      challenges: new UsedOnce(tables, "used_challenges"),
      codes: { codes: () => (app ? codes() : undefined), table },
      db: () => {
        throw new Error("nothing is asked of D1");
      },
      ...{ isDead: () => false, mustUsePage: () => false, isBlocked: () => blocked, later: () => undefined },
    });
    const reasons = (): string[] =>
      pending((...statement) => storage.sql.exec(...statement), 5_000).map((e) => e.reason);
    const decide = (evidence: Evidence, from?: From) => signIns.decide(attempt(user, evidence, from), Date.now());
    run({
      ...{ password, ordinary, user, codes: kept, table, reasons },
      code: (steps = 0) => totp(SECRET, stepAt(Date.now()) + steps),
      tryIt: (evidence, from) => {
        const verdict = decide(evidence, from);
        return verdict.kind === "signed-in"
          ? "in"
          : verdict.kind === "refused"
            ? (reasons().at(-1) ?? "")
            : verdict.kind;
      },
      kindOf: (evidence, from) => decide(evidence, from).kind,
    });
  });
}

/** A password in the clear, read as the Worker reads it. */
const clear = (password: string): Evidence =>
  passwordClaim("password-grant", { name: "x", password }, "CONTOSO").evidence;

const CHANNELS = { ntlm, clear } as const;

describe.each(Object.entries(CHANNELS))("S-64: an app password that asks for a code, over %s", (channel, prove) => {
  it("lets in with the code behind it, in the spellings people type, once for each time step", async () => {
    await within(({ password, code, tryIt }) => {
      const plain = password.replaceAll("-", "");
      for (const spelt of [`${password}${code()}`, `${plain}${code()}`, `${password}-${code()}`]) {
        expect(tryIt(prove(spelt))).toBe("in"); // the first uses the code up, and it holds for the others
      }
      pass(30 * SECOND);
      expect(tryIt(prove(password + code()))).toBe("in");
    });
  });

  it("takes the code of one step before and after, and no other", async () => {
    for (const [steps, expected] of [
      [-2, channel === "ntlm" ? "wrong-proof" : "code-wrong"],
      [-1, "in"],
      [0, "in"],
      [1, "in"],
      [2, channel === "ntlm" ? "wrong-proof" : "code-wrong"],
    ] as const) {
      await within(({ password, code, tryIt }) => {
        expect(tryIt(prove(password + code(steps))), String(steps)).toBe(expected);
      });
    }
  });

  it("refuses a code at another place, and one of a step before the last accepted", async () => {
    await within(({ password, code, tryIt, codes }) => {
      const [earlier, used] = [code(-1), code()];
      expect(tryIt(prove(password + used))).toBe("in");
      expect(codes.lastStep).toBe(stepAt(Date.now()));
      expect(tryIt(prove(password + used), { source: "198.51.100.7" })).toBe("code-used");
      expect(tryIt(prove(password + used), { client: "another" })).toBe("code-used");
      expect(tryIt(prove(password + earlier), { source: "198.51.100.8" })).toBe("code-used");
      expect(tryIt(prove(password + used))).toBe("in"); // the place itself has lost nothing
    });
  });

  it("lets the same code in at the same place for ten minutes, and not a moment longer", async () => {
    await within(({ password, code, tryIt }) => {
      const used = code();
      expect(tryIt(prove(password + used))).toBe("in");
      pass(HOLDS_MS - SECOND);
      expect(tryIt(prove(password + used))).toBe("in"); // a success does not lengthen it
      pass(SECOND);
      expect(tryIt(prove(password + used))).toBe("code-used");
      expect(tryIt(prove(password + code()))).toBe("in");
    });
  });

  it("knows no difference between two app passwords: a step is used up for both", async () => {
    await within(({ password, code, tryIt, codes }) => {
      codes.lastStep = stepAt(Date.now()); // in the portal, or with another app password
      expect(tryIt(prove(password + code()))).toBe("code-used");
      expect(tryIt(prove(password + code(1)))).toBe("in");
    });
  });

  it("says when the code was forgotten, and opens nothing", async () => {
    await within(({ password, tryIt, reasons, kindOf }) => {
      expect(tryIt(prove(password))).toBe("code-missing");
      for (let at = 0; at < 50; at++) expect(kindOf(prove(password))).toBe("repeated"); // counts once an hour
      expect(reasons().filter((reason) => reason === "code-missing").length).toBeLessThan(3);
    });
  });

  it("does not count a stored password against its user again and again, nor lets it in", async () => {
    await within(({ password, code, kindOf, tryIt, table }) => {
      const stored = prove(password + code());
      const again = () => (channel === "ntlm" ? prove(password + first) : stored);
      const first = code();
      expect(kindOf(stored)).toBe("signed-in");
      pass(HOUR);
      for (let at = 0; at < 500; at++) {
        pass(MINUTE);
        expect(kindOf(again())).not.toBe("signed-in");
      }
      expect(table.fullUntil({ source: "203.0.113.7", client: "client" }, Date.now())).toBeUndefined();
      expect(tryIt(prove(password + code()))).toBe("in");
    });
  });

  it("uses no code up while something else is in the way", async () => {
    await within(
      ({ password, code, tryIt, codes }) => {
        expect(tryIt(prove(password + code()))).toBe("device-blocked");
        expect(codes.lastStep).toBe(0);
      },
      { blocked: true },
    );
  });

  it("refuses everything when the person has no authenticator app", async () => {
    await within(
      ({ password, ordinary, code, tryIt }) => {
        expect(tryIt(prove(password + code()))).toBe(channel === "ntlm" ? "wrong-proof" : "code-wrong");
        expect(tryIt(prove(password))).toBe("code-missing");
        expect(tryIt(prove(ordinary))).toBe("in");
      },
      { app: false },
    );
  });
});

describe("S-64: guesses at the code by somebody who has the app password", () => {
  const guesses = (run: Run, from: From, count: number): void => {
    for (let at = 0; at < count; at++) run.kindOf(ntlm(`${run.password}${String(at).padStart(6, "0")}`), from);
  };
  const AWAY = { source: "198.51.100.9", client: "thief" };

  it("are a hundred in a familiar place, and one an hour after that, whatever the waits allow", async () => {
    await within((guard) => {
      const { password, code, tryIt, ordinary } = guard;
      expect(tryIt(ntlm(password + code()))).toBe("in");
      pass(HOUR);
      guesses(guard, {}, 120);
      expect(tryIt(ntlm(password + code()))).not.toBe("in");
      expect(tryIt(ntlm(ordinary))).toBe("in"); // S-43: an ordinary one never waits there
      expect(tryIt(ntlm(password + code()))).toBe("code-waiting");
      pass(90 * MINUTE);
      expect(tryIt(ntlm(password + code()))).toBe("in");
    });
  });

  it("of strangers fill the strangers' count, and not that of a familiar place", async () => {
    await within((guard) => {
      const { password, code, tryIt, table } = guard;
      expect(tryIt(ntlm(password + code()))).toBe("in");
      pass(MINUTE);
      for (let network = 0; network < 30; network++) guesses(guard, { ...AWAY, source: `10.9.0.${network}` }, 5);
      expect(table.fullUntil(undefined, Date.now())).toBeGreaterThan(Date.now());
      expect(tryIt(ntlm(password + code()), { ...AWAY, source: "10.9.1.1" })).toBe("code-waiting");
      expect(tryIt(ntlm(password + code()))).toBe("in");
    });
  });

  it("are no guesses when another app password stands in front, where that can be told", async () => {
    await within(({ password, code, tryIt, kindOf }) => {
      expect(tryIt(clear(password + code()))).toBe("in");
      pass(HOUR);
      for (let at = 0; at < 150; at++) kindOf(clear(`${generateCodePassword()}${code(at)}`));
      expect(tryIt(clear(password + code()))).toBe("in");
    });
  });

  it("are only noted in a dry run (S-26)", async () => {
    await within(
      ({ password, code, tryIt, table }) => {
        for (let at = 0; at < 100; at++) table.countGuess(undefined, Date.now());
        expect(tryIt(ntlm(password + code()))).toBe("in");
      },
      { dryRun: true },
    );
  });
});

it("S-64: a row of D1 that says it asks for no code opens nothing", async () => {
  await within(({ password, code, user, kindOf }) => {
    const [first] = user.credentials;
    if (first === undefined) throw new Error("no credential");
    const { asksCode: _asks, ...rest } = first;
    Object.assign(user, { credentials: [rest] });
    expect(kindOf(ntlm(password))).toBe("unavailable");
    expect(kindOf(ntlm(password + code()))).toBe("unavailable");
  });
});
