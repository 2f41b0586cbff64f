CREATE TABLE `authority_silence` (
	`id` integer PRIMARY KEY NOT NULL,
	`since` integer NOT NULL,
	`failures` integer NOT NULL,
	`fault` text NOT NULL,
	`open_until` integer NOT NULL
);
--> statement-breakpoint
ALTER TABLE `partnerships` ADD `authority` text;