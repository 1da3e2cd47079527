package database

// watchTables creates the tables of the history of watching; package watchstore reads and
// writes them. Names are stored once, in watch_word, and are numbers elsewhere. The columns
// before data are the key; data holds everything else and a checksum of the row, so that a
// damaged row is never taken for a good one. Tables have no index beside their key: SQLite's
// quick check does not compare an index with its table.
const watchTables = `
CREATE TABLE watch_word (
	id   INTEGER PRIMARY KEY,
	data BLOB NOT NULL -- a job, a thing, a code, or a rule and a side
);
CREATE TABLE watch_job (
	job  INTEGER PRIMARY KEY, -- a word
	data BLOB NOT NULL        -- the latest slot whose run was deleted
);
CREATE TABLE watch_run (
	job  INTEGER NOT NULL,
	slot INTEGER NOT NULL, -- seconds since 1970
	data BLOB    NOT NULL,
	PRIMARY KEY (job, slot)
) WITHOUT ROWID;
CREATE TABLE watch_calls ( -- of runs that were deleted
	job  INTEGER NOT NULL,
	hour INTEGER NOT NULL, -- hours since 1970
	data BLOB    NOT NULL,
	PRIMARY KEY (job, hour)
) WITHOUT ROWID;
CREATE TABLE watch_report (
	job  INTEGER PRIMARY KEY,
	data BLOB NOT NULL
);
CREATE TABLE watch_file (
	job  INTEGER NOT NULL,
	name TEXT    NOT NULL,
	data BLOB    NOT NULL,
	PRIMARY KEY (job, name)
) WITHOUT ROWID;
CREATE TABLE watch_thing (
	thing INTEGER PRIMARY KEY, -- a word
	data  BLOB NOT NULL
);
-- What was observed of a thing, by run, minute, hour and day. time counts milliseconds,
-- minutes, hours and days since 1970.
CREATE TABLE watch_single (thing INTEGER NOT NULL, time INTEGER NOT NULL, data BLOB NOT NULL, PRIMARY KEY (thing, time)) WITHOUT ROWID;
CREATE TABLE watch_minute (thing INTEGER NOT NULL, time INTEGER NOT NULL, data BLOB NOT NULL, PRIMARY KEY (thing, time)) WITHOUT ROWID;
CREATE TABLE watch_hour   (thing INTEGER NOT NULL, time INTEGER NOT NULL, data BLOB NOT NULL, PRIMARY KEY (thing, time)) WITHOUT ROWID;
CREATE TABLE watch_day    (thing INTEGER NOT NULL, time INTEGER NOT NULL, data BLOB NOT NULL, PRIMARY KEY (thing, time)) WITHOUT ROWID;
CREATE TABLE watch_kept (
	step INTEGER PRIMARY KEY, -- 0 to 3: run to day
	data BLOB NOT NULL        -- the first time that is kept, in the unit of the step
);
CREATE TABLE watch_event (
	time INTEGER NOT NULL, -- milliseconds
	id   BLOB    NOT NULL, -- a digest of the id
	data BLOB    NOT NULL,
	PRIMARY KEY (time, id)
) WITHOUT ROWID;
CREATE TABLE watch_message (
	state INTEGER NOT NULL, -- 0: waits, 1: given up
	id    BLOB    NOT NULL, -- a digest of the id
	data  BLOB    NOT NULL,
	PRIMARY KEY (state, id)
) WITHOUT ROWID;
CREATE TABLE watch_delivered (
	id   BLOB NOT NULL PRIMARY KEY, -- a digest of the id of a message
	data BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE watch_window (
	id   TEXT NOT NULL PRIMARY KEY,
	data BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE watch_room ( -- a row that shows that there is room, and is deleted at once
	id   INTEGER PRIMARY KEY,
	data BLOB NOT NULL
);`
