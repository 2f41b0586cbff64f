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
ALTER TABLE `audit_events` ADD `stages` text;--> statement-breakpoint
ALTER TABLE `users` ADD `pool` text;--> statement-breakpoint
CREATE INDEX `users_pool` ON `users` (`pool`) WHERE "users"."pool" is not null;