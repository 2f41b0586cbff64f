// A letter for tests of what delivers mail.

import type { Letter } from "../../src/notices/letter.ts";

export const letter: Letter = {
  ...{ id: "msg_0123456789abcdef0123456789abcdef", kind: "device-new", to: "alice@contoso.test" },
  ...{ subject: "Ein neues Gerät", text: "Guten Tag Alice\n", html: "<p>Guten Tag Alice</p>" },
  told: {
    ...{ id: "e_1/person", kind: "device-new", to: "alice@contoso.test", name: "Alice", language: "de", takes: 1 },
    createdAt: "2026-11-27T12:00:00.000Z",
    facts: { at: "2026-11-27T12:00:00.000Z", user: "alice@contoso.test", device: "iPhone" },
  },
};
