// Types of the API's answers, for the command-line tool.

export type {
  DeviceAnswer,
  DeviceChangedAnswer,
  DeviceKeyAnswer,
  PasswordRevokedAnswer,
  WhyAnswer,
} from "./schemas/devices.ts";
export type { UserChangedAnswer, WindowAnswer } from "./schemas/users.ts";
