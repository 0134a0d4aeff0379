-- what a replay needs beside the record, so that the event is the one that it would have been
ALTER TABLE dead_letters ADD COLUMN file TEXT;
ALTER TABLE dead_letters ADD COLUMN agent_id BIGINT;
ALTER TABLE dead_letters ADD COLUMN agent TEXT;
ALTER TABLE dead_letters ADD COLUMN sample BOOLEAN NOT NULL DEFAULT FALSE;
