CREATE TABLE `audit_events` (
	`id` text PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`request_id` text NOT NULL,
	`channel` text NOT NULL,
	`host` text NOT NULL,
	`source` text NOT NULL,
	`user_agent` text NOT NULL,
	`workstation` text NOT NULL,
	`outcome` text NOT NULL,
	`reason` text NOT NULL,
	`user_id` text,
	`user` text,
	`credential_id` text,
	`wait_until` integer,
	`would_refuse` text,
	`repeats` integer
);
--> statement-breakpoint
CREATE INDEX `audit_events_by_user` ON `audit_events` (`user_id`,`id`) WHERE "audit_events"."user_id" is not null;--> statement-breakpoint
CREATE INDEX `audit_events_waiting` ON `audit_events` (`wait_until`) WHERE "audit_events"."wait_until" is not null;