// Types of the API's answers, for the command-line tool.

export type { AuditPurgedAnswer, ErasedAnswer, PersonAnswer, PersonAuditAnswer } from "./schemas/person.ts";
