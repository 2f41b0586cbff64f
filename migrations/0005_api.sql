CREATE TABLE `administrators` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`email` text NOT NULL,
	`role` text NOT NULL,
	`created_at` integer NOT NULL,
	`created_by` text NOT NULL,
	`disabled_at` integer,
	`revision` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `administrators_by_email` ON `administrators` (`email`) WHERE "administrators"."disabled_at" is null;--> statement-breakpoint
CREATE TABLE `api_tokens` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`scope` text NOT NULL,
	`hash` text NOT NULL,
	`created_at` integer NOT NULL,
	`created_by` text NOT NULL,
	`expires_at` integer NOT NULL,
	`last_used_at` integer,
	`revoked_at` integer,
	`revoked_by` text
);
--> statement-breakpoint
CREATE TABLE `device_words` (
	`word` text NOT NULL,
	`device_id` text NOT NULL,
	PRIMARY KEY(`word`, `device_id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `idempotency` (
	`caller` text NOT NULL,
	`key` text NOT NULL,
	`request_hash` text NOT NULL,
	`status` integer,
	`body` text,
	`at` integer NOT NULL,
	PRIMARY KEY(`caller`, `key`)
);
--> statement-breakpoint
CREATE INDEX `idempotency_by_time` ON `idempotency` (`at`);--> statement-breakpoint
CREATE TABLE `user_groups` (
	`group_word` text NOT NULL,
	`sip_uri` text NOT NULL,
	`user_id` text NOT NULL,
	PRIMARY KEY(`group_word`, `sip_uri`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `user_words` (
	`word` text NOT NULL,
	`user_id` text NOT NULL,
	PRIMARY KEY(`word`, `user_id`)
) WITHOUT ROWID;
--> statement-breakpoint
ALTER TABLE `app_passwords` ADD `expires_at` integer;--> statement-breakpoint
ALTER TABLE `app_passwords` ADD `renewed_at` integer;--> statement-breakpoint
ALTER TABLE `app_passwords` ADD `old_nt_hashes` text;--> statement-breakpoint
ALTER TABLE `app_passwords` ADD `old_until` integer;--> statement-breakpoint
ALTER TABLE `app_passwords` ADD `last_used_at` integer;--> statement-breakpoint
ALTER TABLE `app_passwords` ADD `created_by` text;--> statement-breakpoint
CREATE INDEX `app_passwords_by_expiry` ON `app_passwords` (`expires_at`,`id`) WHERE "app_passwords"."expires_at" is not null and "app_passwords"."revoked_at" is null;--> statement-breakpoint
ALTER TABLE `audit_events` ADD `change` text;--> statement-breakpoint
CREATE INDEX `audit_events_by_source` ON `audit_events` (`source`,`id`);--> statement-breakpoint
CREATE INDEX `audit_events_by_outcome` ON `audit_events` (`outcome`,`id`) WHERE "audit_events"."outcome" <> 'signed-in';--> statement-breakpoint
CREATE INDEX `audit_events_by_reason` ON `audit_events` (`reason`,`id`) WHERE "audit_events"."outcome" <> 'signed-in';--> statement-breakpoint
CREATE INDEX `audit_events_by_device` ON `audit_events` (`device`,`id`) WHERE "audit_events"."device" is not null;--> statement-breakpoint
CREATE INDEX `audit_events_by_device_key` ON `audit_events` (`device_key`,`id`) WHERE "audit_events"."device_key" is not null;--> statement-breakpoint
CREATE INDEX `audit_events_by_actor` ON `audit_events` (`changed_by`,`id`) WHERE "audit_events"."changed_by" is not null;--> statement-breakpoint
ALTER TABLE `partnerships` ADD `proof` text;--> statement-breakpoint
CREATE INDEX `partnerships_by_state` ON `partnerships` (`state`,`id`);--> statement-breakpoint
CREATE INDEX `partnerships_by_seen` ON `partnerships` (`last_seen_at`,`id`);--> statement-breakpoint
CREATE INDEX `partnerships_by_type` ON `partnerships` (("facts" ->> '$.type'),`id`);--> statement-breakpoint
CREATE INDEX `partnerships_by_product` ON `partnerships` (lower("facts" ->> '$.product'),`id`);--> statement-breakpoint
CREATE INDEX `partnerships_by_version` ON `partnerships` (("facts" ->> '$.version'),`id`);--> statement-breakpoint
ALTER TABLE `users` ADD `display_name` text;--> statement-breakpoint
ALTER TABLE `users` ADD `created_by` text;--> statement-breakpoint
CREATE INDEX `users_enabled` ON `users` (`sip_uri`) WHERE "users"."disabled_at" is null;--> statement-breakpoint
CREATE INDEX `users_disabled` ON `users` (`sip_uri`) WHERE "users"."disabled_at" is not null;--> statement-breakpoint
CREATE INDEX `users_by_window` ON `users` (`window_until`) WHERE "users"."window_until" is not null;--> statement-breakpoint
CREATE INDEX `device_contests_by_time` ON `device_contests` (`contested_at`,`contested_key`,`contester_id`);--> statement-breakpoint
CREATE INDEX `device_contests_by_user` ON `device_contests` (`contester_id`);--> statement-breakpoint
-- What follows is written by hand: views, triggers and the rows of what is there already. Each trigger is one line and says BEGIN
-- and END in capitals, and has no other END: D1 takes a migration apart at its semicolons, and knows a trigger by that
-- (cloudflare/workers-sdk#4998, #15314). None says OR IGNORE: the statement that fires a trigger decides what a conflict does. A word is in lower case as SQLite's `lower` makes it; src/store/words.ts asks for the rest.
CREATE VIEW `words_of_names` AS
SELECT user_id, name, iif(instr(name, '@') > 0, substr(name, 1, instr(name, '@') - 1), substr(name, instr(name, '\') + 1)) AS word FROM names
UNION ALL SELECT user_id, name, substr(name, instr(name, '@')) FROM names WHERE instr(name, '@') > 0
UNION ALL SELECT user_id, name, part.value FROM names, json_each('[' || replace(replace(replace(replace(json_quote(iif(instr(name, '@') > 0, substr(name, 1, instr(name, '@') - 1), substr(name, instr(name, '\') + 1))), '.', '","'), '-', '","'), '_', '","'), '+', '","') || ']') AS part WHERE part.value <> '';
--> statement-breakpoint
CREATE VIEW `words_of_display_names` AS
SELECT users.id AS user_id, part.value AS word FROM users, json_each('[' || replace(replace(json_quote(lower(display_name)), ',', '","'), ' ', '","') || ']') AS part WHERE display_name IS NOT NULL AND part.value <> ''
UNION ALL SELECT users.id, part.value FROM users, json_each('[' || replace(replace(replace(replace(replace(replace(replace(json_quote(lower(display_name)), ',', '","'), ' ', '","'), '.', '","'), '-', '","'), '''', '","'), '(', '","'), ')', '","') || ']') AS part WHERE display_name IS NOT NULL AND part.value <> '';
--> statement-breakpoint
CREATE VIEW `words_of_devices` AS
SELECT partnerships.id AS device_id, part.value AS word FROM partnerships, json_each('[' || replace(json_quote(lower(ifnull(facts ->> '$.model', '') || ' ' || ifnull(facts ->> '$.os', '') || ' ' || ifnull(facts ->> '$.product', '') || ' ' || ifnull(facts ->> '$.workstation', ''))), ' ', '","') || ']') AS part WHERE part.value <> ''
UNION ALL SELECT partnerships.id, part.value FROM partnerships, json_each('[' || replace(replace(replace(replace(replace(replace(replace(json_quote(lower(ifnull(facts ->> '$.model', '') || ' ' || ifnull(facts ->> '$.os', '') || ' ' || ifnull(facts ->> '$.product', '') || ' ' || ifnull(facts ->> '$.workstation', ''))), ',', '","'), ' ', '","'), '-', '","'), '_', '","'), '(', '","'), ')', '","'), '/', '","') || ']') AS part WHERE part.value <> ''
UNION ALL SELECT id, lower(substr(device_key, instr(device_key, ':') + 1)) FROM partnerships WHERE device_key IS NOT NULL;
--> statement-breakpoint
CREATE TRIGGER `names_added` AFTER INSERT ON names BEGIN INSERT INTO user_words (word, user_id) SELECT DISTINCT word, user_id FROM words_of_names AS said WHERE name = new.name AND NOT EXISTS (SELECT 1 FROM user_words AS kept WHERE kept.word = said.word AND kept.user_id = said.user_id); END;
--> statement-breakpoint
CREATE TRIGGER `names_going` BEFORE DELETE ON names BEGIN DELETE FROM user_words WHERE user_id = old.user_id AND word IN (SELECT word FROM words_of_names WHERE name = old.name); END;
--> statement-breakpoint
CREATE TRIGGER `names_gone` AFTER DELETE ON names BEGIN INSERT INTO user_words (word, user_id) SELECT word, user_id FROM words_of_names AS said WHERE user_id = old.user_id AND NOT EXISTS (SELECT 1 FROM user_words AS kept WHERE kept.word = said.word AND kept.user_id = said.user_id) UNION SELECT word, user_id FROM words_of_display_names AS said WHERE user_id = old.user_id AND NOT EXISTS (SELECT 1 FROM user_words AS kept WHERE kept.word = said.word AND kept.user_id = said.user_id); END;
--> statement-breakpoint
CREATE TRIGGER `names_changing` BEFORE UPDATE ON names BEGIN DELETE FROM user_words WHERE user_id = old.user_id AND word IN (SELECT word FROM words_of_names WHERE name = old.name); END;
--> statement-breakpoint
CREATE TRIGGER `names_changed` AFTER UPDATE ON names BEGIN INSERT INTO user_words (word, user_id) SELECT word, user_id FROM words_of_names AS said WHERE user_id = old.user_id AND NOT EXISTS (SELECT 1 FROM user_words AS kept WHERE kept.word = said.word AND kept.user_id = said.user_id) UNION SELECT word, user_id FROM words_of_display_names AS said WHERE user_id = old.user_id AND NOT EXISTS (SELECT 1 FROM user_words AS kept WHERE kept.word = said.word AND kept.user_id = said.user_id); INSERT INTO user_words (word, user_id) SELECT DISTINCT word, user_id FROM words_of_names AS said WHERE name = new.name AND NOT EXISTS (SELECT 1 FROM user_words AS kept WHERE kept.word = said.word AND kept.user_id = said.user_id); END;
--> statement-breakpoint
CREATE TRIGGER `display_names_added` AFTER INSERT ON users WHEN new.display_name IS NOT NULL BEGIN INSERT INTO user_words (word, user_id) SELECT DISTINCT word, user_id FROM words_of_display_names AS said WHERE user_id = new.id AND NOT EXISTS (SELECT 1 FROM user_words AS kept WHERE kept.word = said.word AND kept.user_id = said.user_id); END;
--> statement-breakpoint
CREATE TRIGGER `display_names_changing` BEFORE UPDATE OF display_name ON users WHEN old.display_name IS NOT new.display_name BEGIN DELETE FROM user_words WHERE user_id = old.id AND word IN (SELECT word FROM words_of_display_names WHERE user_id = old.id); END;
--> statement-breakpoint
CREATE TRIGGER `display_names_changed` AFTER UPDATE OF display_name ON users WHEN old.display_name IS NOT new.display_name BEGIN INSERT INTO user_words (word, user_id) SELECT word, user_id FROM words_of_names AS said WHERE user_id = new.id AND NOT EXISTS (SELECT 1 FROM user_words AS kept WHERE kept.word = said.word AND kept.user_id = said.user_id) UNION SELECT word, user_id FROM words_of_display_names AS said WHERE user_id = new.id AND NOT EXISTS (SELECT 1 FROM user_words AS kept WHERE kept.word = said.word AND kept.user_id = said.user_id); END;
--> statement-breakpoint
CREATE TRIGGER `display_names_going` BEFORE DELETE ON users BEGIN DELETE FROM user_words WHERE user_id = old.id AND word IN (SELECT word FROM words_of_display_names WHERE user_id = old.id); END;
--> statement-breakpoint
CREATE TRIGGER `groups_added` AFTER INSERT ON users BEGIN INSERT INTO user_groups (group_word, sip_uri, user_id) SELECT DISTINCT lower(value), new.sip_uri, new.id FROM json_each(new.groups); END;
--> statement-breakpoint
CREATE TRIGGER `groups_changed` AFTER UPDATE OF groups, sip_uri ON users WHEN old.groups <> new.groups OR old.sip_uri <> new.sip_uri BEGIN DELETE FROM user_groups WHERE sip_uri = old.sip_uri AND group_word IN (SELECT lower(value) FROM json_each(old.groups)); INSERT INTO user_groups (group_word, sip_uri, user_id) SELECT DISTINCT lower(value), new.sip_uri, new.id FROM json_each(new.groups); END;
--> statement-breakpoint
CREATE TRIGGER `groups_gone` AFTER DELETE ON users BEGIN DELETE FROM user_groups WHERE sip_uri = old.sip_uri AND group_word IN (SELECT lower(value) FROM json_each(old.groups)); END;
--> statement-breakpoint
CREATE TRIGGER `devices_added` AFTER INSERT ON partnerships BEGIN INSERT INTO device_words (word, device_id) SELECT DISTINCT word, device_id FROM words_of_devices AS said WHERE device_id = new.id AND NOT EXISTS (SELECT 1 FROM device_words AS kept WHERE kept.word = said.word AND kept.device_id = said.device_id); END;
--> statement-breakpoint
CREATE TRIGGER `devices_changing` BEFORE UPDATE OF facts, device_key ON partnerships WHEN old.facts <> new.facts OR old.device_key IS NOT new.device_key BEGIN DELETE FROM device_words WHERE device_id = old.id AND word IN (SELECT word FROM words_of_devices WHERE device_id = old.id); END;
--> statement-breakpoint
CREATE TRIGGER `devices_changed` AFTER UPDATE OF facts, device_key ON partnerships WHEN old.facts <> new.facts OR old.device_key IS NOT new.device_key BEGIN INSERT INTO device_words (word, device_id) SELECT DISTINCT word, device_id FROM words_of_devices AS said WHERE device_id = new.id AND NOT EXISTS (SELECT 1 FROM device_words AS kept WHERE kept.word = said.word AND kept.device_id = said.device_id); END;
--> statement-breakpoint
CREATE TRIGGER `devices_going` BEFORE DELETE ON partnerships BEGIN DELETE FROM device_words WHERE device_id = old.id AND word IN (SELECT word FROM words_of_devices WHERE device_id = old.id); END;
--> statement-breakpoint
INSERT OR IGNORE INTO user_words (word, user_id) SELECT word, user_id FROM words_of_names;
--> statement-breakpoint
INSERT OR IGNORE INTO user_groups (group_word, sip_uri, user_id) SELECT lower(value), sip_uri, users.id FROM users, json_each(users.groups);
--> statement-breakpoint
INSERT OR IGNORE INTO device_words (word, device_id) SELECT word, device_id FROM words_of_devices;
