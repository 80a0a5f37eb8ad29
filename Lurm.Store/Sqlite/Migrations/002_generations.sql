-- 002: models, generations of representations, the leases of those who write them, and saved audiences.

-- Models taken into models/<id>/. A candidate becomes active when its first generation is published; the one before it is retired.
CREATE TABLE models (
    model_key     INTEGER PRIMARY KEY,
    id            TEXT    NOT NULL UNIQUE,
    digest        TEXT    NOT NULL,             -- SHA-256 over the bundle's files: the same id with another digest is another model
    state         TEXT    NOT NULL CHECK (state IN ('candidate', 'active', 'retired')),
    registered_at INTEGER NOT NULL              -- unix milliseconds
) STRICT;

-- A set of representations of one model with its index snapshot. One is published at a time; retired ones are kept for a while to go back to.
CREATE TABLE generations (
    generation      INTEGER PRIMARY KEY AUTOINCREMENT,
    model_key       INTEGER NOT NULL REFERENCES models (model_key),
    state           TEXT    NOT NULL CHECK (state IN ('building', 'published', 'retired')),
    history_version INTEGER NOT NULL,           -- every user changed up to this number is in it
    cursor          INTEGER NOT NULL DEFAULT 0, -- while building: users up to this key are written
    zero_users      INTEGER NOT NULL DEFAULT 0, -- users whose history holds no interest of the model, and so have no representation
    watermark       INTEGER NOT NULL DEFAULT 0, -- changes up to this number are in the snapshot
    snapshot        TEXT,                       -- file name under index/; the file never changes
    started_at      INTEGER NOT NULL,           -- unix milliseconds
    published_at    INTEGER,
    retired_at      INTEGER
) STRICT;
CREATE UNIQUE INDEX generations_published ON generations (state) WHERE state = 'published';

-- One user's representation in one generation: float32 little-endian, unit length.
CREATE TABLE representations (
    representation INTEGER PRIMARY KEY,         -- generation * 2^40 + user_key
    vector         BLOB    NOT NULL
) STRICT;

-- What happened to representations since a snapshot was written: every change and every removal takes the next number.
-- Rows go when all kept snapshots hold them, the latest stay; 'representation_changes_dropped' in settings is the last number that is gone.
CREATE TABLE representation_changes (
    change_number INTEGER PRIMARY KEY,
    generation    INTEGER NOT NULL,             -- 0: of all generations (an erasure)
    user_key      INTEGER NOT NULL,
    removed       INTEGER NOT NULL CHECK (removed IN (0, 1))
) STRICT;

INSERT INTO settings (name, value) VALUES ('representation_change', 0), ('representation_changes_dropped', 0);

-- Who may do what one process at a time may do. A heartbeat older than the lease's patience means its owner is gone.
CREATE TABLE leases (
    name      TEXT PRIMARY KEY,
    owner     TEXT    NOT NULL,                 -- machine, process id and a random number
    heartbeat INTEGER NOT NULL                  -- unix milliseconds
) STRICT, WITHOUT ROWID;

-- Saved audiences: the definition as JSON, and the members of the last run.
CREATE TABLE audiences (
    audience_key    INTEGER PRIMARY KEY AUTOINCREMENT,
    id              TEXT    NOT NULL UNIQUE,
    definition      TEXT    NOT NULL,
    refresh         INTEGER NOT NULL CHECK (refresh IN (0, 1)), -- 1: run again whenever a generation is published
    model           TEXT    NOT NULL,
    as_of           INTEGER NOT NULL,           -- unix milliseconds
    created_at      INTEGER NOT NULL,
    report          TEXT    NOT NULL            -- what the last run said besides its members
) STRICT;

-- Members in the order of their score; a page of ranks is one row: user keys and scores, packed (see MemberCodec).
CREATE TABLE audience_pages (
    audience_key INTEGER NOT NULL REFERENCES audiences (audience_key) ON DELETE CASCADE,
    first_rank   INTEGER NOT NULL,
    members      BLOB    NOT NULL,
    PRIMARY KEY (audience_key, first_rank)
) STRICT, WITHOUT ROWID;
