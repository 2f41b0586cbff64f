// The words of the pages about the policy.

import type { EnrolmentMode, RuleAction } from "../../core/policy/types.ts";
import type { Localised } from "../../web/locale.ts";

type Verdict = "allow" | "discover" | "block" | "quarantine";

const en = {
  title: "Policy",
  version: (n: number) => (n === 0 ? "the default" : `version ${n}`),
  versionName: (n: number) => (n === 0 ? "Default" : `Version ${n}`),
  inForce: "In force",
  nobody: "Nobody has applied a policy yet: this is the default.",
  appliedAt: "Applied",
  appliedBy: "By",
  why: "Reason",
  whyHint: "The audit and the history keep it.",
  edit: "Edit",
  try: "Try a change",
  history: "History",
  text: "As text",
  inWords: "In words",
  modes: {
    open: "New devices are let in by themselves",
    window: "New devices are let in only while a window is open for their person",
    self: "New devices wait until their own person approves them in the portal",
    approval: "New devices wait until somebody approves them",
    closed: "New devices are let in only where they are expected",
  } satisfies Record<EnrolmentMode, string>,
  most: (n: number) => (n === 1 ? "One device for each person." : `Up to ${n} devices for each person.`),
  expires: (days: number | null) =>
    days === null
      ? "Devices do not expire."
      : `A device that was not seen for ${days} days expires and has to enrol again.`,
  rules: "Rules",
  rulesHelp:
    "The first rule that matches decides. A device that somebody approved or blocked by name comes before all rules.",
  noRules: "There is no rule: what is enrolled is let in.",
  rule: "Rule",
  action: "Does",
  reason: "Why",
  when: "When",
  actions: { allow: "lets in", block: "blocks", quarantine: "makes wait" } satisfies Record<RuleAction, string>,
  done: {
    applied: "The policy is in force, and every device is judged by it.",
    back: "The earlier policy is in force again, and every device is judged by it.",
    spread: "Every device is judged by the policy in force.",
    same: "The text is the one in force already. Nothing was changed.",
  },

  editTitle: "Edit the policy",
  tryTitle: "Try a change of the policy",
  tryHelp: "You may check a policy and see what it would do. An administrator applies it.",
  policyText: "Policy",
  check: "Check",
  preview: "Preview…",
  cancel: "Cancel",
  fineChanged: (n: number) =>
    n === 1
      ? "It can be applied. One thing is different from the policy in force."
      : `It can be applied. ${n} things are different from the policy in force.`,
  fineSame: "It can be applied, and decides as the policy in force does.",
  faults: (n: number) => (n === 1 ? "One fault: this cannot be applied." : `${n} faults: this cannot be applied.`),
  warnings: (n: number) => (n === 1 ? "One thing looks like a mistake:" : `${n} things look like mistakes:`),
  line: (n: number) => `Line ${n}`,

  helpTitle: "Help",
  help: {
    first: "The first rule that matches decides. Write an exception before the rule from which it exempts.",
    minimum: "A minimum version",
    unknown: "And clients that do not tell theirs",
    browsers: "No browsers from outside the office",
    except: "An exception for a group, before the rule",
    self: "New devices wait until their own person approves them (recommended)",
    approve: "New devices wait for approval",
    conditions: "What a rule can ask for",
    patterns: "In product, model, os, userAgent, user and workstation “*” stands for any characters, “?” for one.",
    docs: "Everything about policies",
  },

  previewTitle: "Preview",
  previewOfBack: (n: number) => `Back to version ${n}`,
  whatChanges: "What it changes",
  changesNothing: "It decides as the policy in force does.",
  kinds: {
    setting: "setting",
    added: "new rule",
    removed: "rule removed",
    changed: "rule changed",
    moved: "rule moved",
  },
  linesChanged: "The changed lines",
  linesSame: "The two texts are the same.",
  whom: "What it does to today's devices",
  judging: "The devices are being judged…",
  tiles: {
    block: "would be blocked",
    quarantine: "would wait for approval",
    allow: "would be let in again",
    same: "stay as they are",
  },
  ofInUse: (days: number) =>
    `Of all devices that were seen in the last ${days} days, each judged from where it was seen last.`,
  ofTheFirst: (devices: string) =>
    `There are too many devices to judge all at once. These numbers are of the first ${devices}, a random sample.`,
  extents: {
    all: "It would shut out every device in use. Is that what you want?",
    most: "It would shut out more than half of the devices in use. Is that what you want?",
  },
  whichTitle: "Which ones",
  device: "Device",
  person: "Person",
  now: "Now",
  afterwards: "Then",
  because: "Because",
  verdicts: {
    allow: "let in",
    discover: "only finds its person",
    block: "blocked",
    quarantine: "waits",
  } satisfies Record<Verdict, string>,
  firstOnes: (n: number) => `These are the first ${n}.`,
  next: "Show the next ones",
  nobodyAffected: "No device in use would be judged otherwise.",
  applyTitle: "Apply it",
  apply: "Apply this policy",
  applyBack: (n: number) => `Bring version ${n} back`,
  applyHint: "It is in force for every device within seconds, and can be taken back under History.",
  further: "Go on editing",
  all: "Yes, shut them out.",
  failed: "The devices could not be judged. Nothing was changed. Try again in a moment.",

  collided: (name: string, when: string) => `${name} applied another policy (${when}) after you had opened this page.`,
  collidedNobody: "Another policy was applied after you had opened this page.",
  collidedHelp:
    "Your text is kept below. Look at what was changed, take over what you want to keep, and preview again.",
  collidedBack: "Look at what was changed. If you still want to go back, apply again.",
  theirReason: (why: string) => `Reason: ${why}`,

  spreadTitle: "The policy is in force",
  spreading: (n: string) => `The gateway is telling every person's devices of it: ${n} so far.`,
  spreadGoOn: "Go on",
  spreadHelp: "This page goes on by itself. Without JavaScript, press “Go on” until it is done.",
  spreadAgain: "Tell every device once more",
  spreadAgainHelp:
    "After a policy is applied, the gateway tells every person's devices. If that was interrupted, do it once more: nothing is lost.",

  historyTitle: "History of the policy",
  historyEmpty: "No policy was applied yet. The default is in force.",
  compare: "Compare",
  compareWithBefore: "What it changed",
  compareWithNow: "Compare with the one in force",
  bringBack: "Bring back…",
  from: "From",
  to: "To",
  pager: { label: "Pages of the history", first: "First page", next: "Older ones" },
  current: "in force",
  diffTitle: (from: string, to: string) => `From ${from} to ${to}`,
  added: "added:",
  removed: "removed:",
  skipped: (from: number) => `from line ${from}`,
};

