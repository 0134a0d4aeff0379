-- Several processes take blocks: whether one met the rules stands on the block, since there is no order in which they do.
ALTER TABLE journal_blocks ADD COLUMN detected BOOLEAN NOT NULL DEFAULT FALSE;
