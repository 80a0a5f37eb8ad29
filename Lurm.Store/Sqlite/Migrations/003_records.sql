-- 003: what is known of users besides their behaviour, and how it is forgotten.

CREATE TABLE attributes (
    -- The attributes users can have. 'attribute_version' in settings is the number of the last change to this table or to any value.
    attribute_key INTEGER PRIMARY KEY,          -- the row number
    name          TEXT    NOT NULL,             -- told apart without regard to case
    type          TEXT    NOT NULL CHECK (type IN ('string', 'number', 'boolean', 'date')), -- what its values are
    is_indexed    INTEGER NOT NULL DEFAULT 0 CHECK (is_indexed IN (0, 1)) -- 1: an index attribute_<key>_by_value exists
) STRICT;

CREATE UNIQUE INDEX attributes_by_name ON attributes (name COLLATE NOCASE);

CREATE TABLE attribute_values (
    -- Users' values: text, a REAL, 0 or 1, or unix milliseconds. A NULL says that the value was taken away at value_time.
    user_key      INTEGER NOT NULL,             -- whose value
    attribute_key INTEGER NOT NULL,             -- of which attribute
    value         ANY,                          -- see above
    value_time    INTEGER NOT NULL,             -- unix milliseconds of the event it came with, or of the write; an older one never replaces a newer one
    version       INTEGER NOT NULL,             -- the attribute_version at which the value last changed
    PRIMARY KEY (user_key, attribute_key)
) STRICT, WITHOUT ROWID;

CREATE INDEX attribute_values_by_version ON attribute_values (version);

INSERT INTO settings (name, value) VALUES ('attribute_version', 0);

CREATE TABLE suppressed (
    -- Erased ids that must not come back: HMAC-SHA256 of the id under 'suppression_key' in settings. The ids themselves are kept nowhere.
    hash      BLOB PRIMARY KEY,                 -- 32 bytes
    erased_at INTEGER NOT NULL                  -- unix milliseconds
) STRICT, WITHOUT ROWID;

CREATE TABLE erasures (
    -- Erasures, first as intents and at the end as certificates: counts, never ids.
    erasure_key     INTEGER PRIMARY KEY AUTOINCREMENT, -- the row number
    state           TEXT    NOT NULL CHECK (state IN ('pending', 'done')), -- 'pending' until nothing is left
    reason          TEXT    NOT NULL CHECK (reason IN ('request', 'retention')), -- 'request', or 'retention': nothing was left of them
    requested_at    INTEGER NOT NULL,           -- unix milliseconds
    finished_at     INTEGER,                    -- when the last trace was gone from every file
    users           INTEGER NOT NULL,           -- users found and erased
    unknown_ids     INTEGER NOT NULL,           -- ids asked for that nobody had
    events          INTEGER NOT NULL DEFAULT 0, -- events that were erased with them
    history_rows    INTEGER NOT NULL DEFAULT 0, -- rows of histories
    attribute_rows  INTEGER NOT NULL DEFAULT 0, -- rows of attribute_values
    representations INTEGER NOT NULL DEFAULT 0, -- rows of representations
    allow_return    INTEGER NOT NULL CHECK (allow_return IN (0, 1)) -- 1: later batches may bring the ids back
) STRICT;

CREATE TABLE erasure_users (
    -- Row numbers that pending erasures still have to delete; the numbers are never given to anyone else.
    erasure_key INTEGER NOT NULL REFERENCES erasures (erasure_key), -- whose intent
    user_key    INTEGER NOT NULL,               -- still to delete
    PRIMARY KEY (erasure_key, user_key)
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
    -- What was done to the database, without user ids. Each row's hash covers the row before, so that a removed or altered row shows.
    sequence INTEGER PRIMARY KEY,               -- from 1, without gaps
    at       INTEGER NOT NULL,                  -- unix milliseconds
    action   TEXT    NOT NULL,                  -- what: erasure.done, attribute.registered
    details  TEXT    NOT NULL,                  -- JSON
    hash     BLOB    NOT NULL                   -- SHA-256 of the previous hash, sequence, at, action and details (see AuditLog)
) STRICT;

CREATE TRIGGER audit_rows_stay BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
CREATE TRIGGER audit_rows_keep BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
