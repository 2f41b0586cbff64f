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
CREATE TRIGGER `audit_counted` AFTER INSERT ON audit_events BEGIN INSERT INTO audit_counts (channel, outcome, reason, events) SELECT new.channel, new.outcome, new.reason, 0 WHERE NOT EXISTS (SELECT 1 FROM audit_counts WHERE channel = new.channel AND outcome = new.outcome AND reason = new.reason); UPDATE audit_counts SET events = events + coalesce(new.repeats, 1) WHERE channel = new.channel AND outcome = new.outcome AND reason = new.reason; END;