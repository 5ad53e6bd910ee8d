-- How far a Kafka partition is applied: everything devices said before `as_of`.
CREATE TABLE ingest_progress (
    topic     TEXT    NOT NULL,
    partition INTEGER NOT NULL,
    as_of     INTEGER NOT NULL,
    PRIMARY KEY (topic, partition)
) STRICT, WITHOUT ROWID;
