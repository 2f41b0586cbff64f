CREATE TABLE `administrators` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`email` text NOT NULL,
	`role` text NOT NULL,
	`created_at` integer NOT NULL,
	`created_by` text NOT NULL,
	`disabled_at` integer,
	`revision` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `administrators_by_email` ON `administrators` (`email`) WHERE "administrators"."disabled_at" is null;--> statement-breakpoint
CREATE TABLE `api_tokens` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`scope` text NOT NULL,
	`hash` text NOT NULL,
	`created_at` integer NOT NULL,
	`created_by` text NOT NULL,
	`expires_at` integer NOT NULL,
	`last_used_at` integer,
	`revoked_at` integer,
	`revoked_by` text
);
--> statement-breakpoint
CREATE TABLE `idempotency` (
	`caller` text NOT NULL,
	`key` text NOT NULL,
	`request_hash` text NOT NULL,
	`status` integer,
	`body` text,
	`at` integer NOT NULL,
	PRIMARY KEY(`caller`, `key`)
);
--> statement-breakpoint
CREATE INDEX `idempotency_by_time` ON `idempotency` (`at`);--> statement-breakpoint
ALTER TABLE `app_passwords` ADD `expires_at` integer;--> statement-breakpoint
ALTER TABLE `app_passwords` ADD `renewed_at` integer;--> statement-breakpoint
ALTER TABLE `app_passwords` ADD `old_nt_hashes` text;--> statement-breakpoint
ALTER TABLE `app_passwords` ADD `old_until` integer;--> statement-breakpoint
ALTER TABLE `app_passwords` ADD `last_used_at` integer;--> statement-breakpoint
ALTER TABLE `app_passwords` ADD `created_by` text;--> statement-breakpoint
CREATE INDEX `app_passwords_by_expiry` ON `app_passwords` (`expires_at`,`id`) WHERE "app_passwords"."expires_at" is not null and "app_passwords"."revoked_at" is null;--> statement-breakpoint
ALTER TABLE `audit_events` ADD `change` text;--> statement-breakpoint
ALTER TABLE `partnerships` ADD `proof` text;--> statement-breakpoint
ALTER TABLE `users` ADD `display_name` text;--> statement-breakpoint
ALTER TABLE `users` ADD `created_by` text;