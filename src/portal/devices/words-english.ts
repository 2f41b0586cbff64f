// The words of "My devices" in English.

export const en = {
  mine: "My devices",
  none: "You have not set up a device yet.",
  add: "Set up a device",
  look: "Look at it",
  seen: "Last used",
  neverSeen: "not used yet",
  from: "from",
  here: "the network that you are in",
  unknownPlace: "an unknown place",
  states: {
    in: "In use",
    waits: "Waits for you",
    "waits-for-help-desk": "Waits for your help desk",
    refused: "Not allowed",
    blocked: "Blocked",
    "blocked-by-others": "Blocked by your help desk",
    expired: "Not used for long",
    expected: "Not set up yet",
    ended: "Its password has ended",
  },
  stateMore: {
    in: "",
    waits: "It gets nothing until you say that it is yours. That must be within a week.",
    "waits-for-help-desk": "It gets nothing until your help desk lets it in.",
    refused: "Your company does not allow it.",
    blocked: "It gets nothing. To use it again, remove it from the list and set it up as a new device.",
    "blocked-by-others": "It gets nothing. Only your help desk can let it in again.",
    expired: "It was not used for so long that it has to come in like a new device.",
    expected: "Your help desk expects this device. Sign in on it with its password.",
    ended: "It gets nothing. To use it again, set it up with a new password.",
  },
  passwordEnds: (when: string) => `Its password ends on ${when}.`,
  passwordEnded: (when: string) => `Its password ended on ${when}.`,
  certificate:
    "This computer also has a certificate, which only your help desk can end. Call them if the computer is lost.",

  what: "What it is",
  name: "Name",
  firstSeen: "First used",
  lastSeen: "Last used",
  lastFrom: "Last from",
  app: "App",
  model: "Model",
  system: "System",
  computer: "Computer",
  claims: "What it is, the device says itself.",

  rename: "Rename",
  renameLabel: "What do you want to call it?",
  save: "Save",
  block: "Block",
  blockHint: "It gets nothing any more, at once, and its password ends. It stays in your list.",
  forget: "Remove",
  forgetHint:
    "It disappears from your list and makes room for another one. Its password ends as well, so it cannot come back by itself.",
  forgetNot: "Your help desk has blocked this device, so only they can remove it.",
  lost: "I lost it",
  renew: "Renew its password",
  renewHint: "You get a new password for the same device. The old one stays good for two weeks.",
  end: "End it",

  unused: "Passwords without a device",
  unusedMore: "You have made these passwords, and no device has come with them yet.",
  madeAt: "Made",
  wait: "Wait for it",

  done: {
    renamed: "The new name is saved.",
    blocked: "The device is blocked, and its password has ended.",
    forgotten: "The device is removed, and its password has ended.",
    ended: "The password has ended.",
    approved: "The device is yours now. Sign in on it once more, with the same password.",
    "approved-already": "You have said so already.",
  },

  newTitle: "Set up a device",
  which: "What do you want to set up?",
  cancel: "Cancel",
  nameIt: "What do you want to call it?",
  nameHint: "The name helps you to find it again, for example when you have lost it.",
  onlyOnce: "On the next page you see its password, only this once. Have the device at hand.",
  show: "Show the password",
  tooMany: "You have too many passwords already. End those that you do not need, then come back.",
  tooManyWithCode: "You have as many passwords with a code as are allowed. End one that you do not need.",
  noApp:
    "A password with a code needs an authenticator app, and you have none here yet. Add one under “Security”, then come back.",
  codeTick: "Ask for a code of my authenticator app each time",
  codeHint:
    "Then the password alone opens nothing. You type it at each sign-in, with the six digits of the app behind it. Not for a program that stores the password.",
  codeRequired:
    "Your company wants a code each time: at each sign-in you type the six digits of your authenticator app behind the password.",
  codeRequiredPhone:
    "Your company wants a code of your authenticator app each time. Phones store the password, and a code works only once, so a phone stays signed in for some hours only. Ask your help desk first.",
  codeType:
    "Type the password, and directly behind it, without a blank, the six digits that your authenticator app shows now. Each code works once.",
  passwordWithCode: "the one above, with six digits of your authenticator app behind it",
  codeRequiredNow:
    "Your company wants passwords with a code now, so this one cannot be renewed. Set the device up with a new one.",
  tooOften: "You have made many passwords within a minute. Wait a moment, then try again.",
  shownAlready: "This password was shown already",
  shownAlreadyMore: "A password is shown only once. If you have not typed it yet, end it, and make a new one.",
  makeAnother: "Make another one",

  madeTitle: (name: string) => `The password for “${name}”`,
  copy: "Copy",
  copied: "Copied",
  copyAndOpen: "Copy it and open the app",
  openHint: "If nothing opens, open the app yourself. The password is copied.",
  onlyNow:
    "It is shown only now, and it is for this one device. It works with or without the hyphens. It is not your Windows password.",
  type: "Type this on the device",
  address: "Sign-in address",
  user: "User name",
  userMore: "exactly so, with the part before the backslash. It may differ from the address",
  password: "Password",
  passwordMore: "the one above, not the one of Windows",
  steps: "How",
  leave: "Leave alone",
  ends: (when: string) => `It is good until ${when}.`,
  oldUntil: (when: string) => `The old password stays good until ${when}.`,
  renewedTitle: (name: string) => `The new password for “${name}”`,
  renewedNext:
    "Type it on the device instead of the old one: sign out there, then sign in again as below. The device stays the same one.",
  renewTitle: "Renew a password",
  renewSure: (name: string) => `Do you want a new password for “${name}”?`,
  renewStolen:
    "If somebody else may know the old one, do not renew it. End it with “I lost it”, and set the device up again.",
  renewButton: "Show the new password",
  renewedAlready: "This password was renewed already",

  outlook: {
    open: "You can use the device as soon as you have signed in on it.",
    self: "When you have signed in on it, come back here and say that it is yours. Until then the app says that it cannot connect.",
    window: (until: string) => `Sign in on the device before ${until}. Later it would be refused.`,
    "no-window":
      "New devices are let in only while your help desk has opened a short time for you. Call them before you sign in on the device.",
    approval:
      "When you have signed in on it, the device waits until your help desk lets it in. Until then the app says that it cannot connect.",
    closed:
      "New devices are let in only if your help desk expects them. Call them before you sign in on the device, and say that you have a new password.",
    full: (limit: number) =>
      `You have ${limit === 1 ? "one device" : `${limit} devices`}, and no more are allowed. Remove an old one before you sign in on the new one.`,
  },

  lostTitle: "I lost a phone",
  lostWhich: "Which device is lost?",
  lostSure: "Its password ends at once, and nothing more is served to it. You can set it up again if you find it.",
  lostButton: "End it now",
  lostGone: "This one is ended already, or it is not yours. Please choose again.",
  lostNothing: "There is nothing to end: no device of yours is let in, and no password is good.",
  lostOther:
    "It is not in this list, or you are not sure? End all of them, one after the other, or call your help desk.",
  lostPassword: (name: string) => `The password “${name}”, with which no device has come`,
  endedTitle: "It is ended",
  ended: (time: string) => `Ended at ${time}. Nothing is served to it any more.`,
  endedHalf:
    "The device is blocked and gets nothing more. But its password could not be ended. Please press once more.",
  endedNext: "What is left to do",
  endedCertificate:
    "This computer has a certificate of your company, with which it can still send and receive messages. Only your help desk can end it.",
  endedTold: "They have got a mail about it. Call them, too, so that it does not wait until somebody reads it.",
  endedNotTold: "Call them as soon as you can, and say: “Please end the certificates of my computers.”",
  endedNothingLeft:
    "The device itself keeps what it has shown already. Lock or erase it with the means of its maker, if you can.",
  toActivity: "See what happened",

  approveTitle: "Is this yours?",
  approveIntro: "Somebody has signed in with a password of yours on a device that is new. It waits, and gets nothing.",
  number: "Number",
  numberMore:
    "The mail about this device has the same number. If somebody asks you to say yes and cannot tell you this number, it is not yours.",
  withPassword: "With the password",
  when: "When",
  where: "From",
  isMine: "This is mine",
  notMine: "This is not mine",
  isMineHint: "You may be asked once more who you are. Then it is let in.",
  notMineHint: "It is blocked, and its password ends, at once.",
  justSetUp: "Say yes only if you have just signed in on a device yourself.",
  notWaiting: "This device does not wait any more",
  notWaitingMore: "Somebody has decided about it meanwhile, or it has gone.",
  faults: {
    "seen-since": "The device has come again from elsewhere meanwhile. Please look at it once more before you say yes.",
    "does-not-wait": "It has waited for too long. Sign in on it once more, then it is here again.",
    "own-approval-off": "Your company has changed how devices are let in. Your help desk decides about it now.",
    "kept-out-by-rule": "Your company does not allow this device. Your help desk can tell you why.",
    "too-many-devices": "You have as many devices as are allowed. Remove an old one first.",
    "awaits-administrator": "Your help desk decides about this device.",
    "device-blocked": "This device is blocked.",
    other: "That did not work. Please look again.",
  },
  notMineTitle: "It is kept out",
  notMineNext:
    "Somebody knew the password that you made for a device. If you gave it to nobody, look at what happened, and tell your help desk.",
  notFound: "You have no such device.",
};
