-- +goose Up

-- What the calendar says must not arrive too late, nor after what it is about has changed: a reminder that waits to be sent keeps under which
-- notice it was said, about which stop, and until when it makes sense.
ALTER TABLE deliveries
    ADD COLUMN notice    text,                          -- notices.key; null: no reminder
    ADD COLUMN stop_id   text,                          -- null: about no stop, or about several
    ADD COLUMN not_after timestamptz;
CREATE INDEX deliveries_reminders ON deliveries (stop_id) WHERE notice IS NOT NULL AND failed_at IS NULL;
-- Bulk in the order in which it is sent: reminders first.
DROP INDEX deliveries_bulk;
CREATE INDEX deliveries_bulk ON deliveries ((notice IS NULL), id) WHERE lane = 'bulk' AND failed_at IS NULL;

-- The flow that a person began and hasn't ended, and since when. The columns change twice a flow, so that their index costs the other
-- turns nothing.
ALTER TABLE chats
    ADD COLUMN unfinished    text NOT NULL DEFAULT '',
    ADD COLUMN unfinished_at timestamptz;
CREATE INDEX chats_unfinished ON chats (unfinished_at) WHERE unfinished <> '';

CREATE INDEX people_unregistered ON people (updated_at) WHERE rna IN ('no', 'unsure');
CREATE INDEX watches_all ON watches (chat_id) WHERE stop_id IS NULL;

-- How far a reminder has gone through those whom it is for. It saves looking: forgetting it loses nothing.
CREATE TABLE rounds (
    key       text PRIMARY KEY,                         -- the rule, and the stop or the day
    past      bigint      NOT NULL,                     -- the chat up to which all were looked at in this pass
    looked_at timestamptz NOT NULL,                     -- when the last look was
    whole     boolean     NOT NULL                      -- the last look reached the end
);

-- What people say of a stop where they were, once each.
CREATE TABLE ratings (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    stop_id    text        NOT NULL REFERENCES stops,
    chat_id    bigint,                                  -- null: detached
    score      int         NOT NULL CHECK (score BETWEEN 1 AND 5),
    words      text        NOT NULL DEFAULT '',
    file       text        NOT NULL DEFAULT '',         -- a voice: the messenger's file id
    seconds    int         NOT NULL DEFAULT 0,
    language   text        NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (stop_id, chat_id)
);
CREATE INDEX ratings_chat ON ratings (chat_id);
