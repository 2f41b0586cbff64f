ALTER TABLE `audit_events` ADD `stages` text;--> statement-breakpoint
ALTER TABLE `users` ADD `pool` text;--> statement-breakpoint
CREATE INDEX `users_pool` ON `users` (`pool`) WHERE "users"."pool" is not null;