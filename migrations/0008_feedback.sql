-- +goose Up

-- The chambers of the twelve regions. What isn't known is empty until somebody who knows it fills it in from the chat.
CREATE TABLE chambers (
    region     text PRIMARY KEY CHECK (region ~ '^(0[1-9]|1[0-2])$'),   -- internal/directory's code
    phone      text NOT NULL DEFAULT '',                -- E.164
    address    text NOT NULL DEFAULT '',
    hours      text NOT NULL DEFAULT '',
    site       text NOT NULL DEFAULT '',                -- https://…
    days       int CHECK (days BETWEEN 1 AND 90),       -- until what is unanswered comes back; null: it doesn't
    updated_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO chambers (region) SELECT to_char(n, 'FM00') FROM generate_series(1, 12) n;

-- What an agent takes care of: themes and branches of trades. Who has no row here takes care of everything.
CREATE TABLE cares (
    staff bigint NOT NULL REFERENCES staff ON DELETE CASCADE,
    kind  text   NOT NULL CHECK (kind IN ('theme', 'branch')),
    what  text   NOT NULL,
    PRIMARY KEY (staff, kind, what)
);

-- What a recommendation can be about. A theme that ships has its words in locales/; words given here from the chat come before them.
CREATE TABLE themes (
    id       text PRIMARY KEY CHECK (id ~ '^[a-z0-9_]{1,24}$'),
    position int     NOT NULL,
    shown    boolean NOT NULL DEFAULT true,
    names    jsonb   NOT NULL DEFAULT '{}'              -- by language
);
INSERT INTO themes (position, id) SELECT n * 10, id FROM unnest('{card,rna,governance,bodies,income,training,health,marketing,finance,materials,premises,digital,other}'::text[])
    WITH ORDINALITY AS t(id, n);
CREATE SEQUENCE theme_number;

-- Where a recommendation lies, and who of the staff has it.
ALTER TABLE recommendations
    ADD COLUMN stop_id         text REFERENCES stops,   -- after which stop it was made
    ADD COLUMN branch          text NOT NULL DEFAULT '', -- of the trade
    ADD COLUMN chamber         text NOT NULL DEFAULT '', -- the region of the chamber that has it; '': the organisers
    ADD COLUMN since           timestamptz NOT NULL DEFAULT now(), -- it came there
    ADD COLUMN escalated_at    timestamptz,             -- the organisers see it too from then on
    ADD COLUMN reminded_at     timestamptz,             -- its chamber was reminded
    ADD COLUMN assigned        bigint REFERENCES staff ON DELETE SET NULL,
    ADD COLUMN tell_chamber    boolean NOT NULL DEFAULT true,   -- those who have it are to be told that it is there
    ADD COLUMN tell_organisers boolean NOT NULL DEFAULT false,
    ADD COLUMN told_state      text NOT NULL DEFAULT 'received';  -- the state that its author knows of
UPDATE recommendations SET chamber = region, told_state = state, since = created_at WHERE region IN (SELECT region FROM chambers);
UPDATE recommendations SET told_state = state, since = created_at WHERE chamber = '';

-- The next one of a chamber, of the organisers, of all (internal/feedback's Next): each is the first row of an index, behind the one before.
-- They go by created_at and not by id alone, so that the primary key's order is never taken for theirs and walked to its end.
CREATE INDEX recommendations_open ON recommendations (chamber, created_at, id) WHERE state IN ('received', 'read', 'forwarded');
CREATE INDEX recommendations_open_theme ON recommendations (chamber, theme, created_at, id) WHERE state IN ('received', 'read', 'forwarded');
CREATE INDEX recommendations_state ON recommendations (chamber, state, created_at, id);
CREATE INDEX recommendations_stop ON recommendations (stop_id, created_at, id) WHERE stop_id IS NOT NULL;
CREATE INDEX recommendations_organisers ON recommendations (created_at, id) WHERE chamber = '' OR escalated_at IS NOT NULL;
CREATE INDEX recommendations_created ON recommendations (created_at, id);
-- What is due to be said: few rows at any time.
CREATE INDEX recommendations_late ON recommendations (chamber, since) WHERE state IN ('received', 'read', 'forwarded') AND escalated_at IS NULL;
CREATE INDEX recommendations_tell ON recommendations (id) WHERE tell_chamber;
CREATE INDEX recommendations_up ON recommendations (id) WHERE tell_organisers;
CREATE INDEX recommendations_told ON recommendations (id) WHERE told_state <> state;

-- What the staff may know of a recommendation. Who wrote it is not in it; name, town and trade only where the author gave their name. All
-- that staff see is read from here: internal/feedback's tests hold it to that.
CREATE VIEW inbox AS SELECT id, reference, named, CASE WHEN named THEN name ELSE '' END AS name, theme, kind, words, file, seconds, region, stop_id,
    CASE WHEN named THEN place ELSE '' END AS place, CASE WHEN named THEN trade ELSE '' END AS trade, branch, language, state, chamber,
    escalated_at, assigned, created_at, since FROM recommendations;

-- What became of a recommendation, step by step.
CREATE TABLE moves (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    recommendation bigint      NOT NULL REFERENCES recommendations ON DELETE CASCADE,
    at             timestamptz NOT NULL,
    staff          bigint,                              -- staff.id, kept when they are gone; null: by itself
    what           text        NOT NULL CHECK (what IN ('read', 'assigned', 'forwarded', 'answered', 'closed', 'escalated')),
    chamber        text        NOT NULL DEFAULT '',     -- where it lay afterwards
    words          text        NOT NULL DEFAULT ''      -- the note for who gets it; the reason, which its author reads
);
CREATE INDEX moves_recommendation ON moves (recommendation, id);

-- A question, or a recommendation, that a person at a chamber answers through the bot.
CREATE TABLE threads (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    reference       text        NOT NULL UNIQUE,
    chat_id         bigint      NOT NULL,               -- the artisan's; known to the bot alone
    recommendation  bigint UNIQUE REFERENCES recommendations ON DELETE CASCADE,  -- null: a question
    named           boolean     NOT NULL DEFAULT false,
    name            text        NOT NULL DEFAULT '' CHECK (named OR name = ''),
    chamber         text        NOT NULL DEFAULT '',    -- as a recommendation's
    branch          text        NOT NULL DEFAULT '',
    language        text        NOT NULL,
    state           text        NOT NULL CHECK (state IN ('waiting', 'answered', 'closed')),  -- waiting: for the chamber
    since           timestamptz NOT NULL,               -- it waits, or was answered
    escalated_at    timestamptz,
    reminded_at     timestamptz,
    assigned        bigint REFERENCES staff ON DELETE SET NULL,
    tell_organisers boolean     NOT NULL DEFAULT false,
    created_at      timestamptz NOT NULL,
    replied_at      timestamptz,                        -- the chamber's first answer
    updated_at      timestamptz NOT NULL                -- its last message
);
CREATE INDEX threads_chat ON threads (chat_id);
CREATE INDEX threads_waiting ON threads (chamber, since) WHERE state = 'waiting';
CREATE INDEX threads_organisers ON threads (since) WHERE state = 'waiting' AND (chamber = '' OR escalated_at IS NOT NULL);
CREATE INDEX threads_tell ON threads (id) WHERE tell_organisers;

CREATE TABLE thread_messages (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    thread  bigint      NOT NULL REFERENCES threads ON DELETE CASCADE,
    staff   bigint,                                     -- staff.id of who answered, kept when they are gone; null: the artisan
    kind    text        NOT NULL CHECK (kind IN ('text', 'voice', 'photo', 'closed')),  -- closed: the words are the reason
    words   text        NOT NULL DEFAULT '',
    file    text        NOT NULL DEFAULT '',            -- the messenger's file id
    seconds int         NOT NULL DEFAULT 0,
    at      timestamptz NOT NULL,
    to_tell boolean     NOT NULL DEFAULT true           -- the other side is to be told
);
CREATE INDEX thread_messages_thread ON thread_messages (thread, id);
CREATE INDEX thread_messages_tell ON thread_messages (id) WHERE to_tell;

-- What the staff may know of a thread.
CREATE VIEW inbox_threads AS SELECT id, reference, recommendation, named, CASE WHEN named THEN name ELSE '' END AS name, chamber, branch, language, state,
    escalated_at, assigned, created_at, since FROM threads;
