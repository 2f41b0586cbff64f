// The reasons of passive sign-in in German: of its page, and of the sign-on by its token service.

import type { PassiveTexts } from "./explanations-passive-english.ts";

export const PASSIVE_GERMAN: PassiveTexts = {
  refused: {
    "approval-waiting": [
      "Jemand bat um eine Freigabe auf einem anderen Gerät, während eine andere Anfrage offen war.",
      "Kommt es oft vor, soll die Person versehentlich zustimmen: Sagen Sie es ihr, und sehen Sie sich das Netz an.",
    ],
    "approval-declined": [
      "Die Person hat im Portal gesagt, dass diese Anmeldung nicht ihre eigene ist.",
      "Jemand wollte sich als diese Person anmelden. Sehen Sie sich das Netz an, und warnen Sie die Person.",
    ],
    "approval-wrong-number": [
      "Die Person hat im Portal eine Zahl gewählt, die nicht die der Seite war.",
      "Einmal ist es ein Versehen. Sonst sollte die Person die Anmeldung von jemand anderem freigeben: Warnen Sie sie.",
    ],
    "approval-expired": [
      "Niemand hat diese Anmeldung in ihren zwei Minuten freigegeben, oder es wurde noch einmal darum gebeten.",
    ],
    "passive-sid-shared": [
      "Eine andere Person hat hier dieselbe SID. Ein Token sagte also nicht, wer sich anmeldet.",
      "Sehen Sie nach, wem das Konto in Active Directory gehört, und nehmen Sie der anderen Person die SID.",
    ],
    "passive-no-account": [
      "Die Person hat keine SID, oder eine, für die die Anmeldeseite kein Token macht.",
      "Sehen Sie mit `npx postern user show` nach. Der Agent oder SCIM nennt die SID; wer von Hand angelegt wurde, hat keine. Hat sie eine, vergleichen Sie sie mit STS_DOMAIN_SIDS und STS_DENIED_SIDS.",
    ],
    "passive-required": [
      "Das App-Kennwort war richtig, aber nach der Richtlinie muss sich diese Person auf der Seite anmelden.",
      "Richten Sie das Konto dieses Programms neu ein, damit es die Seite zeigt.",
    ],
    "passive-not-allowed": [
      "Nach der Richtlinie darf sich diese Person nicht auf der Seite anmelden.",
      "Nennen Sie die Person oder eine ihrer Gruppen in der Richtlinie unter [passive].",
    ],
    "passive-too-many": [
      "Für diese Person wurden zu viele Anmeldungen auf der Seite begonnen und nicht beendet.",
      "Warten Sie fünf Minuten. Tut das niemand von Ihnen, kennt jemand anderes die Faktoren der Person.",
    ],
    "passive-expired": [
      "Ein Token der Seite kam später als fünf Minuten, nachdem es gemacht wurde.",
      "Die Person meldet sich noch einmal an. Geschieht es vielen, sehen Sie nach, was zwischen den Browsern und dem Gateway steht.",
    ],
    "passive-unknown": [
      "Eine Anmeldung auf der Seite wurde beendet, die dieses Gateway nicht mehr kennt. Ihre Zeit war um.",
    ],
    "passive-repeated": [
      "Eine Anmeldung auf der Seite wurde ein zweites Mal beendet. Der Pool hat das nicht gesehen.",
      "Vielleicht hat jemand die Seite kopiert. Kommt es von anderswo wieder, beenden Sie die Sitzungen der Person.",
    ],
    "passive-altered": ["Was die Seite gemacht hatte, wurde unterwegs verändert. Der Pool hat es nicht gesehen."],
    "passive-other-browser": [
      "Eine Anmeldung auf der Seite wurde in einem Browser begonnen und in einem anderen beendet. Der Pool hat das nicht gesehen.",
      "Vielleicht hat jemand die Seite kopiert oder wollte eine Person unter fremdem Namen anmelden.",
    ],
    "passive-other-cookies": [
      "Die Cookies des Pools waren nicht die, mit denen dieser Browser auf der Seite angemeldet wurde.",
    ],
  },
  failed: {
    "sts-not-configured": [
      "Posterns Tokendienst hat gerade keinen Schlüssel, der signiert.",
      "Prüfen Sie STS_KEYS: Ein Schlüssel ist beschädigt, oder sein Zertifikat ist abgelaufen.",
    ],
    "sts-sid-shared": [
      "Eine andere Person hat hier dieselbe SID. Ein Token sagte also nicht, wer sich anmeldet.",
      "Sehen Sie nach, wem das Konto in Active Directory gehört, und nehmen Sie der anderen Person die SID.",
    ],
    "sts-no-sid": [
      "Die Person hat hier keine SID, für die ein Token signiert werden darf.",
      "Sehen Sie mit `npx postern user show` nach. Der Agent oder SCIM nennt die SID; wer von Hand angelegt wurde, hat keine. Sie muss aus einer Domäne in STS_DOMAIN_SIDS sein und darf nicht gesperrt sein.",
    ],
    "sts-no-soap": [
      "Das Programm spricht SOAP, und die Metadaten des Pools nennen keinen Zugang, der eine Sitzung oder ein Token von Posterns Tokendienst annimmt.",
      "Prüfen Sie, ob die passive Anmeldung am Pool eingeschaltet ist. Wenn ja, nehmen Sie den Connector, oder lassen Sie diese Personen nur Telefone und die Web App benutzen.",
    ],
    "sts-unreachable": [
      "Die Seite des Pools für die passive Anmeldung oder seine Metadaten haben nicht geantwortet.",
      "Prüfen Sie den Tunnel, danach den Pool.",
    ],
    "sts-redirect-unexpected": [
      "Der Pool hat kein Token von diesem Gateway verlangt.",
      "Prüfen Sie, ob die passive Anmeldung am Pool eingeschaltet ist, und vergleichen Sie STS_REALMS mit dem, was er in wtrealm schickt.",
    ],
    "sts-token-refused": [
      "Der Pool hat Posterns Token nicht angenommen.",
      "Sehen Sie nach, ob der Pool die neuesten Metadaten gelesen hat und ob die Uhr des Front-Ends stimmt.",
    ],
    "sts-grant-refused": [
      "Der Pool hat das Token angenommen und dann kein Ticket dafür gegeben.",
      "Sehen Sie nach, ob jedes Front-End des Pools die Cookies der anderen lesen kann und ob die SID zu dieser Adresse gehört.",
    ],
    "sts-user-unknown-to-pool": [
      "Der Pool kennt niemanden mit dieser SID.",
      "Vergleichen Sie die SID mit Active Directory, und sehen Sie nach, ob das Konto für Lync aktiviert ist.",
    ],
    "passive-no-token": [
      "Die Seite konnte kein Token machen.",
      "Im Protokoll steht eine Zeile mit dem Grund `token`: Der erste Schlüssel von STS_KEYS ist beschädigt, abgelaufen oder noch nicht gültig, oder der Name des Kontos lässt sich nicht schreiben.",
    ],
    "passive-not-accepted": [
      "Der Pool hat das Token der Seite nicht angenommen.",
      "Prüfen Sie, ob der Pool die neuesten Metadaten des Gateways gelesen hat und ob die Uhr des Front-Ends stimmt.",
    ],
  },
  changed: {
    "passive-token-issued": ["Die Seite hat für {who} ein Token gemacht, mit dem sich ein Programm am Pool anmeldet."],
  },
};