const de: typeof en = {
  title: "Richtlinie",
  version: (n) => (n === 0 ? "der Vorgabe" : `Version ${n}`),
  versionName: (n) => (n === 0 ? "Vorgabe" : `Version ${n}`),
  inForce: "In Kraft",
  nobody: "Es wurde noch keine Richtlinie gesetzt: Dies ist die Vorgabe.",
  appliedAt: "Gesetzt",
  appliedBy: "Von",
  why: "Grund",
  whyHint: "Er steht im Protokoll und im Verlauf.",
  edit: "Bearbeiten",
  try: "Änderung ausprobieren",
  history: "Verlauf",
  text: "Als Text",
  inWords: "In Worten",
  modes: {
    open: "Neue Geräte werden von selbst zugelassen",
    window: "Neue Geräte werden nur zugelassen, solange für ihre Person ein Fenster offen ist",
    self: "Neue Geräte warten, bis die eigene Person sie im Portal zulässt",
    approval: "Neue Geräte warten, bis jemand sie zulässt",
    closed: "Neue Geräte werden nur zugelassen, wenn sie erwartet werden",
  },
  most: (n) => (n === 1 ? "Ein Gerät je Person." : `Bis zu ${n} Geräte je Person.`),
  expires: (days) =>
    days === null
      ? "Geräte laufen nicht ab."
      : `Ein Gerät, das ${days} Tage lang nicht gesehen wurde, läuft ab und muss sich neu eintragen.`,
  rules: "Regeln",
  rulesHelp:
    "Die erste Regel, die zutrifft, entscheidet. Ein Gerät, das jemand namentlich zugelassen oder gesperrt hat, geht allen Regeln vor.",
  noRules: "Es gibt keine Regel: Was eingetragen ist, wird zugelassen.",
  rule: "Regel",
  action: "Tut",
  reason: "Warum",
  when: "Wann",
  actions: { allow: "lässt zu", block: "sperrt", quarantine: "lässt warten" },
  done: {
    applied: "Die Richtlinie ist in Kraft, und jedes Gerät wird nach ihr beurteilt.",
    back: "Die frühere Richtlinie ist wieder in Kraft, und jedes Gerät wird nach ihr beurteilt.",
    spread: "Jedes Gerät wird nach der Richtlinie beurteilt, die in Kraft ist.",
    same: "Der Text ist schon in Kraft. Es wurde nichts geändert.",
  },

  editTitle: "Richtlinie bearbeiten",
  tryTitle: "Änderung der Richtlinie ausprobieren",
  tryHelp: "Sie dürfen eine Richtlinie prüfen und sehen, was sie täte. Setzen kann sie ein Administrator.",
  policyText: "Richtlinie",
  check: "Prüfen",
  preview: "Vorschau…",
  cancel: "Abbrechen",
  fineChanged: (n) =>
    n === 1
      ? "Sie kann gesetzt werden. Eines ist anders als in der Richtlinie, die in Kraft ist."
      : `Sie kann gesetzt werden. ${n} Dinge sind anders als in der Richtlinie, die in Kraft ist.`,
  fineSame: "Sie kann gesetzt werden und entscheidet wie die, die in Kraft ist.",
  faults: (n) =>
    n === 1 ? "Ein Fehler: So kann sie nicht gesetzt werden." : `${n} Fehler: So kann sie nicht gesetzt werden.`,
  warnings: (n) => (n === 1 ? "Eines sieht nach einem Versehen aus:" : `${n} Dinge sehen nach Versehen aus:`),
  line: (n) => `Zeile ${n}`,

  helpTitle: "Hilfe",
  help: {
    first: "Die erste Regel, die zutrifft, entscheidet. Eine Ausnahme steht vor der Regel, von der sie ausnimmt.",
    minimum: "Eine Mindestversion",
    unknown: "Und Clients, die ihre nicht nennen",
    browsers: "Keine Browser von außerhalb des Büros",
    except: "Eine Ausnahme für eine Gruppe, vor der Regel",
    self: "Neue Geräte warten, bis die eigene Person sie zulässt (empfohlen)",
    approve: "Neue Geräte warten auf Zulassung",
    conditions: "Wonach eine Regel fragen kann",
    patterns: "In product, model, os, userAgent, user und workstation steht „*“ für beliebige Zeichen, „?“ für eines.",
    docs: "Alles über Richtlinien",
  },

  previewTitle: "Vorschau",
  previewOfBack: (n) => `Zurück zu Version ${n}`,
  whatChanges: "Was sie ändert",
  changesNothing: "Sie entscheidet wie die Richtlinie, die in Kraft ist.",
  kinds: {
    setting: "Einstellung",
    added: "neue Regel",
    removed: "Regel entfernt",
    changed: "Regel geändert",
    moved: "Regel verschoben",
  },
  linesChanged: "Die geänderten Zeilen",
  linesSame: "Die beiden Texte sind gleich.",
  whom: "Was sie mit den heutigen Geräten täte",
  judging: "Die Geräte werden beurteilt…",
  tiles: {
    block: "würden gesperrt",
    quarantine: "würden auf Zulassung warten",
    allow: "würden wieder zugelassen",
    same: "bleiben, wie sie sind",
  },
  ofInUse: (days) =>
    `Von allen Geräten, die in den letzten ${days} Tagen gesehen wurden, jedes beurteilt von dort, wo es zuletzt war.`,
  ofTheFirst: (devices) =>
    `Es sind zu viele Geräte, um alle auf einmal zu beurteilen. Die Zahlen gelten für die ersten ${devices}, eine zufällige Stichprobe.`,
  extents: {
    all: "Sie würde jedes benutzte Gerät aussperren. Wollen Sie das?",
    most: "Sie würde mehr als die Hälfte der benutzten Geräte aussperren. Wollen Sie das?",
  },
  whichTitle: "Welche",
  device: "Gerät",
  person: "Person",
  now: "Jetzt",
  afterwards: "Dann",
  because: "Weil",
  verdicts: { allow: "zugelassen", discover: "findet nur seine Person", block: "gesperrt", quarantine: "wartet" },
  firstOnes: (n) => `Dies sind die ersten ${n}.`,
  next: "Die nächsten zeigen",
  nobodyAffected: "Kein benutztes Gerät würde anders beurteilt.",
  applyTitle: "Setzen",
  apply: "Diese Richtlinie setzen",
  applyBack: (n) => `Version ${n} zurückholen`,
  applyHint: "Sie gilt binnen Sekunden für jedes Gerät und lässt sich unter „Verlauf“ zurücknehmen.",
  further: "Weiter bearbeiten",
  all: "Ja, aussperren.",
  failed: "Die Geräte konnten nicht beurteilt werden. Es wurde nichts geändert. Versuchen Sie es gleich noch einmal.",

  collided: (name, when) =>
    `${name} hat eine andere Richtlinie gesetzt (${when}), nachdem Sie diese Seite geöffnet hatten.`,
  collidedNobody: "Es wurde eine andere Richtlinie gesetzt, nachdem Sie diese Seite geöffnet hatten.",
  collidedHelp:
    "Ihr Text ist unten erhalten. Sehen Sie sich an, was geändert wurde, übernehmen Sie, was bleiben soll, und machen Sie noch einmal eine Vorschau.",
  collidedBack: "Sehen Sie sich an, was geändert wurde. Wenn Sie noch immer zurück wollen, setzen Sie noch einmal.",
  theirReason: (why) => `Grund: ${why}`,

  spreadTitle: "Die Richtlinie ist in Kraft",
  spreading: (n) => `Das Gateway sagt es den Geräten jeder Person: ${n} bisher.`,
  spreadGoOn: "Weiter",
  spreadHelp: "Diese Seite macht von selbst weiter. Ohne JavaScript drücken Sie „Weiter“, bis es fertig ist.",
  spreadAgain: "Allen Geräten noch einmal sagen",
  spreadAgainHelp:
    "Nach dem Setzen sagt das Gateway den Geräten jeder Person Bescheid. Wurde das unterbrochen, holen Sie es hier nach: Es geht nichts verloren.",

  historyTitle: "Verlauf der Richtlinie",
  historyEmpty: "Es wurde noch keine Richtlinie gesetzt. Die Vorgabe ist in Kraft.",
  compare: "Vergleichen",
  compareWithBefore: "Was sie geändert hat",
  compareWithNow: "Mit der geltenden vergleichen",
  bringBack: "Zurückholen…",
  from: "Von",
  to: "Nach",
  pager: { label: "Seiten des Verlaufs", first: "Erste Seite", next: "Ältere" },
  current: "in Kraft",
  diffTitle: (from, to) => `Von ${from} zu ${to}`,
  added: "neu:",
  removed: "entfernt:",
  skipped: (from) => `ab Zeile ${from}`,
};

export const words: Localised<typeof en> = { en, de };
