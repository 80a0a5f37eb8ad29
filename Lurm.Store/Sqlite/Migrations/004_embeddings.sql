-- 004: where representations were made.

CREATE TABLE embeddings (
    -- The last embedding of each generation: when it ended and where its encoder ran.
    generation INTEGER PRIMARY KEY REFERENCES generations (generation) ON DELETE CASCADE, -- whose representations it wrote
    ended_at   INTEGER NOT NULL,                -- unix milliseconds
    embedded   INTEGER NOT NULL,                -- users it encoded
    device     TEXT    NOT NULL,                -- where its encoder ran: cpu or cuda, and how
    fallback   TEXT                             -- why the processor ran it although a GPU was asked for first; else NULL
) STRICT;
