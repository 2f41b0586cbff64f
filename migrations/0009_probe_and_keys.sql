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
