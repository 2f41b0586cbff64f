ALTER TABLE `directory_links` ADD `kept` integer DEFAULT false NOT NULL;--> statement-breakpoint
CREATE INDEX `directory_links_left` ON `directory_links` (`since`,`user_id`) WHERE "directory_links"."state" <> 'in';--> statement-breakpoint
CREATE INDEX `app_passwords_by_revocation` ON `app_passwords` (`revoked_at`) WHERE "app_passwords"."revoked_at" is not null;