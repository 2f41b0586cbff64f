CREATE TABLE `device_contests` (
	`contested_key` text NOT NULL,
	`contester_id` text NOT NULL,
	`contested_at` integer NOT NULL,
	PRIMARY KEY(`contested_key`, `contester_id`),
	FOREIGN KEY (`contester_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
ALTER TABLE `partnerships` ADD `provisional` integer DEFAULT false NOT NULL;