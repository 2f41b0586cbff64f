// Types of answers for the command, until it imports the schemas' own.

export type { AuditPurgedAnswer, ErasedAnswer, PersonAnswer, PersonAuditAnswer } from "./schemas/person.ts";
