// The words of the page on the LAN, in English and German. The German ones have the type of the English ones, so none
// can be forgotten.

const en = {
  language: "en",
  title: "Skype for Business on your phone",
  hello: (name: string) => `Hello, ${name}`,
  intro:
    "Your computer has said who you are. Here you get a code with which a phone, or a computer outside the company, gets its password for Skype for Business. Nobody else sees the password, and you need no help desk.",
  show: "Show my code",
  again: "Make a new code",
  scan: "Scan this with the camera of the phone. It opens a page that asks which device it is, and then shows the password.",
  alt: "QR code with your link",
  here: "Do you set up this very computer? Then open the link here:",
  open: "Open the page on this computer",
  left: (minutes: string) => `The code works once, for ${minutes} more minutes.`,
  leftStatic: "The code works once, for ten minutes.",
  over: "The time of this code is over. Make a new one.",
  secret: "Show the code to nobody: whoever scans it first gets a password in your name.",
  newer: "A new code ends the one before.",
  signIn: "Your computer did not say who you are",
  signInMore:
    "This page works on a computer of the company where you are signed in with your own account. Often it is enough to try once more.",
  tryAgain: "Try again",
  signInFix:
    "If it does not help: open the page in Edge, Chrome or Firefox inside the company's network or over its VPN. If your browser asks for a password, cancel. This page takes no password. Then tell your help desk that the browser sends no Kerberos ticket to this address.",
  ntlm: "Your browser did not send a ticket. It asked for a password, or used an older way. This page takes no password, and nothing was done with it.",
  refused: "Your computer's ticket was not accepted. Lock your computer, unlock it again, and try once more.",
  host: "This is not the address of the page.",
  form: "This did not come from the page itself, so nothing was done.",
  slow: "You have made many codes already. Please wait ten minutes.",
  failed: "That did not work just now. Try again in a minute. If it goes on, tell your help desk.",
  notFound: "There is no such page.",
  denied: {
    unknown: "Your account cannot be found in the directory, or not without doubt. Please tell your help desk.",
    disabled: "Your account is disabled, so it gets no code. Please ask your help desk.",
    expired: "Your account has expired, so it gets no code. Please ask your help desk.",
    protected:
      "Your account is protected: it has special rights, and may not be used from outside. Use your everyday account. If you have only this one, ask your help desk.",
    denied: "Your account is in a group that may not use Skype for Business from outside. Your help desk knows more.",
    "not-enabled": "Your account is not enabled for Skype for Business. Your help desk can change that.",
    "not-synced":
      "Your account has not arrived here yet. A new account takes some minutes. If it takes longer than an hour, tell your help desk.",
    "says-no": "Your account may not sign in from outside at the moment. Please ask your help desk.",
  },
};

export type Words = typeof en;

