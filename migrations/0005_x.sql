ALTER TABLE `app_passwords` ADD `expires_at` integer;--> statement-breakpoint
ALTER TABLE `app_passwords` ADD `renewed_at` integer;--> statement-breakpoint
ALTER TABLE `app_passwords` ADD `old_nt_hashes` text;--> statement-breakpoint
ALTER TABLE `app_passwords` ADD `old_until` integer;--> statement-breakpoint
ALTER TABLE `app_passwords` ADD `last_used_at` integer;--> statement-breakpoint
ALTER TABLE `app_passwords` ADD `created_by` text;--> statement-breakpoint
CREATE INDEX `app_passwords_by_expiry` ON `app_passwords` (`expires_at`,`id`) WHERE "app_passwords"."expires_at" is not null and "app_passwords"."revoked_at" is null;