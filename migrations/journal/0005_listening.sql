-- when batches were taken, by whichever process: a source is silent while somebody listens and nothing comes. Rows may overlap
CREATE TABLE ingest_listening (
    since_at BIGINT NOT NULL PRIMARY KEY,
    until_at BIGINT NOT NULL
);
