CREATE TABLE `portal_subjects` (
	`issuer` text NOT NULL,
	`subject` text NOT NULL,
	`user_id` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`issuer`, `subject`),
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `portal_subjects_by_user` ON `portal_subjects` (`user_id`,`issuer`);--> statement-breakpoint
CREATE TABLE `portal_passkeys` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`rp_id` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `portal_passkeys_by_user` ON `portal_passkeys` (`user_id`);--> statement-breakpoint
ALTER TABLE `app_passwords` ADD `asks_code` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `audit_events` ADD `country` text;--> statement-breakpoint
ALTER TABLE `audit_events` ADD `city` text;--> statement-breakpoint
CREATE INDEX `users_by_sid` ON `users` (`sid`) WHERE "users"."sid" is not null;