CREATE TABLE `authority_silence` (
	`id` integer PRIMARY KEY NOT NULL,
	`since` integer NOT NULL,
	`failures` integer NOT NULL,
	`fault` text NOT NULL,
	`open_until` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `directory_links` (
	`user_id` text PRIMARY KEY NOT NULL,
	`directory_key` text NOT NULL,
	`state` text NOT NULL,
	`since` integer NOT NULL,
	`held` integer NOT NULL,
	`told` integer NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `directory_links_directory_key_unique` ON `directory_links` (`directory_key`);--> statement-breakpoint
CREATE TABLE `directory_sources` (
	`source` text PRIMARY KEY NOT NULL,
	`cursor` text,
	`in_step_at` integer,
	`compared_at` integer,
	`reported_at` integer NOT NULL,
	`reported_by` text NOT NULL,
	`adopt_until` integer,
	`people` integer NOT NULL,
	`report` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `notices` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`user_id` text,
	`audience` text NOT NULL,
	`facts` text NOT NULL,
	`secret` text,
	`created_at` integer NOT NULL,
	`due_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`takes` integer NOT NULL,
	`ended_at` integer,
	`ended_as` text,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `notices_waiting` ON `notices` (`due_at`) WHERE "notices"."ended_at" is null;--> statement-breakpoint
CREATE INDEX `notices_by_user` ON `notices` (`user_id`);--> statement-breakpoint
CREATE INDEX `notices_of_helpdesk` ON `notices` (`kind`,`created_at`) WHERE "notices"."audience" = 'helpdesk';--> statement-breakpoint
CREATE INDEX `notices_by_end` ON `notices` (`ended_at`) WHERE "notices"."ended_at" is not null;--> statement-breakpoint
CREATE TABLE `user_invitations` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`created_at` integer NOT NULL,
	`created_by` text NOT NULL,
	`expires_at` integer NOT NULL,
	`used_at` integer,
	`withdrawn_at` integer,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `user_invitations_by_user` ON `user_invitations` (`user_id`);--> statement-breakpoint
CREATE INDEX `user_invitations_by_expiry` ON `user_invitations` (`expires_at`);--> statement-breakpoint
ALTER TABLE `api_tokens` ADD `networks` text;--> statement-breakpoint
ALTER TABLE `partnerships` ADD `authority` text;--> statement-breakpoint
ALTER TABLE `users` ADD `mail` text;--> statement-breakpoint
ALTER TABLE `users` ADD `mobile` text;--> statement-breakpoint
ALTER TABLE `users` ADD `sid` text;--> statement-breakpoint
ALTER TABLE `users` ADD `language` text;