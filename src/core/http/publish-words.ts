// Explains the rows of the publish table to people: who uses a directory, and what people lose while it is closed. Not
// part of the Worker. scripts/published.ts writes docs/published.md from these words and the table;
// publish-words.test.ts checks that the two agree.

/** The words about one row, or about several rows that belong together. */
export type RowWords = {
  /** The rows' paths as administrators know them; in lower case they are the paths of the table. */
  readonly paths: readonly string[];
  /** What it is, and who uses it. */
  readonly who: string;
  /** What is lost while it is closed, or would be. */
  readonly lost: string;
  /**
   * The anchor of the heading in docs/published.md that helps. Every closed directory that somebody may miss has one.
   */
  readonly help?: string;
};

const ROOT = "/Autodiscover/AutodiscoverService.svc/root";
const TICKETS = "/WebTicket/WebTicketService.svc";

/** In the order of the table. */
export const PUBLISH_WORDS: readonly RowWords[] = [
  {
    paths: ["/", ROOT],
    who: "Discovery: where the user's services are. Every client asks first. The query (`?sipuri=`) stays outside.",
    lost: "Nobody signs in from outside without typing server names.",
  },
  {
    paths: [`${ROOT}/domain`],
    who: "Discovery of a pool's topology. No client that we know asks for it.",
    lost: "Nothing.",
  },
  {
    paths: [`${ROOT}/user`],
    who: "Discovery of the user's own services, for desktops and phones.",
    lost: "These clients do not sign in.",
  },
  {
    paths: [`${ROOT}/oauth/user`],
    who: "The same for UCWA: apps, web sites with the Web SDK, and Exchange.",
    lost: "These clients do not sign in.",
    help: "the-online-meeting-button-of-outlook-on-the-web-fails",
  },
  {
    paths: ["/Autodiscover/XFrame/*", `${ROOT}/xframe/*`, `${ROOT}/XFrame.html`, "/xframe/*", "/XFrame.html"],
    who: "The page with which the Web SDK starts. Web sites that show presence or chat.",
    lost: "Such sites do not sign in.",
  },
  {
    paths: [TICKETS],
    who: "Sign-in by NTLM, with the app password: desktops and phones.",
    lost: "Nobody signs in.",
  },
  {
    paths: [`${TICKETS}/mex`],
    who: "The description of the sign-in service, with the addresses that are open here.",
    lost: "Desktops do not find where to sign in.",
  },
  {
    paths: [`${TICKETS}/Auth`],
    who: "Sign-in with name and app password in the message: the web app when somebody joins as a member of the company.",
    lost: "In the web app people join as guests.",
  },
  {
    paths: [`${TICKETS}/Anon`],
    who: "A guest's ticket: people without an account who join a meeting with a native app.",
    lost: "Such guests do not join.",
  },
  {
    paths: [`${TICKETS}/Cert`],
    who: "Sign-in with the certificate that a desktop or desk phone has for 180 days. Open if CERTIFICATE_TICKETS is on: POST, 64 KB.",
    lost: "The web services are opened with the app password instead. SIP sign-in with the certificate goes through the Access Edge, and works.",
    help: "a-desk-phone-does-not-sign-in-with-extension-and-pin",
  },
  {
    paths: [`${TICKETS}/Pin`],
    who: "Sign-in of desk phones with extension and PIN.",
    lost: "Desk phones outside do not sign in with a PIN.",
    help: "a-desk-phone-does-not-sign-in-with-extension-and-pin",
  },
  {
    paths: ["/WebTicket/WebTicketAdvancedService.svc/*"],
    who: "Tickets for a token of AD FS (WS-Federation).",
    lost: "Sign-in by AD FS, or with a second factor that AD FS asks for.",
    help: "sign-in-by-ad-fs-fails",
  },
  {
    paths: ["/WebTicket/oauthtoken"],
    who: "Sign-in of UCWA clients with the app password; guests' tickets for the web app.",
    lost: "Phones, the web app and web sites do not sign in.",
  },
  {
    paths: ["/CertProv/CertProvisioningService.svc/mex"],
    who: "The description of the certificate service.",
    lost: "Desktops get no certificate.",
  },
  {
    paths: ["/CertProv/CertProvisioningService.svc/*"],
    who: "The certificate of a desktop, with which it names its device.",
    lost: "Desktops sign in to SIP with the password each time, and have no address book.",
  },
  {
    paths: ["/ucwa/v1/applications", "/ucwa/oauth/v1/applications"],
    who: "The start of a UCWA application, where a phone or a web client names its device.",
    lost: "Phones, the web app and web sites do not sign in.",
  },
  {
    paths: ["/ucwa/v1/*", "/ucwa/oauth/v1/*"],
    who: "Presence, messages, meetings and calls of phones, the web app and web sites.",
    lost: "The same.",
  },
  {
    paths: ["/Reach/sip.svc/*"],
    who: "SIP over HTTP of the web app.",
    lost: "The web app does not join.",
  },
  {
    paths: ["/abs/*"],
    who: "The address book of desktops: files that they fetch each day, and photos. Phones search by UCWA.",
    lost: "Desktops outside find nobody by name.",
    help: "the-address-book-does-not-load",
  },
  {
    paths: ["/GroupExpansion/service.svc/mex"],
    who: "The description of the service below.",
    lost: "The same.",
  },
  {
    paths: ["/GroupExpansion/service.svc/*"],
    who: "Members of distribution groups, and searches of the address book by the web service.",
    lost: "A group in the contact list does not open.",
    help: "the-address-book-does-not-load",
  },
  {
    paths: ["/Scheduler/*"],
    who: "The web scheduler: meetings made in a browser. **No browser gets in**, because it sends no ticket in a header. To a program that does, the pages are shown; nothing is posted.",
    lost: "Meetings are made in Outlook or in a client.",
    help: "the-web-scheduler-does-not-open",
  },
  {
    paths: ["/PhoneConferencing/*", "/conf/*"],
    who: "Settings of dial-in conferencing in a browser. **No browser gets in**, as with the scheduler.",
    lost: "The PIN is set inside the company.",
    help: "a-user-cannot-set-the-dial-in-pin",
  },
  {
    paths: ["/RgsClients/*"],
    who: "Response groups: the page on which formal agents sign in and out (`Tab.aspx`), and its service. **No browser gets in**, and no desktop: both offer Windows credentials here, no ticket.",
    lost: "Agents outside do not sign in to or out of their groups.",
    help: "response-group-agents-cannot-sign-in-or-out",
  },
  {
    paths: ["/meet/*"],
    who: "The page behind a meeting's link. Everybody who joins from a link.",
    lost: "Nobody joins from a link.",
  },
  {
    paths: ["/lwa/*"],
    who: "Lync Web App, and its plug-in.",
    lost: "Nobody joins with a browser.",
  },
  {
    paths: ["/DataCollabWeb/*", "/CollabContent/*", "/MeetingContent/*", "/MeetingFiles/*"],
    who: "Whiteboards, polls, attachments and slides of a meeting, for members and guests.",
    lost: "The meeting has sound and picture, but no content.",
    help: "powerpoint-slides-do-not-show-in-a-meeting",
  },
  {
    paths: ["/Fonts/*", "/LMStaticData/*", "/etc/place/null/*"],
    who: "Parts of the meeting pages.",
    lost: "These pages look wrong.",
  },
  {
    paths: ["/dialin/*"],
    who: "Telephone numbers of dial-in conferencing. Everybody; **the sign-in form on it is closed**: nothing is posted.",
    lost: "The numbers in invitations lead nowhere.",
    help: "a-user-cannot-set-the-dial-in-pin",
  },
  {
    paths: ["/mcx/*"],
    who: "The mobile apps of Lync 2010.",
    lost: "These apps do not sign in. Those of Lync 2013 and Skype for Business do.",
    help: "an-old-mobile-app-does-not-sign-in",
  },
  {
    paths: ["/PassiveAuth/*"],
    who: "Sign-in by a web page (WS-Federation). `PassiveAuth.aspx` opens with `STS_HOST`, where Postern is the pool's [token service](passive.md).",
    lost: "Sign-in by AD FS, or with a second factor that AD FS asks for.",
    help: "sign-in-by-ad-fs-fails",
  },
  {
    paths: ["/PersistentChat/*", "/MGCWebService/*"],
    who: "Persistent Chat: the pages on which rooms are made and managed, and their service.",
    lost: "Rooms are managed inside the company. Chat in rooms goes over SIP and works.",
    help: "persistent-chat-rooms-cannot-be-made-or-managed",
  },
  {
    paths: ["/RequestHandlerExt/*", "/DeviceUpdateFiles_Ext/*"],
    who: "Firmware of desk phones (Lync Phone Edition and compatible ones): whether there is an update, and the files.",
    lost: "Desk phones outside keep the firmware that they have.",
    help: "desk-phones-do-not-update-their-firmware",
  },
  {
    paths: ["/AutoUpdate/*"],
    who: "Updates by the pool of clients and devices of older versions.",
    lost: "Such clients outside are not updated by the pool.",
    help: "desk-phones-do-not-update-their-firmware",
  },
  {
    paths: ["/HybridConfig/*"],
    who: "The set-up of a hybrid with Office 365, which administrators and Microsoft's service use.",
    lost: "A wizard that sets up or checks a hybrid from outside fails.",
    help: "hybrid-set-up-or-moving-users-to-office-365-fails",
  },
  {
    paths: ["/PlatformService/*"],
    who: "Bots and contact centres with the Trusted Application API.",
    lost: "Such applications do not run from outside.",
    help: "a-bot-or-contact-centre-cannot-reach-the-pool",
  },
  {
    paths: ["/cscp/*", "/macp/*"],
    who: "Control panels. Administrators.",
    lost: "Administrators work inside the company. These stay closed.",
    help: "the-control-panel-or-remote-powershell-does-not-open",
  },
  {
    paths: ["/OcsPowerShell/*", "/PowerShell/*"],
    who: "Remote PowerShell. Administrators.",
    lost: "Administrators work inside the company. These stay closed.",
    help: "the-control-panel-or-remote-powershell-does-not-open",
  },
  {
    paths: ["/RgsConfig/*"],
    who: "Set-up of response groups. Administrators.",
    lost: "Administrators work inside the company. This stays closed.",
    help: "the-control-panel-or-remote-powershell-does-not-open",
  },
  {
    paths: ["/LocationInformation/*"],
    who: "The place of a network for emergency calls (E9-1-1). Clients ask it inside the company.",
    lost: "Clients outside do not find their place by the network; the user types it.",
    help: "a-client-outside-does-not-know-its-location",
  },
  {
    paths: ["/RequestHandler/*"],
    who: "Firmware of desk phones, inside the company.",
    lost: "Nothing outside.",
    help: "desk-phones-do-not-update-their-firmware",
  },
  {
    paths: ["/ucwa/*/v1/applications/*/batch"],
    who: "Batches of UCWA requests, in the one place where clients send them. Each part is judged ([batches](batches.md)).",
    lost: "Phones and web sites that use batches do not work.",
  },
  {
    paths: ["/ucwa/*/batch"],
    who: "A batch anywhere else. No client sends one.",
    lost: "Nothing.",
  },
];
