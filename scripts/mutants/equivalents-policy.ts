// The equivalent mutants of the rooms lockout and policy.

import { type Equivalent, type Group, inGroups } from "./report.ts";

const GROUPS: ReadonlyArray<Group> = [
  {
    file: "src/core/lockout/decision.ts",
    why: "Math.max is asked only of failures that are there.",
    mutants: [
      [
        "const failedAt = failed.length === 0 ? now : Math.max(...failed.map((each) => each?.lastFailureAt ?? now));",
        "each.lastFailureAt",
      ],
    ],
  },
  {
    file: "src/core/lockout/limits.ts",
    why: 'Every unit but "count" is a time.',
    mutants: [
      ['["stranger.first-wait", "stranger", "firstWait", "time"],', '""'],
      ['["stranger.longest-wait", "stranger", "longestWait", "time"],', '""'],
      ['["stranger.forget-after", "stranger", "forgetAfter", "time"],', '""'],
      ['["familiar.first-wait", "familiar", "firstWait", "time"],', '""'],
      ['["familiar.longest-wait", "familiar", "longestWait", "time"],', '""'],
      ['["familiar.forget-after", "familiar", "forgetAfter", "time"],', '""'],
    ],
  },
  {
    file: "src/core/lockout/limits.ts",
    why: "Empty words are left out after the text is split.",
    mutants: [['for (const word of text.split(/[\\s,]+/).filter((each) => each !== "")) {', "/[\\s,]/"]],
  },
  {
    file: "src/core/lockout/limits.ts",
    why: "A word has no line end, so the expression matches all of it, and the first element is not read.",
    mutants: [
      ['const [, name = "", written = ""] = /^([^=]*)=?(.*)$/.exec(word) ?? [];', '"Stryker was here!"'],
      ['const [, name = "", written = ""] = /^([^=]*)=?(.*)$/.exec(word) ?? [];', "/([^=]*)=?(.*)$/"],
      ['const [, name = "", written = ""] = /^([^=]*)=?(.*)$/.exec(word) ?? [];', "/^([^=]*)=?(.*)/"],
      ['const [, name = "", written = ""] = /^([^=]*)=?(.*)$/.exec(word) ?? [];', '["Stryker was here"]'],
    ],
  },
  {
    file: "src/core/lockout/limits.ts",
    why: "Without a match the unit is none of the three, and the first element is not read.",
    mutants: [
      ['const [, digits = "", unit = ""] = /^(\\d{1,5})([smh])$/.exec(text) ?? [];', '"Stryker was here!"'],
      ['const [, digits = "", unit = ""] = /^(\\d{1,5})([smh])$/.exec(text) ?? [];', '["Stryker was here"]'],
    ],
  },
  {
    file: "src/core/lockout/mode.ts",
    why: "Limits that have faults put them into the list, which is then not empty.",
    mutants: [['return faults.length > 0 || "faults" in read', '""']],
  },
  {
    file: "src/core/policy/admit.ts",
    why: "There is something missing only of a device that is bound.",
    mutants: [
      [
        'addressBook: missing !== undefined && missing !== "not-a-desktop" && bound?.state === "allowed" ? missing : null,',
        "bound.state",
      ],
    ],
  },
  {
    file: "src/core/policy/admit.ts",
    why: "Every other word is a ticket that is not the key's as well.",
    mutants: [
      [
        'const presented: Presented = ticket.byKey ? "key" : request.confirms ? "certificate-request" : "password";',
        '""',
      ],
      [
        'const presented: Presented = ticket.byKey ? "key" : asked === undefined ? "password" : "certificate-request";',
        '""',
      ],
    ],
  },
  {
    file: "src/core/policy/admit.ts",
    why: "Where no device is known, the step `name` has decided before a rule or a key is asked about.",
    mutants: [
      [
        'circumstances: ticket.byKey && device !== undefined ? { ...circumstances, proof: "proved" } : circumstances,',
        "true",
      ],
      ['keyWaits: keyWaits(policy, request.asked, [bound?.facts.product ?? ""], presented),', '"Stryker was here!"'],
    ],
  },
  {
    file: "src/core/policy/admit.ts",
    why: "The step decides only where something is missing.",
    mutants: [
      [
        'if (judgement.step !== "address-book" || missing === undefined) return { kind: "judged", judgement, device };',
        "false",
      ],
    ],
  },
  {
    file: "src/core/policy/admit.ts",
    why: "A request that names a device always has a device.",
    mutants: [
      [
        'unbound && known === undefined && asNamed.device?.kind === "endpoint" && isByPassword(policy, asNamed);',
        "asNamed.device.kind",
      ],
    ],
  },
  {
    file: "src/core/policy/admit.ts",
    why: "Every word but the two that are asked for means that nobody is expected.",
    mutants: [
      [
        'const expected = waits === undefined ? "none" : waits.key === null || waits.key === key ? "this" : "another";',
        '""',
      ],
    ],
  },
  {
    file: "src/core/policy/admit.ts",
    why: "Enrolment refuses where another device is expected, and where none is, there is none that waits.",
    mutants: [['waited: expected === "this" ? waits : undefined,', "true"]],
  },
  {
    file: "src/core/policy/admit.ts",
    why: "Null is not later than any time.",
    mutants: [["windowOpen: windowUntil !== null && windowUntil > now,", "true"]],
  },
  {
    file: "src/core/policy/decide.ts",
    why: "The step `name` has decided where there is no partnership.",
    mutants: [
      [
        '({ partnership }) => partnership?.decision === "block" || partnership?.state === "blocked",',
        "partnership.decision",
      ],
      [
        '({ partnership }) => partnership?.decision === "block" || partnership?.state === "blocked",',
        "partnership.state",
      ],
      ['({ partnership }) => partnership?.state === "expired",', "partnership.state"],
      ['({ partnership }) => partnership?.state === "pending",', "partnership.state"],
      ['({ partnership }) => partnership?.decision === "allow",', "partnership.decision"],
      ['({ partnership }) => partnership?.state === "quarantined",', "partnership.state"],
      ['({ partnership }) => partnership?.state === "allowed",', "partnership.state"],
    ],
  },
  {
    file: "src/core/policy/decide.ts",
    why: "The last step always decides, so the sentence for one that passed is never shown.",
    mutants: [
      [
        'step("default", () => true, "block", "default-deny", "Nothing above allows this device.", ""),',
        '"Stryker was here!"',
      ],
    ],
  },
  {
    file: "src/core/policy/decide.ts",
    why: "Not reached: the last step always decides.",
    mutants: [
      ['return { action: "block", reason: "default-deny", step: "default" };', "{}"],
      ['return { action: "block", reason: "default-deny", step: "default" };', '""'],
    ],
  },
  {
    file: "src/core/policy/decide.ts",
    why: "The rule that decided is one of the rules.",
    mutants: [
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the line of code as it stands there
      [": `Rule ${at + 1} of ${rules.length} matches, ${code}: ${rules[at]?.reason}`;", "rules[at].reason"],
    ],
  },
  {
    file: "src/core/policy/diff.ts",
    why: "No condition stands twice in an object.",
    mutants: [
      ["...Object.fromEntries(Object.entries(conditions).toSorted(([a], [b]) => (a < b ? -1 : 1))),", "a <= b"],
    ],
  },
  {
    file: "src/core/policy/diff.ts",
    why: "No place stands twice, and no run is empty.",
    mutants: [
      [
        "const longest = best.filter((run) => (run.at(-1) ?? -1) < place).toSorted((a, b) => b.length - a.length);",
        "(run.at(-1) ?? -1) <= place",
      ],
      [
        "const longest = best.filter((run) => (run.at(-1) ?? -1) < place).toSorted((a, b) => b.length - a.length);",
        "+1",
      ],
    ],
  },
  {
    file: "src/core/policy/diff.ts",
    why: "A text among the places that are kept names no place, and each run has it.",
    mutants: [["best.push([...(longest[0] ?? []), place]);", '["Stryker was here"]']],
  },
  {
    file: "src/core/policy/diff.ts",
    why: "A place is always one of the rules of before.",
    mutants: [
      [
        "return new Set(places.filter((place) => !kept.has(place)).flatMap((place) => before[place]?.code ?? []));",
        "before[place].code",
      ],
      [
        "return new Set(places.filter((place) => !kept.has(place)).flatMap((place) => before[place]?.code ?? []));",
        '["Stryker was here"]',
      ],
    ],
  },
  {
    file: "src/core/policy/file.ts",
    why: "Of a text, the parser throws nothing else.",
    mutants: [["if (!(fault instanceof TomlError)) throw fault;", "false"]],
  },
  {
    file: "src/core/policy/file.ts",
    why: "A text that was split has a first part.",
    mutants: [
      [
        'return { ok: false, faults: [{ path, message: fault.message.split("\\n", 1)[0] ?? "This is not TOML." }] };',
        '""',
      ],
    ],
  },
  {
    file: "src/core/policy/glob.ts",
    why: "Undefined is not at or above 0 either, and `tried` is read only behind a star.",
    mutants: [["let [star, tried] = [-1, 0];", "[]"]],
  },
  {
    file: "src/core/policy/glob.ts",
    why: "A character of the text is never undefined.",
    mutants: [['} else if (sign === "?" || (sign !== undefined && sign === given[place])) {', "true"]],
  },
  {
    file: "src/core/policy/glob.ts",
    why: "A shortcut: a text without pairs has the same characters either way. A pair has a second half, which matches as well.",
    mutants: [
      [
        "const charactersOf = (text: string): ArrayLike<string> => (/[\\ud800-\\udbff]/.test(text) ? Array.from(text) : text);",
        "/[^\\ud800-\\udbff]/",
      ],
    ],
  },
  {
    file: "src/core/policy/lint.ts",
    why: "A shortcut for the compiler: only asn has numbers, and two numbers that differ cover nothing.",
    mutants: [
      [
        'if (typeof wide !== "string" || typeof narrow !== "string" || wide === UNKNOWN || narrow === UNKNOWN) return false;',
        "false",
      ],
      [
        'if (typeof wide !== "string" || typeof narrow !== "string" || wide === UNKNOWN || narrow === UNKNOWN) return false;',
        'typeof wide !== "string" && typeof narrow !== "string"',
      ],
    ],
  },
  { file: "src/core/policy/lint.ts", why: "Undefined is as false to `some`.", mutants: [["default:", "default:"]] },
  {
    file: "src/core/policy/match.ts",
    why: "Without a device there is no id, and then nothing is compared.",
    mutants: [
      ["anyOf(ids, device?.id, (id) => device !== null && (id === device.id || id === deviceKey(device))),", "true"],
    ],
  },
  {
    file: "src/core/policy/match.ts",
    why: "A memory of what was read: reading it again gives the same.",
    mutants: [
      ["if (before !== undefined) return before;", "false"],
      ["known.set(list, ranges);", ";"],
    ],
  },
  {
    file: "src/core/policy/network-range.ts",
    why: "This text is no network either, and the first element is not read.",
    mutants: [
      ['const [, base = "", suffix] = /^([0-9a-fA-F:.]+)(?:\\/(\\d{1,3}))?$/.exec(text) ?? [];', '"Stryker was here!"'],
      [
        'const [, base = "", suffix] = /^([0-9a-fA-F:.]+)(?:\\/(\\d{1,3}))?$/.exec(text) ?? [];',
        '["Stryker was here"]',
      ],
    ],
  },
  {
    file: "src/core/policy/read-conditions.ts",
    why: "Only the keys are read.",
    mutants: [
      ["desktop: true,", "false"],
      ["phone: true,", "false"],
      ["tablet: true,", "false"],
      ["browser: true,", "false"],
      ["unknown: true,", "false"],
      ["windows: true,", "false"],
      ["mac: true,", "false"],
      ["linux: true,", "false"],
      ["ios: true,", "false"],
      ["android: true,", "false"],
      ['"windows-phone": true,', "false"],
      ["web: true,", "false"],
    ],
  },
  {
    file: "src/core/policy/read-conditions.ts",
    why: "Without a kind only the id is read.",
    mutants: [['const named = deviceIdOf(kind ?? "endpoint", id);', '""']],
  },
  {
    file: "src/core/policy/read-conditions.ts",
    why: 'The text "undefined" does not begin with sip:.',
    mutants: [["if (given === undefined || !/^sip:/i.test(given)) return given;", "false"]],
  },
  {
    file: "src/core/policy/read-conditions.ts",
    why: "A policy with a fault is refused whole.",
    mutants: [
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the line of code as it stands there
      ["return faults.none(path, `The list has ${value.length} entries. ${fix}`) ?? [];", '["Stryker was here"]'],
    ],
  },
  {
    file: "src/core/policy/read-values.ts",
    why: "Number.isInteger says no to all that is no number.",
    mutants: [
      [
        'if (typeof value === "number" && Number.isInteger(value) && value >= from && value <= to) return value;',
        "true",
      ],
    ],
  },
  {
    file: "src/core/policy/read.ts",
    why: "A policy with a fault is refused whole.",
    mutants: [
      ["return [];", '["Stryker was here"]'],
      ['return { code: asCode(""), action: "block", reason: "", when: {} };', '""'],
      ['return { code: asCode(""), action: "block", reason: "", when: {} };', '"Stryker was here!"'],
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the line of code as it stands there
      ['action: faults.oneOf(`${path}.action`, action, ACTIONS) ?? "block",', '""'],
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the line of code as it stands there
      ["return value.flatMap((item, at) => read(item, `${path}[${at}]`) ?? []);", '["Stryker was here"]'],
      ["return identity === undefined ? rule : { ...rule, identity };", "false"],
      ['return "";', '"Stryker was here!"'],
    ],
  },
  {
    file: "src/core/policy/version-range.ts",
    why: "This text is no version, and the first element is not read.",
    mutants: [
      ['const [, operator = "", rest = ""] = /^(<=|>=|<|>|=)(.*)$/.exec(word) ?? [];', '"Stryker was here!"'],
      ['const [, operator = "", rest = ""] = /^(<=|>=|<|>|=)(.*)$/.exec(word) ?? [];', '["Stryker was here"]'],
    ],
  },
  {
    file: "src/core/policy/version-range.ts",
    why: "A shortcut: the expression allows no longer text.",
    mutants: [
      [
        'return text.length <= MAX_VERSION_CHARS && VERSION.test(text) ? text.split(".").map(Number) : undefined;',
        "true",
      ],
    ],
  },
  {
    file: "src/core/policy/version-range.ts",
    why: "Behind the last number both have 0.",
    mutants: [["for (let at = 0; at < Math.max(a.length, b.length); at++) {", "at <= Math.max(a.length, b.length)"]],
  },
];

/** Each of them, with its reason. */
export const POLICY_AND_LOCKOUT: ReadonlyArray<Equivalent> = inGroups(GROUPS);
