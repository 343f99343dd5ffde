-- The tables of Reactive Imports, version 1, for PostgreSQL and H2: run by R2dbcImportsStore.createSchema(), or by a tool such
-- as Flyway or Liquibase. Every statement may be run again. Each ends with a semicolon at the end of a line.

CREATE TABLE IF NOT EXISTS ri_schema (
    version INTEGER NOT NULL PRIMARY KEY
);

-- One row for the poller of each watch (name '', position: the newest change) and one for each consumer (position: its cursor).
-- The holder is '' while nobody has the lease. Every append locks the poller's row first.
CREATE TABLE IF NOT EXISTS ri_lease (
    watch VARCHAR(200) NOT NULL,
    name VARCHAR(200) NOT NULL,
    holder VARCHAR(200) NOT NULL,
    epoch BIGINT NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    position_epoch BIGINT NOT NULL,
    position_sequence BIGINT NOT NULL,
    PRIMARY KEY (watch, name)
);

-- The last known state of each import. id_hash: SHA-256 of the id in UTF-8, in hexadecimal, since an id is too long for a key.
-- Revision and sequence are 0 before its first change. operation: JSON.
CREATE TABLE IF NOT EXISTS ri_import (
    watch VARCHAR(200) NOT NULL,
    id_hash VARCHAR(64) NOT NULL,
    id VARCHAR NOT NULL,
    revision BIGINT NOT NULL,
    ended BOOLEAN NOT NULL,
    epoch BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    operation VARCHAR,
    recorded_at TIMESTAMP WITH TIME ZONE,
    PRIMARY KEY (watch, id_hash)
);

CREATE INDEX IF NOT EXISTS ri_import_open ON ri_import (watch, ended, id_hash);

CREATE INDEX IF NOT EXISTS ri_import_sequence ON ri_import (watch, sequence, id_hash);

-- The log. Its sequences have no gaps and become visible in their order.
CREATE TABLE IF NOT EXISTS ri_change (
    watch VARCHAR(200) NOT NULL,
    sequence BIGINT NOT NULL,
    epoch BIGINT NOT NULL,
    id_hash VARCHAR(64) NOT NULL,
    revision BIGINT NOT NULL,
    from_status VARCHAR(20),
    to_status VARCHAR(20) NOT NULL,
    operation VARCHAR NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (watch, sequence),
    CONSTRAINT ri_change_revision UNIQUE (watch, id_hash, revision)
);

-- Runs: one row for each URI, whose uri_hash is as id_hash in ri_import. request, operation: JSON. State is PLANNED,
-- SENDING, STARTED, or with an outcome ENDED, REFUSED, UNKNOWN. sent_at: when it was SENDING last.
CREATE TABLE IF NOT EXISTS ri_run (
    watch VARCHAR(200) NOT NULL,
    uri_hash VARCHAR(64) NOT NULL,
    uri VARCHAR NOT NULL,
    request VARCHAR NOT NULL,
    state VARCHAR(20) NOT NULL,
    ended BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    holder VARCHAR(200) NOT NULL,
    sent_at TIMESTAMP WITH TIME ZONE,
    id VARCHAR,
    operation VARCHAR,
    failure VARCHAR,
    PRIMARY KEY (watch, uri_hash)
);

CREATE INDEX IF NOT EXISTS ri_run_open ON ri_run (watch, ended, uri_hash);

INSERT INTO ri_schema (version) SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM ri_schema WHERE version = 1);
