-- 002: models, generations of representations, the leases of those who write them, and saved audiences.

CREATE TABLE models (
    -- Models taken into models/<id>/. A candidate becomes active when its first generation is published; the one before it is retired.
    model_key     INTEGER PRIMARY KEY,          -- the row number
    id            TEXT    NOT NULL UNIQUE,      -- the folder under models/
    digest        TEXT    NOT NULL,             -- SHA-256 over the bundle's files: the same id with another digest is another model
    state         TEXT    NOT NULL CHECK (state IN ('candidate', 'active', 'retired')), -- see above
    registered_at INTEGER NOT NULL              -- unix milliseconds
) STRICT;

CREATE TABLE generations (
    -- A set of representations of one model with its index snapshot. One is published at a time; retired ones are kept for a while to go back to.
    generation      INTEGER PRIMARY KEY AUTOINCREMENT, -- the row number
    model_key       INTEGER NOT NULL REFERENCES models (model_key), -- whose representations they are
    state           TEXT    NOT NULL CHECK (state IN ('building', 'published', 'retired')), -- see above
    history_version INTEGER NOT NULL,           -- every user changed up to this number is in it
    cursor          INTEGER NOT NULL DEFAULT 0, -- while building: users up to this key are written
    zero_users      INTEGER NOT NULL DEFAULT 0, -- users whose history holds no interest of the model, and so have no representation
    watermark       INTEGER NOT NULL DEFAULT 0, -- changes up to this number are in the snapshot
    snapshot        TEXT,                       -- file name under index/; the file never changes
    started_at      INTEGER NOT NULL,           -- unix milliseconds
    published_at    INTEGER,                    -- unix milliseconds; NULL while building
    retired_at      INTEGER                     -- unix milliseconds; NULL until the next one is published
) STRICT;
CREATE UNIQUE INDEX generations_published ON generations (state) WHERE state = 'published';

CREATE TABLE representations (
    -- One user's representation in one generation: float32 little-endian, unit length.
    representation INTEGER PRIMARY KEY,         -- generation * 2^40 + user_key
    vector         BLOB    NOT NULL             -- 4 bytes a component
) STRICT;

CREATE TABLE representation_changes (
    -- What happened to representations since a snapshot was written: every change and every removal takes the next number.
    -- Rows go when all kept snapshots hold them, the latest stay; 'representation_changes_dropped' in settings is the last number that is gone.
    change_number INTEGER PRIMARY KEY,          -- counted over all generations
    generation    INTEGER NOT NULL,             -- 0: of all generations (an erasure)
    user_key      INTEGER NOT NULL,             -- whose representation
    removed       INTEGER NOT NULL CHECK (removed IN (0, 1)) -- 1: it is gone; 0: it is new or another
) STRICT;

INSERT INTO settings (name, value) VALUES ('representation_change', 0), ('representation_changes_dropped', 0);

CREATE TABLE leases (
    -- Who may do what one process at a time may do. A heartbeat older than the lease's patience means its owner is gone.
    name      TEXT PRIMARY KEY,                 -- what may be done by its owner alone
    owner     TEXT    NOT NULL,                 -- machine, process id and a random number
    heartbeat INTEGER NOT NULL                  -- unix milliseconds
) STRICT, WITHOUT ROWID;

CREATE TABLE audiences (
    -- Saved audiences: the definition as JSON, and the members of the last run.
    audience_key    INTEGER PRIMARY KEY AUTOINCREMENT, -- the row number
    id              TEXT    NOT NULL UNIQUE,    -- the caller's name for it
    definition      TEXT    NOT NULL,           -- JSON: seeds and exclusions as user keys, size, method, filters
    refresh         INTEGER NOT NULL CHECK (refresh IN (0, 1)), -- 1: run again whenever a generation is published
    model           TEXT    NOT NULL,           -- the id of the model that gave the members
    as_of           INTEGER NOT NULL,           -- unix milliseconds
    created_at      INTEGER NOT NULL,           -- unix milliseconds
    report          TEXT    NOT NULL            -- what the last run said besides its members
) STRICT;

CREATE TABLE audience_pages (
    -- Members in the order of their score; a page of ranks is one row: user keys and scores, packed (see MemberCodec).
    audience_key INTEGER NOT NULL REFERENCES audiences (audience_key) ON DELETE CASCADE, -- whose members
    first_rank   INTEGER NOT NULL,              -- rank of the first member of the page, from 0
    members      BLOB    NOT NULL,              -- 12 bytes a member
    PRIMARY KEY (audience_key, first_rank)
) STRICT, WITHOUT ROWID;
