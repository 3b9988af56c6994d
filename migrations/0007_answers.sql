-- +goose Up

-- What staff changed in the answers that ship with the program. entry is an id of knowledge/; one that has gone there is passed over.
-- An empty title or body is the shipped one. staff is staff.id, as in the audit log.
CREATE TABLE answer_overrides (
    entry      text        NOT NULL,
    language   text        NOT NULL,
    title      text        NOT NULL DEFAULT '',
    body       text        NOT NULL DEFAULT '',
    staff      bigint,
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (entry, language),
    CHECK (title <> '' OR body <> '')
);

-- Who says so, and the day on which that was looked at; the same in every language.
CREATE TABLE answer_sources (
    entry      text PRIMARY KEY,
    source     text        NOT NULL CHECK (source <> ''), -- an address, or who said it
    checked    date        NOT NULL,
    confirmed  boolean     NOT NULL DEFAULT false,        -- an answer that ships as not confirmed is one now
    staff      bigint,
    updated_at timestamptz NOT NULL DEFAULT now()
);

-- An answer, spoken.
CREATE TABLE answer_voices (
    entry      text        NOT NULL,
    language   text        NOT NULL,
    file       text        NOT NULL CHECK (file <> ''),   -- the messenger's file id
    staff      bigint,
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (entry, language)
);

-- Ways of asking that were learnt.
CREATE TABLE answer_ways (
    words    text PRIMARY KEY,
    entry    text        NOT NULL,
    staff    bigint,
    added_at timestamptz NOT NULL DEFAULT now()
);

-- What was asked and what came of it, kept about nobody: no chat, no hour, and rows are only added, so that none leads to another. A thumb
-- is a row of its own. The words are without telephone numbers and addresses; where there was the number of an identity card there are none.
CREATE TABLE asked (
    day      date     NOT NULL,
    language text     NOT NULL,
    words    text     NOT NULL,
    decision text     NOT NULL CHECK (decision IN ('answer', 'choose', 'unknown', 'refuse', 'picked', 'none', 'judged')),
    entry    text     NOT NULL DEFAULT '',                -- what was answered, picked or judged
    score    real     NOT NULL DEFAULT 0,
    thumb    smallint NOT NULL DEFAULT 0 CHECK (thumb BETWEEN -1 AND 1 AND (thumb <> 0) = (decision = 'judged')),
    settled  boolean  NOT NULL DEFAULT false              -- staff dealt with these words
);
CREATE INDEX asked_day ON asked (day);
CREATE INDEX asked_open ON asked (day) WHERE NOT settled AND words <> '' AND (decision IN ('unknown', 'none') OR thumb < 0);
CREATE INDEX asked_settled ON asked (words) WHERE settled;
