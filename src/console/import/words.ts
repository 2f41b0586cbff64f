// The words of the import.

import { fileFaultText, type LineFault, lineFaultText } from "../../core/import/said.ts";
import type { Localised } from "../../web/locale.ts";
import type { Fault } from "./compare.ts";

const en = {
  title: "Import people",
  intro:
    "A file of people, such as an export of Get-CsUser, brings many people in at once and keeps them in step. First you see what would be done about each line. Nothing is written before you say so. No app password is made.",
  make: "How to make the file",
  makeHow: "In the Lync Server Management Shell, on any PC of the domain:",
  makeMore:
    "Groups may stand in one more column Groups, with semicolons between them. The separator may be a comma, a semicolon or a tab.",
  file: "File (CSV)",
  fileHint: "At most 5 MB and 20,000 lines. The command postern user import takes more.",
  domain: "NetBIOS domain",
  domainHint: "Of accounts for which the file names none, such as CONTOSO",
  encoding: "Encoding",
  encodings: { "": "UTF-8 or UTF-16 (Export-Csv)", "windows-1252": "Windows-1252 (Excel, Western Europe)" },
  look: "See what would be done",
  cancel: "Cancel",
  notAllowed: "Only an administrator may import people.",
  fileFaults: (fault: Fault): string => {
    switch (fault.code) {
      case "nobody":
        return "It names nobody: it has a header and no line below it.";
      case "many-lines":
        return "It has more than 20,000 lines. The command postern user import takes more.";
      case "encoding":
        return "It is neither UTF-8 nor UTF-16. Write it again with Export-Csv -Encoding UTF8, or choose Windows-1252 if Excel saved it.";
      default:
        return fileFaultText(fault);
    }
  },
  noFile: "Choose a file.",
  badDomain: "This is not a NetBIOS domain.",
  tooLarge: "The file has more than 5 MB, or more than can be kept. The command postern user import takes more.",
  gone: "This file is no longer here: it is kept for an hour, for the session that sent it. Send it again. What was done before is not done twice.",

  reportTitle: "What would be done",
  nothingYet: "Nothing was written yet.",
  lines: (count: number, said: string, file: string) => `${count === 1 ? "One line" : `${said} lines`} of ${file}`,
  show: "Show",
  all: "To do, and refused",
  results: {
    add: "To add",
    change: "To change",
    rename: "To rename",
    unchanged: "Unchanged",
    refused: "Refused",
    "left out": "Left out",
    missing: "Not in the file",
  },
  line: "Line",
  person: "Person",
  result: "Result",
  more: "Details",
  fields: { sipUri: "SIP address", account: "Account", upn: "UPN", displayName: "Name", groups: "Groups" },
  none: "none",
  empty: "There is no such line.",
  off: "Disabled, and stays so.",
  ignored: (columns: string) => `Columns that were not read: ${columns}.`,
  lost: (count: number) =>
    `${count === 1 ? "A display name has" : `${count} display names have`} a "?": letters may be lost. Export-Csv needs -Encoding UTF8.`,
  paging: { first: "To the beginning", next: "More", label: "Pages of the report" },

  applyTitle: "Do it",
  nothing: "There is nothing to do.",
  rename: (count: number, said: string) =>
    `Also give ${count === 1 ? "one person" : `${said} people`} another SIP address or account. Their tickets end.`,
  keepOld: "The old SIP address and UPN stay names to sign in by",
  missing: (count: number, said: string) =>
    count === 1
      ? "Also disable the one person who is not in the file"
      : `Also disable ${said} people who are not in the file`,
  confirm: (count: string, active: string) =>
    `Yes, disable ${count} of ${active} people. The whole directory is in the file.`,
  unreadableLine: (line: number) =>
    `Line ${line} has no name that can be read, so nobody can say who is missing. Nobody is disabled.`,
  braked: "Nothing was done: so many people at once are disabled only if you confirm it.",
  changedMeanwhile: "Something changed since you looked. Nothing was done. This is what would be done now.",
  why: "Why",
  whyHint: "For the audit",
  apply: "Apply",
  other: "Another file",

  runTitle: "Import",
  running: "People are being added and changed.",
  progress: (done: string, all: string) => `${done} of ${all}`,
  goOn: "Go on",
  goOnHint: "The page goes on by itself. Without script, press the button for each part.",
  busy: "The last part is still under way.",
  finished: "The import is finished.",
  done: "Done",
  notDone: "Not done",
  notDoneTitle: "What was not done",
  because: "Because",
  meanwhile: "It changed since you looked. Send the file again to see how it is now.",
  cut: (count: string) => `${count} more are not shown. Send the file again: it has them all.`,
  again: "Send the file again",
  toUsers: "To the users",

  lineFaults: (fault: LineFault): string => {
    switch (fault.code) {
      case "needs-domain":
        return `${fault.text} needs its NetBIOS domain: give it with the file.`;
      case "other-person":
        return `Only the ${fault.same === "upn" ? "UPN" : "SIP address"} is that of ${fault.owner}, whose account is ${fault.account}: this may be another person. If it is the same, rename the person first. If not, delete that user first.`;
      default:
        return lineFaultText(fault);
    }
  },
};

