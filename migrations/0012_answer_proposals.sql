-- +goose Up

-- What people at a chamber would have the bot answer, until an organiser takes it over or not; then the row goes. Written for everybody, and
-- about nobody: neither the thread that it came of nor who asked is kept.
CREATE TABLE answer_proposals (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    entry    text        NOT NULL,                       -- an id of knowledge/
    language text        NOT NULL,
    body     text        NOT NULL CHECK (body <> ''),
    region   text        NOT NULL,                       -- whose chamber says so; '': the organisers
    staff    bigint,
    made_at  timestamptz NOT NULL,
    UNIQUE (entry, language, body)
);
