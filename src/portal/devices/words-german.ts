// The words of "My devices" in German.

import type { en } from "./words-english.ts";

export const de: typeof en = {
  mine: "Meine Geräte",
  none: "Sie haben noch kein Gerät eingerichtet.",
  add: "Ein Gerät einrichten",
  look: "Ansehen",
  seen: "Zuletzt benutzt",
  neverSeen: "noch nicht benutzt",
  from: "aus",
  here: "dem Netz, in dem Sie gerade sind",
  unknownPlace: "unbekanntem Ort",
  states: {
    in: "In Benutzung",
    waits: "Wartet auf Sie",
    "waits-for-help-desk": "Wartet auf Ihren Helpdesk",
    refused: "Nicht erlaubt",
    blocked: "Gesperrt",
    "blocked-by-others": "Vom Helpdesk gesperrt",
    expired: "Lange nicht benutzt",
    expected: "Noch nicht eingerichtet",
    ended: "Sein Kennwort gilt nicht mehr",
  },
  stateMore: {
    in: "",
    waits: "Es bekommt nichts, bis Sie sagen, dass es Ihres ist. Dazu haben Sie eine Woche.",
    "waits-for-help-desk": "Es bekommt nichts, bis Ihr Helpdesk es zulässt.",
    refused: "Ihre Firma erlaubt es nicht.",
    blocked: "Es bekommt nichts. Um es wieder zu benutzen, entfernen Sie es und richten Sie es neu ein.",
    "blocked-by-others": "Es bekommt nichts. Nur Ihr Helpdesk kann es wieder zulassen.",
    expired: "Es wurde so lange nicht benutzt, dass es wie ein neues Gerät hereinkommen muss.",
    expected: "Ihr Helpdesk erwartet dieses Gerät. Melden Sie sich mit seinem Kennwort darauf an.",
    ended: "Es bekommt nichts. Um es wieder zu benutzen, richten Sie es mit einem neuen Kennwort ein.",
  },
  passwordEnds: (when: string) => `Sein Kennwort gilt bis ${when}.`,
  passwordEnded: (when: string) => `Sein Kennwort galt bis ${when}.`,
  certificate:
    "Dieser Computer hat auch ein Zertifikat, das nur Ihr Helpdesk beenden kann. Rufen Sie dort an, wenn er verloren ist.",

  what: "Was es ist",
  name: "Name",
  firstSeen: "Zuerst benutzt",
  lastSeen: "Zuletzt benutzt",
  lastFrom: "Zuletzt aus",
  app: "App",
  model: "Modell",
  system: "System",
  computer: "Computer",
  claims: "Was es ist, sagt das Gerät selbst.",

  rename: "Umbenennen",
  renameLabel: "Wie soll es heißen?",
  save: "Speichern",
  block: "Sperren",
  blockHint: "Es bekommt sofort nichts mehr, und sein Kennwort endet. In Ihrer Liste bleibt es.",
  forget: "Entfernen",
  forgetHint:
    "Es verschwindet aus Ihrer Liste und macht Platz für ein anderes. Auch sein Kennwort endet; von selbst kommt es nicht zurück.",
  forgetNot: "Ihr Helpdesk hat dieses Gerät gesperrt. Nur dort kann man es entfernen.",
  lost: "Verloren",
  renew: "Kennwort erneuern",
  renewHint: "Sie bekommen ein neues Kennwort für dasselbe Gerät. Das alte gilt noch zwei Wochen.",
  end: "Beenden",

  unused: "Kennwörter ohne Gerät",
  unusedMore: "Diese Kennwörter haben Sie gemacht, und noch ist kein Gerät damit gekommen.",
  madeAt: "Gemacht",
  wait: "Darauf warten",

  done: {
    renamed: "Der neue Name ist gespeichert.",
    blocked: "Das Gerät ist gesperrt, und sein Kennwort gilt nicht mehr.",
    forgotten: "Das Gerät ist entfernt, und sein Kennwort gilt nicht mehr.",
    ended: "Das Kennwort gilt nicht mehr.",
    approved: "Das Gerät ist jetzt Ihres. Melden Sie sich noch einmal darauf an, mit demselben Kennwort.",
    "approved-already": "Das haben Sie schon gesagt.",
  },

  newTitle: "Ein Gerät einrichten",
  which: "Was möchten Sie einrichten?",
  cancel: "Abbrechen",
  nameIt: "Wie soll es heißen?",
  nameHint: "Am Namen finden Sie es wieder, zum Beispiel wenn Sie es verloren haben.",
  onlyOnce: "Auf der nächsten Seite sehen Sie sein Kennwort, nur dieses eine Mal. Nehmen Sie das Gerät zur Hand.",
  show: "Das Kennwort zeigen",
  tooMany: "Sie haben schon zu viele Kennwörter. Beenden Sie die, die Sie nicht brauchen, und kommen Sie dann wieder.",
  tooManyWithCode:
    "Sie haben so viele Kennwörter mit Code, wie erlaubt sind. Beenden Sie eines, das Sie nicht brauchen.",
  noApp:
    "Ein Kennwort mit Code braucht eine Authenticator-App, und Sie haben hier noch keine. Fügen Sie unter „Sicherheit“ eine hinzu und kommen Sie dann wieder.",
  codeTick: "Jedes Mal nach einem Code meiner Authenticator-App fragen",
  codeHint:
    "Dann öffnet das Kennwort allein nichts. Sie geben es bei jeder Anmeldung ein, mit den sechs Ziffern der App dahinter. Nicht für ein Programm, das das Kennwort speichert.",
  codeRequired:
    "Ihre Firma verlangt jedes Mal einen Code: Bei jeder Anmeldung geben Sie hinter dem Kennwort die sechs Ziffern Ihrer Authenticator-App ein.",
  codeRequiredPhone:
    "Ihre Firma verlangt jedes Mal einen Code Ihrer Authenticator-App. Telefone speichern das Kennwort, und ein Code gilt nur einmal; ein Telefon bleibt deshalb nur einige Stunden angemeldet. Fragen Sie erst Ihren Helpdesk.",
  codeType:
    "Geben Sie das Kennwort ein und direkt dahinter, ohne Leerzeichen, die sechs Ziffern, die Ihre Authenticator-App gerade zeigt. Jeder Code gilt einmal.",
  passwordWithCode: "das von oben, mit sechs Ziffern Ihrer Authenticator-App dahinter",
  codeRequiredNow:
    "Ihre Firma verlangt jetzt Kennwörter mit Code, deshalb lässt sich dieses nicht erneuern. Richten Sie das Gerät mit einem neuen ein.",
  tooOften:
    "Sie haben in einer Minute viele Kennwörter gemacht. Warten Sie einen Moment und versuchen Sie es noch einmal.",
  shownAlready: "Dieses Kennwort wurde schon gezeigt",
  shownAlreadyMore:
    "Ein Kennwort wird nur einmal gezeigt. Haben Sie es noch nicht eingegeben, beenden Sie es und machen Sie ein neues.",
  makeAnother: "Ein anderes machen",

  madeTitle: (name: string) => `Das Kennwort für „${name}“`,
  copy: "Kopieren",
  copied: "Kopiert",
  copyAndOpen: "Kopieren und die App öffnen",
  openHint: "Öffnet sich nichts, öffnen Sie die App selbst. Das Kennwort ist kopiert.",
  onlyNow:
    "Es wird nur jetzt gezeigt und ist für dieses eine Gerät. Es gilt mit und ohne die Bindestriche. Es ist nicht Ihr Windows-Kennwort.",
  type: "Das geben Sie auf dem Gerät ein",
  address: "Anmeldeadresse",
  user: "Benutzername",
  userMore: "genau so, mit dem Teil vor dem umgekehrten Schrägstrich. Er kann anders lauten als die Adresse",
  password: "Kennwort",
  passwordMore: "das von oben, nicht das von Windows",
  steps: "So geht es",
  leave: "Nicht ändern",
  ends: (when: string) => `Es gilt bis ${when}.`,
  oldUntil: (when: string) => `Das alte Kennwort gilt noch bis ${when}.`,
  renewedTitle: (name: string) => `Das neue Kennwort für „${name}“`,
  renewedNext:
    "Geben Sie es statt des alten auf dem Gerät ein: Melden Sie sich dort ab und dann wie unten wieder an. Das Gerät bleibt dasselbe.",
  renewTitle: "Ein Kennwort erneuern",
  renewSure: (name: string) => `Möchten Sie ein neues Kennwort für „${name}“?`,
  renewStolen:
    "Kennt vielleicht jemand anderes das alte, erneuern Sie es nicht. Beenden Sie es mit „Verloren“, und richten Sie das Gerät neu ein.",
  renewButton: "Das neue Kennwort zeigen",
  renewedAlready: "Dieses Kennwort wurde schon erneuert",

  outlook: {
    open: "Sie können das Gerät benutzen, sobald Sie sich darauf angemeldet haben.",
    self: "Wenn Sie sich darauf angemeldet haben, kommen Sie hierher zurück und sagen, dass es Ihres ist. Bis dahin meldet die App, dass sie keine Verbindung bekommt.",
    window: (until: string) => `Melden Sie sich vor ${until} auf dem Gerät an. Danach würde es abgewiesen.`,
    "no-window":
      "Neue Geräte werden nur zugelassen, während Ihr Helpdesk ein Zeitfenster für Sie geöffnet hat. Rufen Sie dort an, bevor Sie sich auf dem Gerät anmelden.",
    approval:
      "Nach Ihrer Anmeldung wartet das Gerät, bis Ihr Helpdesk es zulässt. Bis dahin meldet die App, dass sie keine Verbindung bekommt.",
    closed:
      "Neue Geräte werden nur zugelassen, wenn Ihr Helpdesk sie erwartet. Rufen Sie dort an, bevor Sie sich auf dem Gerät anmelden, und sagen Sie, dass Sie ein neues Kennwort haben.",
    full: (limit: number) =>
      `Sie haben ${limit === 1 ? "ein Gerät" : `${limit} Geräte`}, und mehr sind nicht erlaubt. Entfernen Sie ein altes, bevor Sie sich auf dem neuen anmelden.`,
  },

  lostTitle: "Mein Telefon ist weg",
  lostWhich: "Welches Gerät ist weg?",
  lostSure:
    "Sein Kennwort endet sofort, und es bekommt nichts mehr. Finden Sie es wieder, können Sie es neu einrichten.",
  lostButton: "Jetzt beenden",
  lostGone: "Das ist schon beendet, oder es ist nicht Ihres. Bitte wählen Sie noch einmal.",
  lostNothing: "Es gibt nichts zu beenden: Kein Gerät von Ihnen ist zugelassen, und kein Kennwort gilt.",
  lostOther:
    "Es steht nicht in dieser Liste, oder Sie sind nicht sicher? Beenden Sie eines nach dem anderen, oder rufen Sie Ihren Helpdesk an.",
  lostPassword: (name: string) => `Das Kennwort „${name}“, mit dem noch kein Gerät kam`,
  endedTitle: "Es ist beendet",
  ended: (time: string) => `Beendet um ${time}. Es bekommt nichts mehr.`,
  endedHalf:
    "Das Gerät ist gesperrt und bekommt nichts mehr. Aber sein Kennwort ließ sich nicht beenden. Bitte drücken Sie noch einmal.",
  endedNext: "Was noch zu tun ist",
  endedCertificate:
    "Dieser Computer hat ein Zertifikat Ihrer Firma, mit dem er noch Nachrichten senden und empfangen kann. Nur Ihr Helpdesk kann es beenden.",
  endedTold: "Er hat dazu eine Mail bekommen. Rufen Sie trotzdem an, damit es nicht wartet, bis jemand sie liest.",
  endedNotTold:
    "Rufen Sie dort an, sobald Sie können, und sagen Sie: „Bitte beenden Sie die Zertifikate meiner Computer.“",
  endedNothingLeft:
    "Das Gerät selbst behält, was es schon gezeigt hat. Sperren oder löschen Sie es mit den Mitteln des Herstellers, wenn Sie können.",
  toActivity: "Sehen, was geschehen ist",

  approveTitle: "Ist das Ihres?",
  approveIntro:
    "Jemand hat sich mit einem Kennwort von Ihnen auf einem neuen Gerät angemeldet. Es wartet und bekommt nichts.",
  number: "Nummer",
  numberMore:
    "Die Mail zu diesem Gerät nennt dieselbe Nummer. Bittet Sie jemand um ein Ja und kann Ihnen diese Nummer nicht sagen, ist es nicht Ihres.",
  withPassword: "Mit dem Kennwort",
  when: "Wann",
  where: "Aus",
  isMine: "Das ist meins",
  notMine: "Das ist nicht meins",
  isMineHint: "Vielleicht werden Sie noch einmal gefragt, wer Sie sind. Dann ist es zugelassen.",
  notMineHint: "Es wird sofort gesperrt, und sein Kennwort endet.",
  justSetUp: "Sagen Sie nur ja, wenn Sie sich gerade selbst auf einem Gerät angemeldet haben.",
  notWaiting: "Dieses Gerät wartet nicht mehr",
  notWaitingMore: "Inzwischen hat jemand darüber entschieden, oder es ist weg.",
  faults: {
    "seen-since":
      "Das Gerät ist inzwischen noch einmal von woanders gekommen. Bitte sehen Sie es sich noch einmal an, bevor Sie ja sagen.",
    "does-not-wait": "Es hat zu lange gewartet. Melden Sie sich noch einmal darauf an, dann steht es wieder hier.",
    "own-approval-off":
      "Ihre Firma hat geändert, wie Geräte zugelassen werden. Jetzt entscheidet Ihr Helpdesk darüber.",
    "kept-out-by-rule": "Ihre Firma erlaubt dieses Gerät nicht. Warum, kann Ihnen Ihr Helpdesk sagen.",
    "too-many-devices": "Sie haben so viele Geräte, wie erlaubt sind. Entfernen Sie erst ein altes.",
    "awaits-administrator": "Über dieses Gerät entscheidet Ihr Helpdesk.",
    "device-blocked": "Dieses Gerät ist gesperrt.",
    other: "Das hat nicht geklappt. Bitte sehen Sie noch einmal nach.",
  },
  notMineTitle: "Es bleibt draußen",
  notMineNext:
    "Jemand kannte das Kennwort, das Sie für ein Gerät gemacht haben. Haben Sie es niemandem gegeben, sehen Sie nach, was geschehen ist, und sagen Sie Ihrem Helpdesk Bescheid.",
  notFound: "Sie haben kein solches Gerät.",
};
