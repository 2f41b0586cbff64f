// Types of answers for the command, until it imports the schemas' own.

export type {
  DeviceAnswer,
  DeviceChangedAnswer,
  DeviceKeyAnswer,
  PasswordRevokedAnswer,
  WhyAnswer,
} from "./schemas/devices.ts";
export type { UserChangedAnswer, WindowAnswer } from "./schemas/users.ts";
