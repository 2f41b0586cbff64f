CREATE TABLE `sealing_walk` (
	`id` integer PRIMARY KEY NOT NULL,
	`key_id` text NOT NULL,
	`after` text NOT NULL,
	`started_at` integer NOT NULL,
	`ended_at` integer,
	`users` integer NOT NULL,
	`resealed` integer NOT NULL,
	`lost` integer NOT NULL,
	`left` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `audit_counts` (
	`channel` text NOT NULL,
	`outcome` text NOT NULL,
	`reason` text NOT NULL,
	`events` integer NOT NULL,
	PRIMARY KEY(`channel`, `outcome`, `reason`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `job_runs` (
	`job` text PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`took` integer NOT NULL,
	`failed` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `meters` (
	`isolate` text PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`counts` text NOT NULL,
	`open_polls` integer NOT NULL,
	`connector_at` integer NOT NULL,
	`front_end_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `probe_runs` (
	`id` integer PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`ms` integer NOT NULL,
	`runs` integer NOT NULL,
	`failed` integer NOT NULL,
	`failures` integer NOT NULL,
	`since` integer,
	`fault` text,
	`ping_fault` text
);
--> statement-breakpoint
ALTER TABLE `directory_links` ADD `kept` integer DEFAULT false NOT NULL;--> statement-breakpoint
CREATE INDEX `directory_links_left` ON `directory_links` (`since`,`user_id`) WHERE "directory_links"."state" <> 'in';--> statement-breakpoint
ALTER TABLE `audit_events` ADD `stages` text;--> statement-breakpoint
ALTER TABLE `users` ADD `pool` text;--> statement-breakpoint
CREATE INDEX `users_pool` ON `users` (`pool`) WHERE "users"."pool" is not null;--> statement-breakpoint
CREATE INDEX `app_passwords_by_revocation` ON `app_passwords` (`revoked_at`) WHERE "app_passwords"."revoked_at" is not null;
--> statement-breakpoint
CREATE TRIGGER `audit_counted` AFTER INSERT ON audit_events BEGIN INSERT INTO audit_counts (channel, outcome, reason, events) SELECT new.channel, new.outcome, new.reason, 0 WHERE NOT EXISTS (SELECT 1 FROM audit_counts WHERE channel = new.channel AND outcome = new.outcome AND reason = new.reason); UPDATE audit_counts SET events = events + coalesce(new.repeats, 1) WHERE channel = new.channel AND outcome = new.outcome AND reason = new.reason; END;
