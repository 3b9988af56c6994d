-- +goose Up

-- A chat is where a person talks to the bot: the language, the open conversation and how they may be written to.
CREATE TABLE chats (
    chat_id        bigint PRIMARY KEY,
    language       text        NOT NULL DEFAULT '',
    state          text        NOT NULL DEFAULT '',      -- internal/flow's; '' is a new person
    last_message   bigint      NOT NULL DEFAULT 0,       -- highest message id seen, to know whether a screen is still the last one
    keyboard       boolean     NOT NULL DEFAULT false,   -- a keyboard that asks for a contact or a position is up
    created_at     timestamptz NOT NULL DEFAULT now(),
    seen_at        timestamptz NOT NULL DEFAULT now(),
    unreachable_at timestamptz,                          -- blocked the bot, or gone; until they write again
    stopped_at     timestamptz                           -- asked not to be written to first; only they undo it
) WITH (fillfactor = 60);

-- The updates that have taken effect: an id that stands here is not worked through again. Telegram keeps updates for 24 h.
CREATE TABLE updates (
    update_id  bigint PRIMARY KEY,
    handled_at timestamptz NOT NULL DEFAULT now()
);

-- Updates that could not be decoded, or whose turn failed twice, as they came but for masked identity numbers.
CREATE TABLE failed_updates (
    update_id bigint PRIMARY KEY,
    chat_id   bigint,
    raw       text        NOT NULL,
    reason    text        NOT NULL,
    failed_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX failed_updates_chat ON failed_updates (chat_id);

-- What waits to be sent. A delivery leaves this table when it has arrived; one that can't be delivered stays, emptied, with its reason.
CREATE TABLE deliveries (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,  -- the order within a chat
    chat_id    bigint      NOT NULL,
    lane       text        NOT NULL DEFAULT 'reply' CHECK (lane IN ('reply', 'bulk')),
    owner      bigint      NOT NULL,                    -- the instance that sends it; 0 for bulk that nobody has taken yet
    handed     boolean     NOT NULL DEFAULT false,      -- stored for its owner by another instance, or behind such a one
    message    text        NOT NULL,                    -- internal/conversation's Message; '' once it has failed
    not_before timestamptz,
    attempts   int         NOT NULL DEFAULT 0,
    failed_at  timestamptz,
    error      text,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX deliveries_waiting ON deliveries (chat_id, id) WHERE failed_at IS NULL;
CREATE INDEX deliveries_bulk ON deliveries (id) WHERE lane = 'bulk' AND failed_at IS NULL;
-- Rows live for milliseconds: what is dead is swept up before it slows the living down.
ALTER TABLE deliveries SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX deliveries_failed ON deliveries (chat_id) WHERE failed_at IS NOT NULL;

-- The running instances: what a silent one left unsent is taken over.
CREATE TABLE instances (
    id      bigint PRIMARY KEY,
    seen_at timestamptz NOT NULL DEFAULT now(),
    gone    boolean     NOT NULL DEFAULT false          -- stopped in good order
);

-- What the bot said first, once: a key for each person, occasion and stop.
CREATE TABLE notices (
    key     text PRIMARY KEY,
    chat_id bigint      NOT NULL,
    sent_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX notices_chat ON notices (chat_id);

-- A person as they described themselves, so that they needn't again.
CREATE TABLE people (
    chat_id    bigint PRIMARY KEY,
    name       text        NOT NULL DEFAULT '',
    trade      text        NOT NULL DEFAULT '',           -- internal/directory's id, or other:words
    place      text        NOT NULL DEFAULT '',           -- internal/directory's slug
    phone      text        NOT NULL DEFAULT '',           -- E.164
    card       text        NOT NULL DEFAULT '',           -- has the professional card: yes, no, unsure
    rna        text        NOT NULL DEFAULT '',           -- is in the national register: yes, no, unsure
    topics     text[]      NOT NULL DEFAULT '{}',
    updated_at timestamptz NOT NULL DEFAULT now()
);

-- Every yes and no to the handling of personal data, with the text's version. purpose: data, reminders, name.
CREATE TABLE consents (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    chat_id bigint      NOT NULL,
    purpose text        NOT NULL CHECK (purpose IN ('data', 'reminders', 'name')),
    version text        NOT NULL,
    given   boolean     NOT NULL,
    at      timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX consents_chat ON consents (chat_id, purpose, id);

-- One day of the caravan in one place.
CREATE TABLE stops (
    id           text PRIMARY KEY CHECK (id ~ '^[a-z0-9-]{1,40}$'),  -- as in start=stop_<id>
    place        text        NOT NULL,                  -- internal/directory's slug
    region       text        NOT NULL,                  -- its code
    venue_fr     text        NOT NULL,
    venue_ar     text        NOT NULL,
    lat          double precision NOT NULL,
    lon          double precision NOT NULL,
    starts_at    timestamptz NOT NULL,
    ends_at      timestamptz NOT NULL CHECK (ends_at > starts_at),
    capacity     int CHECK (capacity > 0),              -- null: as many as come
    programme    text[]      NOT NULL DEFAULT '{}',     -- ids of answers, in order
    partners     text[]      NOT NULL DEFAULT '{}',     -- names as they are written
    state        text        NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'published', 'cancelled')),
    sample       boolean     NOT NULL DEFAULT false,    -- invented for a demonstration; every text that shows it says so
    published_at timestamptz,                          -- the first time
    announced    boolean     NOT NULL DEFAULT false,    -- all who asked to hear of new stops before it was published were told
    updated_at   timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX stops_ahead ON stops (starts_at) WHERE state = 'published';

-- How many places of a stop are given away (confirmed or attended), kept for stops with a capacity. The row is what those lock who
-- take or free a place: it is narrow because it changes with every registration.
CREATE TABLE seats (
    stop_id text PRIMARY KEY REFERENCES stops ON DELETE CASCADE,
    taken   int NOT NULL DEFAULT 0 CHECK (taken >= 0)
) WITH (fillfactor = 10);

-- One artisan's place at one stop. chat_id is who registered them, not always themselves.
CREATE TABLE registrations (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,  -- also the order of the waiting list
    reference    text        NOT NULL UNIQUE,
    stop_id      text        NOT NULL REFERENCES stops,
    chat_id      bigint      NOT NULL,
    self         boolean     NOT NULL,                  -- the person of the chat, not somebody they registered
    name         text        NOT NULL,
    name_key     text        NOT NULL,                  -- folded, to know the same person again
    trade        text        NOT NULL,
    place        text        NOT NULL,
    phone        text        NOT NULL DEFAULT '',
    card         text        NOT NULL DEFAULT '',
    rna          text        NOT NULL DEFAULT '',
    topics       text[]      NOT NULL DEFAULT '{}',
    state        text        NOT NULL CHECK (state IN ('confirmed', 'waitlisted', 'cancelled', 'attended')),
    created_at   timestamptz NOT NULL DEFAULT now(),
    cancelled_at timestamptz,
    attended_at  timestamptz,
    to_tell      boolean     NOT NULL DEFAULT false     -- moved up from the waiting list outside a conversation: outreach tells them
);
CREATE UNIQUE INDEX registrations_once ON registrations (stop_id, chat_id, name_key) WHERE state <> 'cancelled';
CREATE UNIQUE INDEX registrations_self ON registrations (stop_id, chat_id) WHERE self AND state <> 'cancelled';
CREATE INDEX registrations_chat ON registrations (chat_id);
CREATE INDEX registrations_queue ON registrations (stop_id, id) WHERE state = 'waitlisted';
CREATE INDEX registrations_to_tell ON registrations (id) WHERE to_tell;

-- Who wants to be told: when any stop is published (stop_id null), or the evening before a stop.
CREATE TABLE watches (
    chat_id    bigint      NOT NULL,
    stop_id    text REFERENCES stops,
    region     text        NOT NULL DEFAULT '',         -- of interest only, for stop_id null; '' is anywhere
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE NULLS NOT DISTINCT (chat_id, stop_id)
);
CREATE INDEX watches_stop ON watches (stop_id);

-- What an artisan tells the sector. Anonymous: nobody but the bot itself, to tell them its state, knows the chat.
CREATE TABLE recommendations (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    reference  text        NOT NULL UNIQUE,
    chat_id    bigint,                                  -- null: detached
    named      boolean     NOT NULL DEFAULT false,
    name       text        NOT NULL DEFAULT '' CHECK (named OR name = ''),
    theme      text        NOT NULL,
    kind       text        NOT NULL CHECK (kind IN ('text', 'voice', 'photo')),
    words      text        NOT NULL DEFAULT '',
    file       text        NOT NULL DEFAULT '',         -- the messenger's file id
    seconds    int         NOT NULL DEFAULT 0,
    region     text        NOT NULL DEFAULT '',
    place      text        NOT NULL DEFAULT '',
    trade      text        NOT NULL DEFAULT '',
    language   text        NOT NULL,
    state      text        NOT NULL DEFAULT 'received' CHECK (state IN ('received', 'read', 'forwarded', 'answered', 'closed')),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX recommendations_chat ON recommendations (chat_id);
