-- +goose Up

-- The file of what somebody said: one row's, fetched from the messenger once, looked at, and kept in a store. It knows of no chat, and goes
-- with its row.
CREATE TABLE media (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    recommendation bigint UNIQUE REFERENCES recommendations ON DELETE CASCADE,
    rating         bigint UNIQUE REFERENCES ratings ON DELETE CASCADE,
    message        bigint UNIQUE REFERENCES thread_messages ON DELETE CASCADE,
    kind           text        NOT NULL CHECK (kind IN ('voice', 'photo')),
    file           text        NOT NULL,                -- the messenger's file id
    state          text        NOT NULL DEFAULT 'wanted' CHECK (state IN ('wanted', 'kept', 'refused')),
    reason         text        NOT NULL DEFAULT '' CHECK (reason IN ('', 'type', 'size', 'gone')),   -- why it is refused
    due_at         timestamptz NOT NULL DEFAULT '-infinity',  -- wanted: nobody tries before
    attempts       int         NOT NULL DEFAULT 0,
    store          text        NOT NULL DEFAULT '',     -- where it is put,
    key            text UNIQUE CHECK (key ~ '^[0-9a-f]{32}$'),  -- and under which name: random, of each attempt its own
    type           text        NOT NULL DEFAULT '',     -- as its bytes say
    size           int         NOT NULL DEFAULT 0,      -- bytes
    sha256         bytea,
    CHECK (num_nonnulls(recommendation, rating, message) = 1),
    CHECK ((state = 'kept') = (sha256 IS NOT NULL)),
    CHECK (state <> 'kept' OR key IS NOT NULL),
    CHECK ((state = 'refused') = (reason <> ''))
);
CREATE INDEX media_wanted ON media (due_at, id) WHERE state = 'wanted';

-- What a store has to let go of: it stands here with the end of its row, in the same transaction, and until the bytes are gone too. Keys are
-- random: it is about nobody.
CREATE TABLE doomed (
    store  text        NOT NULL,
    key    text        NOT NULL,
    due_at timestamptz NOT NULL,                        -- who was just fetching it may put it there until then
    tried  boolean     NOT NULL DEFAULT false,          -- it was looked for before that
    PRIMARY KEY (store, key)
);

-- +goose StatementBegin
CREATE FUNCTION doom_file() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO doomed (store, key, due_at) VALUES (OLD.store, OLD.key, CASE OLD.state WHEN 'wanted' THEN OLD.due_at ELSE '-infinity' END);
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER media_gone AFTER DELETE ON media FOR EACH ROW WHEN (OLD.key IS NOT NULL) EXECUTE FUNCTION doom_file();
CREATE TRIGGER media_left AFTER UPDATE OF key ON media FOR EACH ROW WHEN (OLD.key IS NOT NULL AND NEW.key IS DISTINCT FROM OLD.key) EXECUTE FUNCTION doom_file();

-- A row that has a file, or another one than before, wants it; one that has none any more lets it go. Nobody who writes these rows can forget it.
-- +goose StatementBegin
CREATE FUNCTION want_file() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        EXECUTE format('DELETE FROM media WHERE %I = $1', TG_ARGV[0]) USING NEW.id;
    END IF;
    IF NEW.file <> '' THEN
        EXECUTE format('INSERT INTO media (%I, kind, file) VALUES ($1, $2, $3)', TG_ARGV[0]) USING NEW.id, coalesce(to_jsonb(NEW) ->> 'kind', 'voice'), NEW.file;
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER recommendations_file AFTER INSERT ON recommendations FOR EACH ROW WHEN (NEW.file <> '' AND NEW.kind <> 'text') EXECUTE FUNCTION want_file('recommendation');
CREATE TRIGGER recommendations_file_changed AFTER UPDATE OF file ON recommendations FOR EACH ROW WHEN (OLD.file <> NEW.file AND NEW.kind <> 'text') EXECUTE FUNCTION want_file('recommendation');
CREATE TRIGGER ratings_file AFTER INSERT ON ratings FOR EACH ROW WHEN (NEW.file <> '') EXECUTE FUNCTION want_file('rating');
CREATE TRIGGER ratings_file_changed AFTER UPDATE OF file ON ratings FOR EACH ROW WHEN (OLD.file <> NEW.file) EXECUTE FUNCTION want_file('rating');
CREATE TRIGGER thread_messages_file AFTER INSERT ON thread_messages FOR EACH ROW WHEN (NEW.file <> '' AND NEW.kind IN ('voice', 'photo')) EXECUTE FUNCTION want_file('message');
CREATE TRIGGER thread_messages_file_changed AFTER UPDATE OF file ON thread_messages FOR EACH ROW WHEN (OLD.file <> NEW.file AND NEW.kind IN ('voice', 'photo')) EXECUTE FUNCTION want_file('message');

-- What came before.
INSERT INTO media (recommendation, kind, file) SELECT id, kind, file FROM recommendations WHERE file <> '' AND kind <> 'text';
INSERT INTO media (rating, kind, file) SELECT id, 'voice', file FROM ratings WHERE file <> '';
INSERT INTO media (message, kind, file) SELECT id, kind, file FROM thread_messages WHERE file <> '' AND kind IN ('voice', 'photo');

-- Who of the staff answered by voice or picture takes it with them.
CREATE INDEX thread_messages_spoken ON thread_messages (staff) WHERE staff IS NOT NULL AND file <> '';
