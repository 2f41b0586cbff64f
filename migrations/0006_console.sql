CREATE TABLE `admin_invitations` (
	`id` text PRIMARY KEY NOT NULL,
	`administrator_id` text NOT NULL,
	`hash` text NOT NULL,
	`created_at` integer NOT NULL,
	`created_by` text NOT NULL,
	`expires_at` integer NOT NULL,
	`used_at` integer,
	FOREIGN KEY (`administrator_id`) REFERENCES `administrators`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `admin_invitations_hash_unique` ON `admin_invitations` (`hash`);--> statement-breakpoint
CREATE INDEX `admin_invitations_by_administrator` ON `admin_invitations` (`administrator_id`);--> statement-breakpoint
CREATE INDEX `admin_invitations_by_expiry` ON `admin_invitations` (`expires_at`);--> statement-breakpoint
CREATE TABLE `audit_hours` (
	`hour` integer PRIMARY KEY NOT NULL,
	`signed_in` integer NOT NULL,
	`refused` integer NOT NULL,
	`failed` integer NOT NULL,
	`locked` integer NOT NULL,
	`devices_waiting` integer NOT NULL,
	`counted_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `ceremonies` (
	`hash` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`data` text NOT NULL,
	`expires_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `ceremonies_by_expiry` ON `ceremonies` (`expires_at`);--> statement-breakpoint
CREATE TABLE `key_ages` (
	`kind` text NOT NULL,
	`id` text NOT NULL,
	`first_seen_at` integer NOT NULL,
	PRIMARY KEY(`kind`, `id`)
);
--> statement-breakpoint
CREATE TABLE `passkeys` (
	`id` text PRIMARY KEY NOT NULL,
	`administrator_id` text NOT NULL,
	`user_handle` text NOT NULL,
	`public_key` blob NOT NULL,
	`counter` integer NOT NULL,
	`transports` text NOT NULL,
	`name` text NOT NULL,
	`device_type` text NOT NULL,
	`backed_up` integer NOT NULL,
	`rp_id` text NOT NULL,
	`created_at` integer NOT NULL,
	`last_used_at` integer,
	FOREIGN KEY (`administrator_id`) REFERENCES `administrators`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `passkeys_by_administrator` ON `passkeys` (`administrator_id`);--> statement-breakpoint
CREATE TABLE `web_sessions` (
	`hash` text PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`administrator_id` text NOT NULL,
	`created_at` integer NOT NULL,
	`seen_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`fresh_at` integer NOT NULL,
	`how` text NOT NULL,
	`subject` text,
	`source` text NOT NULL,
	`user_agent` text NOT NULL,
	FOREIGN KEY (`administrator_id`) REFERENCES `administrators`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `web_sessions_id_unique` ON `web_sessions` (`id`);--> statement-breakpoint
CREATE INDEX `web_sessions_by_administrator` ON `web_sessions` (`administrator_id`);--> statement-breakpoint
CREATE INDEX `web_sessions_by_expiry` ON `web_sessions` (`expires_at`);--> statement-breakpoint
ALTER TABLE `administrators` ADD `source` text DEFAULT 'invited' NOT NULL;--> statement-breakpoint
ALTER TABLE `administrators` ADD `subject` text;--> statement-breakpoint
CREATE UNIQUE INDEX `administrators_by_subject` ON `administrators` (`subject`) WHERE "administrators"."subject" is not null;