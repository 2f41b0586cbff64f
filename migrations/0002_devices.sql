CREATE TABLE `partnerships` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`device_key` text,
	`credential_id` text,
	`state` text NOT NULL,
	`decision` text,
	`decided_by` text NOT NULL,
	`decided_at` integer NOT NULL,
	`reason` text NOT NULL,
	`facts` text NOT NULL,
	`source` text NOT NULL,
	`first_seen_at` integer NOT NULL,
	`last_seen_at` integer NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `partnerships_device_key_unique` ON `partnerships` (`device_key`);--> statement-breakpoint
CREATE INDEX `partnerships_by_user` ON `partnerships` (`user_id`);--> statement-breakpoint
CREATE TABLE `policies` (
	`version` integer PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`applied_by` text NOT NULL,
	`why` text,
	`policy` text NOT NULL,
	`text` text
);
--> statement-breakpoint
ALTER TABLE `audit_events` ADD `device` text;--> statement-breakpoint
ALTER TABLE `audit_events` ADD `device_key` text;--> statement-breakpoint
ALTER TABLE `audit_events` ADD `changed_by` text;--> statement-breakpoint
ALTER TABLE `audit_events` ADD `why` text;--> statement-breakpoint
ALTER TABLE `users` ADD `groups` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE `users` ADD `enrolment` text;--> statement-breakpoint
ALTER TABLE `users` ADD `max_devices` integer;--> statement-breakpoint
ALTER TABLE `users` ADD `window_until` integer;--> statement-breakpoint
ALTER TABLE `users` ADD `revision` integer DEFAULT 0 NOT NULL;