-- One library. PRAGMA user_version is the version of this schema (connect.py, VERSION).

-- Whose words and numbers the scores are. A new version of a model (another sha-256) is a new row.
CREATE TABLE models (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    sha256 TEXT NOT NULL,           -- of model.onnx
    tags TEXT NOT NULL,             -- JSON list of names, in the order of the scores
    thresholds BLOB NOT NULL,       -- float32, little-endian, one a tag
    dimensions INTEGER NOT NULL,    -- of an embedding
    UNIQUE (name, sha256)
);

-- A sound is what lies in a file apart from its metadata; several files may hold the same one.
CREATE TABLE sounds (
    id INTEGER PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE,    -- earmark.sound.payload.payload_digest
    seconds REAL NOT NULL,
    warning TEXT                    -- what was wrong but bearable, without the file's name
);

-- What a model says of a sound. Embeddings lie apart, so that a search need not read them.
CREATE TABLE heard (
    id INTEGER PRIMARY KEY,
    model_id INTEGER NOT NULL REFERENCES models (id),
    sound_id INTEGER NOT NULL REFERENCES sounds (id) ON DELETE CASCADE,
    scores BLOB NOT NULL,           -- float32, little-endian, calibrated, one a tag
    UNIQUE (sound_id, model_id)
);
CREATE TABLE embeddings (
    heard_id INTEGER PRIMARY KEY REFERENCES heard (id) ON DELETE CASCADE,
    embedding BLOB NOT NULL         -- float32, little-endian
);

CREATE TABLE folders (
    id INTEGER PRIMARY KEY,
    path BLOB NOT NULL UNIQUE       -- absolute, the bytes that the system knows it by
);

-- A file. Its row outlives it (gone), so that a disk that comes back is not heard again.
CREATE TABLE tracks (
    id INTEGER PRIMARY KEY,
    folder_id INTEGER NOT NULL REFERENCES folders (id),
    name BLOB NOT NULL,             -- bytes, as in folders
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    sound_id INTEGER REFERENCES sounds (id),    -- NULL where nothing could be heard
    error TEXT,                     -- why not, without the file's name
    title TEXT, artist TEXT, album TEXT,        -- the file's own
    added REAL NOT NULL,            -- seconds since 1970
    gone REAL,                      -- when it was first missed; NULL while it is there
    UNIQUE (folder_id, name)
);
CREATE INDEX tracks_by_sound ON tracks (sound_id);

-- Groups that earmark groups found and the user kept.
CREATE TABLE groups (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL
);
CREATE TABLE members (
    track_id INTEGER PRIMARY KEY REFERENCES tracks (id) ON DELETE CASCADE,
    number INTEGER NOT NULL REFERENCES groups (number) ON DELETE CASCADE
);
CREATE INDEX members_by_number ON members (number);
