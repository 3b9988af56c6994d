-- +goose Up

-- Who works for the caravan through the bot. A number of its own stands for them in the audit log, so that it says nothing about anybody
-- once they are erased.
CREATE TABLE staff (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    chat_id    bigint      NOT NULL UNIQUE,
    role       text        NOT NULL CHECK (role IN ('admin', 'organiser', 'agent')),
    region     text        NOT NULL DEFAULT '' CHECK ((role = 'agent') = (region <> '')),  -- an agent's chamber; internal/directory's code
    name       text        NOT NULL DEFAULT '',         -- first name, as the messenger told when they joined
    invited_by bigint,                                  -- staff.id; null: from the command line
    joined_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX staff_region ON staff (region) WHERE role = 'agent';

-- One-time links into the staff. Only a hash is kept: who reads the table can't join by it.
CREATE TABLE invitations (
    code_hash  bytea PRIMARY KEY,
    role       text        NOT NULL CHECK (role IN ('admin', 'organiser', 'agent')),
    region     text        NOT NULL DEFAULT '' CHECK ((role = 'agent') = (region <> '')),
    invited_by bigint,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    used_at    timestamptz
);

-- What staff did that changed or read people's data. It grows only: rows are never changed, and go when they are old. It names staff by
-- number and things by reference, never a person.
CREATE TABLE audit (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at      timestamptz NOT NULL DEFAULT now(),
    staff   bigint,                                     -- staff.id, kept when they are gone; null: the command line
    role    text        NOT NULL,
    act     text        NOT NULL,                       -- an action's name
    about   text        NOT NULL DEFAULT '',            -- references and ids
    outcome text        NOT NULL DEFAULT ''
);
CREATE INDEX audit_at ON audit (at);

-- +goose StatementBegin
CREATE FUNCTION audit_grows_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.at < now() - interval '1 year' THEN
        RETURN OLD; -- kept for a year at least
    END IF;
    RAISE EXCEPTION 'the audit log only grows';
END $$;
-- +goose StatementEnd
CREATE TRIGGER audit_grows_only BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_grows_only();
CREATE TRIGGER audit_not_emptied BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_grows_only();

-- What the deployment knows of itself: the bot's username, the key that tickets are signed with.
CREATE TABLE house (
    key   text PRIMARY KEY,
    value text NOT NULL
);