const de: typeof en = {
  title: "Personen importieren",
  intro:
    "Eine Datei mit Personen, etwa ein Export von Get-CsUser, bringt viele auf einmal herein und hält sie aktuell. Zuerst sehen Sie zu jeder Zeile, was geschehen würde. Vorher wird nichts geschrieben. Ein App-Kennwort entsteht dabei nicht.",
  make: "So entsteht die Datei",
  makeHow: "In der Lync Server-Verwaltungsshell, auf einem PC der Domäne:",
  makeMore:
    "Gruppen dürfen in einer weiteren Spalte Groups stehen, mit Semikolon dazwischen. Trennzeichen ist Komma, Semikolon oder Tabulator.",
  file: "Datei (CSV)",
  fileHint: "Höchstens 5 MB und 20.000 Zeilen. Der Befehl postern user import nimmt mehr.",
  domain: "NetBIOS-Domäne",
  domainHint: "Für Konten, bei denen die Datei keine nennt, z. B. CONTOSO",
  encoding: "Zeichensatz",
  encodings: { "": "UTF-8 oder UTF-16 (Export-Csv)", "windows-1252": "Windows-1252 (Excel, Westeuropa)" },
  look: "Zeigen, was geschehen würde",
  cancel: "Abbrechen",
  notAllowed: "Nur ein Administrator darf Personen importieren.",
  fileFaults: (fault) => {
    switch (fault.code) {
      case "nobody":
        return "Sie nennt niemanden: unter der Kopfzeile steht keine Zeile.";
      case "many-lines":
        return "Sie hat mehr als 20.000 Zeilen. Der Befehl postern user import nimmt mehr.";
      case "encoding":
        return "Sie ist weder UTF-8 noch UTF-16. Schreiben Sie sie neu mit Export-Csv -Encoding UTF8, oder wählen Sie Windows-1252, wenn Excel sie gespeichert hat.";
      case "empty":
        return "Sie ist leer: nicht einmal eine Kopfzeile ist da.";
      case "no-csv":
        return `Sie ist kein CSV: ${fault.text}.`;
      case "two-columns":
        return `Zwei Spalten bedeuten dasselbe, ${fault.column}: ${fault.header}.`;
      case "no-column":
        return `Die Kopfzeile nennt keine Spalte für ${fault.column}. Sie lautet: ${fault.header}.`;
    }
  },
  noFile: "Wählen Sie eine Datei.",
  badDomain: "Das ist keine NetBIOS-Domäne.",
  tooLarge:
    "Die Datei hat mehr als 5 MB, oder mehr, als aufbewahrt werden kann. Der Befehl postern user import nimmt mehr.",
  gone: "Diese Datei ist nicht mehr da: sie bleibt eine Stunde, für die Sitzung, die sie gesendet hat. Senden Sie sie noch einmal. Was schon getan ist, geschieht nicht doppelt.",

  reportTitle: "Was geschehen würde",
  nothingYet: "Es wurde noch nichts geschrieben.",
  lines: (count, said, file) => `${count === 1 ? "Eine Zeile" : `${said} Zeilen`} aus ${file}`,
  show: "Zeigen",
  all: "Zu tun und abgelehnt",
  results: {
    add: "Neu",
    change: "Zu ändern",
    rename: "Umzubenennen",
    unchanged: "Unverändert",
    refused: "Abgelehnt",
    "left out": "Ausgelassen",
    missing: "Nicht in der Datei",
  },
  line: "Zeile",
  person: "Person",
  result: "Ergebnis",
  more: "Einzelheiten",
  fields: { sipUri: "SIP-Adresse", account: "Konto", upn: "UPN", displayName: "Name", groups: "Gruppen" },
  none: "nichts",
  empty: "Eine solche Zeile gibt es nicht.",
  off: "Gesperrt, und bleibt es.",
  ignored: (columns) => `Nicht gelesene Spalten: ${columns}.`,
  lost: (count) =>
    `${count === 1 ? "Ein Anzeigename enthält" : `${count} Anzeigenamen enthalten`} ein „?“: Buchstaben können fehlen. Export-Csv braucht -Encoding UTF8.`,
  paging: { first: "Zum Anfang", next: "Weitere", label: "Seiten des Berichts" },

  applyTitle: "Ausführen",
  nothing: "Es gibt nichts zu tun.",
  rename: (count, said) =>
    `Auch ${count === 1 ? "einer Person" : `${said} Personen`} eine andere SIP-Adresse oder ein anderes Konto geben. Ihre Tickets enden.`,
  keepOld: "Die alte SIP-Adresse und der alte UPN bleiben Anmeldenamen",
  missing: (count, said) =>
    count === 1
      ? "Auch die eine Person sperren, die nicht in der Datei steht"
      : `Auch ${said} Personen sperren, die nicht in der Datei stehen`,
  confirm: (count, active) => `Ja, ${count} von ${active} Personen sperren. Das ganze Verzeichnis steht in der Datei.`,
  unreadableLine: (line) =>
    `Zeile ${line} hat keinen lesbaren Namen. Darum kann niemand sagen, wer fehlt, und niemand wird gesperrt.`,
  braked: "Nichts wurde getan: so viele auf einmal werden nur gesperrt, wenn Sie es bestätigen.",
  changedMeanwhile:
    "Seit Sie den Bericht gesehen haben, hat sich etwas geändert. Nichts wurde getan. Das würde jetzt geschehen.",
  why: "Warum",
  whyHint: "Für das Protokoll",
  apply: "Anwenden",
  other: "Andere Datei",

  runTitle: "Import",
  running: "Personen werden angelegt und geändert.",
  progress: (done, all) => `${done} von ${all}`,
  goOn: "Weiter",
  goOnHint: "Die Seite geht von selbst weiter. Ohne Skript drücken Sie für jeden Teil die Schaltfläche.",
  busy: "Der letzte Teil läuft noch.",
  finished: "Der Import ist fertig.",
  done: "Getan",
  notDone: "Nicht getan",
  notDoneTitle: "Was nicht getan wurde",
  because: "Grund",
  meanwhile: "Es hat sich geändert, seit Sie den Bericht gesehen haben. Senden Sie die Datei noch einmal.",
  cut: (count) => `${count} weitere sind nicht gezeigt. Senden Sie die Datei noch einmal: der Bericht hat alle.`,
  again: "Datei noch einmal senden",
  toUsers: "Zu den Personen",

  lineFaults: (fault) => {
    switch (fault.code) {
      case "width":
        return "Sie hat eine andere Zahl von Werten als die Kopfzeile. Ein Wert mit dem Trennzeichen darin braucht Anführungszeichen.";
      case "lost-letters":
        return `In ${fault.text} sind Buchstaben verloren: schreiben Sie die Datei mit Export-Csv -Encoding UTF8.`;
      case "no-address":
        return "Die SIP-Adresse fehlt.";
      case "address":
        return `${fault.text} ist als SIP-Adresse nicht brauchbar.`;
      case "no-account":
        return "Das Konto fehlt.";
      case "needs-domain":
        return `${fault.text} braucht seine NetBIOS-Domäne: geben Sie sie mit der Datei an.`;
      case "account":
        return `${fault.text} ist als Konto nicht brauchbar.`;
      case "upn":
        return `${fault.text} ist als UPN nicht brauchbar: er lautet benutzer@domäne.`;
      case "display-name":
        return "Der Anzeigename muss in einer Zeile stehen und höchstens 256 Zeichen haben.";
      case "group":
        return `Die Gruppe „${fault.text}“ ist nicht ein Wort von höchstens 64 Zeichen. Mehrere trennt ein Semikolon.`;
      case "many-groups":
        return "Sie hat mehr als 50 Gruppen.";
      case "long":
        return "Die Namen sind zu lang.";
      case "off":
        return "Enabled ist False: nicht für Lync aktiviert.";
      case "name-of":
        return `${fault.key} ist ein Name von ${fault.owner}${fault.meant === undefined ? "" : `, und diese Zeile meint ${fault.meant}`}.`;
      case "other-person":
        return `Nur ${fault.same === "upn" ? "der UPN" : "die SIP-Adresse"} ist von ${fault.owner} mit dem Konto ${fault.account}: das kann eine andere Person sein. Ist es dieselbe, benennen Sie sie zuerst um. Wenn nicht, löschen Sie zuerst jenen Benutzer.`;
      case "repeated":
        return `Zeile ${fault.other} sagt dasselbe.`;
      case "folded":
        return `Zeile ${fault.other} hat das Konto ${fault.account}. Postern kann beide nicht unterscheiden: beide sind ${fault.key}.`;
      case "shared":
        return `Auch Zeile ${fault.other} hat den Namen ${fault.key}. Keine von beiden wird ausgeführt.`;
      case "synced":
        return `Die Person kommt aus dem Verzeichnis „${fault.source}“, das etwas anderes sagt: ändern Sie es dort.`;
      case "gateway":
        return fault.text;
    }
  },
};

export const words: Localised<typeof en> = { en, de };
