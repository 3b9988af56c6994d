-- +goose Up

-- Who came to an earlier stop whose registrations may be kept no longer: known still, once those are gone.
ALTER TABLE registrations ADD COLUMN again boolean NOT NULL DEFAULT false;

-- What reports count of registrations: a row for each registration and each thing about it. '' is the registration itself; `way` is walk-in, of
-- whom nobody knows whether they came before, or first; the others came again. Own words for a trade are nobody's to count.
CREATE VIEW presence AS
SELECT id, stop_id, state, '' AS part, '' AS what FROM registrations WHERE state IN ('confirmed', 'attended')
UNION ALL SELECT id, stop_id, state, 'trade', CASE WHEN trade LIKE 'other:%' THEN '' ELSE trade END FROM registrations WHERE state IN ('confirmed', 'attended')
UNION ALL SELECT id, stop_id, state, 'place', place FROM registrations WHERE state IN ('confirmed', 'attended')
UNION ALL SELECT id, stop_id, state, 'card', card FROM registrations WHERE state IN ('confirmed', 'attended')
UNION ALL SELECT id, stop_id, state, 'rna', rna FROM registrations WHERE state IN ('confirmed', 'attended')
UNION ALL SELECT id, stop_id, state, 'way', 'walk-in' FROM registrations WHERE state = 'attended' AND chat_id = 0
UNION ALL SELECT r.id, r.stop_id, r.state, 'way', 'first' FROM registrations r JOIN stops s ON s.id = r.stop_id
    WHERE r.state = 'attended' AND r.chat_id <> 0 AND NOT r.again AND NOT EXISTS (SELECT FROM registrations o JOIN stops t ON t.id = o.stop_id
        WHERE o.chat_id = r.chat_id AND o.state = 'attended' AND t.starts_at < s.starts_at AND (o.name_key = r.name_key OR o.self AND r.self));

-- What is left of registrations once they are deleted: how many there were at a stop, thing by thing, so that no row and no two rows
-- together draw a person. Written by people's purge.
CREATE TABLE turnout (
    stop_id text NOT NULL REFERENCES stops ON DELETE CASCADE,
    state   text NOT NULL CHECK (state IN ('confirmed', 'attended')),
    part    text NOT NULL,                              -- as in presence
    what    text NOT NULL,
    n       int  NOT NULL CHECK (n > 0),
    PRIMARY KEY (stop_id, state, part, what)
);

-- Reports that are kept: what they tell, from which their files are drawn anew each time. They bear nobody's name or chat.
CREATE TABLE reports (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key        text UNIQUE,                             -- of the calendar's: the occasion, once; null: somebody asked
    staff      bigint,                                  -- staff.id of who asked, kept when they are gone; null: the calendar
    language   text        NOT NULL DEFAULT '',         -- of who asked
    stop_id    text REFERENCES stops ON DELETE CASCADE, -- null: of some days
    region     text        NOT NULL DEFAULT '',         -- whose report it is: internal/directory's code; '' the whole country's
    from_at    timestamptz NOT NULL,
    to_at      timestamptz NOT NULL CHECK (to_at > from_at),
    state      text        NOT NULL DEFAULT 'wanted' CHECK (state IN ('wanted', 'making', 'ready', 'failed')),
    progress   smallint    NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 100),
    tries      smallint    NOT NULL DEFAULT 0,
    taken_at   timestamptz,                             -- who makes it took it then
    made_at    timestamptz,
    report     jsonb,                                   -- internal/report's Report
    told       boolean     NOT NULL DEFAULT false,      -- whom it is for have been told
    panel      bigint      NOT NULL DEFAULT 0,          -- the message that shows how far it is; 0: none
    created_at timestamptz NOT NULL,
    CHECK ((state = 'ready') = (report IS NOT NULL))
);
CREATE INDEX reports_open ON reports (id) WHERE state IN ('wanted', 'making');
CREATE INDEX reports_untold ON reports (id) WHERE NOT told;

-- A file of a report that somebody asked for, until it is on its way to them.
CREATE TABLE report_files (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    report     bigint      NOT NULL REFERENCES reports ON DELETE CASCADE,
    staff      bigint      NOT NULL,                    -- staff.id
    form       text        NOT NULL CHECK (form IN ('pdf_fr', 'pdf_ar', 'xlsx', 'csv')),
    language   text        NOT NULL,
    tries      smallint    NOT NULL DEFAULT 0,
    taken_at   timestamptz,
    created_at timestamptz NOT NULL
);