const de: Words = {
  language: "de",
  title: "Skype for Business auf dem Telefon",
  hello: (name: string) => `Guten Tag, ${name}`,
  intro:
    "Ihr Computer hat gesagt, wer Sie sind. Hier bekommen Sie einen Code, mit dem ein Telefon oder ein Computer außerhalb der Firma sein Kennwort für Skype for Business bekommt. Niemand sonst sieht das Kennwort, und Sie brauchen keinen Helpdesk.",
  show: "Meinen Code zeigen",
  again: "Einen neuen Code erstellen",
  scan: "Scannen Sie ihn mit der Kamera des Telefons. Es öffnet eine Seite, die fragt, welches Gerät es ist, und dann das Kennwort zeigt.",
  alt: "QR-Code mit Ihrem Link",
  here: "Richten Sie genau diesen Computer ein? Dann öffnen Sie den Link hier:",
  open: "Die Seite auf diesem Computer öffnen",
  left: (minutes: string) => `Der Code gilt einmal, noch ${minutes} Minuten.`,
  leftStatic: "Der Code gilt einmal, zehn Minuten lang.",
  over: "Die Zeit dieses Codes ist um. Erstellen Sie einen neuen.",
  secret: "Zeigen Sie den Code niemandem: Wer ihn zuerst scannt, bekommt ein Kennwort in Ihrem Namen.",
  newer: "Ein neuer Code beendet den vorigen.",
  signIn: "Ihr Computer hat nicht gesagt, wer Sie sind",
  signInMore:
    "Diese Seite geht auf einem Computer der Firma, an dem Sie mit Ihrem eigenen Konto angemeldet sind. Oft reicht es, es noch einmal zu versuchen.",
  tryAgain: "Noch einmal versuchen",
  signInFix:
    "Hilft das nicht: Öffnen Sie die Seite in Edge, Chrome oder Firefox im Netz der Firma oder über ihr VPN. Fragt Ihr Browser nach einem Kennwort, brechen Sie ab. Diese Seite nimmt kein Kennwort. Sagen Sie dann Ihrem Helpdesk, dass der Browser dieser Adresse kein Kerberos-Ticket schickt.",
  ntlm: "Ihr Browser hat kein Ticket geschickt. Er hat nach einem Kennwort gefragt oder einen älteren Weg benutzt. Diese Seite nimmt kein Kennwort, und es ist nichts damit geschehen.",
  refused:
    "Das Ticket Ihres Computers wurde nicht angenommen. Sperren Sie den Computer, entsperren Sie ihn und versuchen Sie es noch einmal.",
  host: "Das ist nicht die Adresse der Seite.",
  form: "Das kam nicht von der Seite selbst, deshalb ist nichts geschehen.",
  slow: "Sie haben schon viele Codes erstellt. Bitte warten Sie zehn Minuten.",
  failed:
    "Das hat gerade nicht geklappt. Versuchen Sie es in einer Minute noch einmal. Bleibt es dabei, sagen Sie Ihrem Helpdesk Bescheid.",
  notFound: "Diese Seite gibt es nicht.",
  denied: {
    unknown:
      "Ihr Konto ist im Verzeichnis nicht oder nicht eindeutig zu finden. Bitte sagen Sie Ihrem Helpdesk Bescheid.",
    disabled: "Ihr Konto ist deaktiviert und bekommt deshalb keinen Code. Bitte fragen Sie Ihren Helpdesk.",
    expired: "Ihr Konto ist abgelaufen und bekommt deshalb keinen Code. Bitte fragen Sie Ihren Helpdesk.",
    protected:
      "Ihr Konto ist geschützt: Es hat besondere Rechte und darf nicht von außen benutzt werden. Nehmen Sie Ihr alltägliches Konto. Haben Sie nur dieses, fragen Sie Ihren Helpdesk.",
    denied:
      "Ihr Konto ist in einer Gruppe, die Skype for Business nicht von außen benutzen darf. Ihr Helpdesk weiß mehr.",
    "not-enabled": "Ihr Konto ist für Skype for Business nicht freigeschaltet. Ihr Helpdesk kann das ändern.",
    "not-synced":
      "Ihr Konto ist hier noch nicht angekommen. Ein neues Konto braucht einige Minuten. Dauert es länger als eine Stunde, sagen Sie Ihrem Helpdesk Bescheid.",
    "says-no": "Ihr Konto darf sich zurzeit nicht von außen anmelden. Bitte fragen Sie Ihren Helpdesk.",
  },
};

/** Why somebody gets no code, in the words of the page. */
export type DeniedWord = keyof Words["denied"];

/** The language that a browser asks for first, of those that there are. English, where it asks for another. */
export function wordsFor(acceptLanguage: string | undefined): Words {
  const asked = (acceptLanguage ?? "").split(",").map((each) => {
    const [tag = "", ...parameters] = each.trim().toLowerCase().split(";");
    const q = parameters
      .map((parameter) => /^\s*q=([\d.]+)$/.exec(parameter)?.[1])
      .find((value) => value !== undefined);
    return { language: tag.split("-")[0], q: q === undefined ? 1 : Number(q) };
  });
  const first = asked.toSorted((a, b) => b.q - a.q).find(({ language }) => language === "en" || language === "de");
  return first?.language === "de" ? de : en;
}
