-- 001: users, items, kinds, their histories, and the batches they came in.
-- Everything here is the truth; what can be derived (bags, indexes) is not stored.

CREATE TABLE settings (
    -- Facts of the whole database, one a row: 'grain' ('month' or 'day'), 'history_version' (the last number given out), and what other tables name.
    name  TEXT PRIMARY KEY,                     -- 'grain' and such: see above
    value ANY NOT NULL                          -- a number, a text, or for the suppression key 32 bytes
) STRICT, WITHOUT ROWID;

CREATE TABLE users (
    -- A user as the caller knows it. Keys are never used twice, so what was written for an erased user cannot reach a new one.
    user_key        INTEGER PRIMARY KEY AUTOINCREMENT, -- the row number by which every other table knows the user
    id              TEXT    NOT NULL UNIQUE,    -- the caller's id, at most 128 bytes
    first_seen      INTEGER,                    -- unix seconds of the earliest event; NULL while there is none
    last_seen       INTEGER,                    -- unix seconds of the latest event
    event_count     INTEGER NOT NULL DEFAULT 0, -- events in all of histories
    period_count    INTEGER NOT NULL DEFAULT 0, -- periods with at least one event
    item_count      INTEGER NOT NULL DEFAULT 0, -- distinct items in all of histories
    history_version INTEGER NOT NULL DEFAULT 0  -- number of the last change of this user's history, counted over all users
) STRICT;

CREATE INDEX users_by_history_version ON users (history_version);

CREATE TABLE items (
    -- What events are about. Text that rides with events is replaced by text of a later (or the same) time.
    item_key  INTEGER PRIMARY KEY,              -- the row number by which histories know the item
    id        TEXT NOT NULL UNIQUE,             -- the caller's id
    title     TEXT,                             -- shown to people, and read where the item has no vector
    category  TEXT,                             -- likewise
    text_time INTEGER,                          -- unix seconds of the event the text came with; NULL from an item file, which always wins
    vector    BLOB                              -- the item's own vector, float32 little-endian; NULL where none was given
) STRICT;

CREATE TABLE kinds (
    -- Kinds of behaviour; 0 is "no kind". What a kind weighs is said by each model's card.
    kind_key INTEGER PRIMARY KEY,               -- the row number by which histories know the kind
    name     TEXT NOT NULL UNIQUE               -- the caller's word: view, cart, buy
) STRICT;
INSERT INTO kinds (kind_key, name) VALUES (0, '');

CREATE TABLE histories (
    -- Counts per user, period, item and kind: one row per user and run of periods ("segment"), in one blob.
    -- A period is months (or days, see settings) since January 1970. A user's segments do not overlap; a period lies in one of them.
    -- counts is MessagePack [format 1, first period, entries, payload, CRC32C of all before it]; the payload holds, per period,
    -- sorted items as varint deltas with their counts (see HistoryCodec for every bit).
    segment      INTEGER PRIMARY KEY,           -- user_key * 65536 + first_period
    events       INTEGER NOT NULL,              -- events in this segment
    counts       BLOB    NOT NULL,              -- MessagePack, see above
    user_key     INTEGER GENERATED ALWAYS AS (segment >> 16) VIRTUAL, -- computed from segment
    first_period INTEGER GENERATED ALWAYS AS (segment & 65535) VIRTUAL -- computed from segment
) STRICT;

CREATE TABLE batches (
    -- Every batch that was ever taken in, so that none counts twice. An 'applying' one has its checked events in spool/ and is
    -- finished when the database is opened; a small batch is applied in one transaction and is 'done' at once.
    batch_key   INTEGER PRIMARY KEY,            -- the row number
    id          TEXT    NOT NULL UNIQUE,        -- the caller's, or a hash of the files and their mapping
    state       TEXT    NOT NULL CHECK (state IN ('applying', 'done')), -- see above
    spool       TEXT,                           -- folder under spool/ while 'applying'
    started_at  INTEGER NOT NULL,               -- unix seconds
    finished_at INTEGER,                        -- unix seconds; NULL while it is applying
    report      TEXT    NOT NULL                -- JSON: rows, events, what was left out and why; so far, while 'applying'
) STRICT;

CREATE TABLE batch_chunks (
    -- Which parts of a batch are applied. A chunk's row is written in the very transaction that applies it.
    batch_key INTEGER NOT NULL REFERENCES batches (batch_key) ON DELETE CASCADE, -- whose chunk it is
    chunk     INTEGER NOT NULL,                 -- from 0: a run of the batch's users by key
    events    INTEGER NOT NULL,                 -- events it added
    PRIMARY KEY (batch_key, chunk)
) STRICT, WITHOUT ROWID;
