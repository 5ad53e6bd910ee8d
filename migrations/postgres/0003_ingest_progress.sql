-- How far a Kafka partition is applied: everything devices said before `as_of`.
CREATE TABLE ingest_progress (
    topic     text COLLATE "C" NOT NULL,
    partition integer NOT NULL,
    as_of     bigint NOT NULL,
    PRIMARY KEY (topic, partition)
);
