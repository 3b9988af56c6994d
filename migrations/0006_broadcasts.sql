-- +goose Up

-- One message, in every language, to a segment of artisans.
CREATE TABLE broadcasts (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    author      bigint      NOT NULL,                    -- staff.id
    chat_id     bigint      NOT NULL,                    -- the author's: where its panel stands
    language    text        NOT NULL,                    -- of the panel
    state       text        NOT NULL DEFAULT 'draft'
                CHECK (state IN ('draft', 'scheduled', 'sending', 'paused', 'cancelled', 'done')),
    segment     text        NOT NULL DEFAULT '{}',       -- internal/outreach's Segment
    doors       text[]      NOT NULL DEFAULT '{}',       -- what its buttons open
    begins_at   timestamptz,                             -- null for a draft
    prepared_at timestamptz,                             -- there is a row for each recipient
    finished_at timestamptz,
    pause       text        NOT NULL DEFAULT '',         -- why it is paused by itself: the id of a text
    total       int         NOT NULL DEFAULT 0,
    sent        int         NOT NULL DEFAULT 0,
    unsure      int         NOT NULL DEFAULT 0,          -- arrived, perhaps twice
    unreachable int         NOT NULL DEFAULT 0,          -- blocked the bot, or gone
    stopped     int         NOT NULL DEFAULT 0,          -- stopped messages after it was prepared
    failed      int         NOT NULL DEFAULT 0,
    panel       bigint      NOT NULL DEFAULT 0,          -- the message that shows how it goes; 0: none
    shown_at    timestamptz,
    created_at  timestamptz NOT NULL DEFAULT now(),
    changed_at  timestamptz NOT NULL DEFAULT now(),
    CHECK (total >= sent + unsure + unreachable + stopped + failed),
    CHECK ((begins_at IS NULL) = (state = 'draft') OR state = 'cancelled')
) WITH (fillfactor = 50);                                -- its counts change all the time while it goes out
CREATE INDEX broadcasts_open ON broadcasts (id) WHERE state IN ('scheduled', 'sending');

-- What a broadcast says in one language. instead: the language whose words those who speak this one get; '-': nothing is sent to them.
CREATE TABLE broadcast_words (
    broadcast bigint NOT NULL REFERENCES broadcasts ON DELETE CASCADE,
    language  text   NOT NULL,
    kind      text   NOT NULL DEFAULT '' CHECK (kind IN ('', 'text', 'photo', 'voice', 'video', 'document')),
    words     text   NOT NULL DEFAULT '',
    file      text   NOT NULL DEFAULT '',                -- the messenger's file id
    instead   text   NOT NULL DEFAULT '',
    PRIMARY KEY (broadcast, language),
    CHECK ((kind = '') = (instead <> ''))
);

-- One row a recipient, there before the first message leaves.
CREATE TABLE recipients (
    broadcast bigint   NOT NULL REFERENCES broadcasts ON DELETE CASCADE,
    chat_id   bigint   NOT NULL,
    state     smallint NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 6), -- 0 waiting, 1 under way, 2 sent, 3 unsure, 4 unreachable, 5 stopped, 6 failed
    again     boolean  NOT NULL DEFAULT false,           -- was under way when its sender was lost: it may have arrived already
    owner     bigint   NOT NULL DEFAULT 0,               -- the instance that sends it
    reason    text     NOT NULL DEFAULT '',
    PRIMARY KEY (broadcast, chat_id)
) WITH (fillfactor = 70);
CREATE INDEX recipients_waiting ON recipients (broadcast, chat_id) WHERE state = 0;
CREATE INDEX recipients_under_way ON recipients (owner) WHERE state = 1;
CREATE INDEX recipients_chat ON recipients (chat_id);
ALTER TABLE recipients SET (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 0);

-- From when the next bulk message may leave: what all instances share of one rate.
CREATE TABLE pace (
    lane    text PRIMARY KEY,
    free_at timestamptz NOT NULL,
    slow    double precision NOT NULL DEFAULT 1,         -- of the rate, after Telegram said 429
    slow_at timestamptz NOT NULL DEFAULT now()
);
