-- +goose Up

-- How a published stop was before each change of where and when it is, or of whether it takes place, kept by caravan.Save. What somebody
-- who was registered knows of a stop is its first change since then, or since they were last told; outreach tells them when it is not so
-- any more.
CREATE TABLE stop_changes (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    stop_id    text        NOT NULL REFERENCES stops ON DELETE CASCADE,
    at         timestamptz NOT NULL,
    place      text        NOT NULL,
    venue_fr   text        NOT NULL,
    venue_ar   text        NOT NULL,
    lat        double precision NOT NULL,
    lon        double precision NOT NULL,
    starts_at  timestamptz NOT NULL,
    ends_at    timestamptz NOT NULL,
    state      text        NOT NULL CHECK (state IN ('draft', 'published', 'cancelled')),
    settled_at timestamptz                              -- all who had to be told were
);
CREATE INDEX stop_changes_stop ON stop_changes (stop_id, id);
CREATE INDEX stop_changes_open ON stop_changes (stop_id) WHERE settled_at IS NULL;
