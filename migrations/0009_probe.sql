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
