-- +goose Up

-- Recommendations that say the same under one theme, in whichever script; over the whole country.
CREATE TABLE groups (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    theme   text NOT NULL,
    typical bigint UNIQUE REFERENCES recommendations ON DELETE SET NULL,  -- the one that new ones are compared with; null: another is looked for
    edition text NOT NULL                               -- of the knowledge that its terms come from
);
CREATE INDEX groups_headless ON groups (id) WHERE typical IS NULL;
CREATE INDEX groups_edition ON groups (edition);

-- What the typical one of a group says, and those that the staff confirmed. These are words of somebody, and go with them.
CREATE TABLE group_terms (
    recommendation bigint NOT NULL REFERENCES recommendations ON DELETE CASCADE,
    group_id       bigint NOT NULL REFERENCES groups ON DELETE CASCADE,
    theme          text   NOT NULL,
    term           text   NOT NULL,
    weight         int    NOT NULL CHECK (weight > 0),  -- hundredths of a concept
    total          int    NOT NULL,                     -- of all terms of the recommendation
    PRIMARY KEY (recommendation, term)
);
CREATE INDEX group_terms_group ON group_terms (group_id);
-- The way in for a new recommendation: groups that say something of the same, and about as much.
CREATE INDEX group_terms_term ON group_terms (theme, term, total) INCLUDE (recommendation, weight);

ALTER TABLE recommendations
    ADD COLUMN group_id bigint REFERENCES groups,
    ADD COLUMN grouped  boolean NOT NULL DEFAULT false, -- its group was looked for, and its terms are written down if they are to be
    ADD COLUMN same     boolean NOT NULL DEFAULT false, -- somebody of the staff said that it belongs there; else it is a suggestion
    ADD CHECK (group_id IS NOT NULL OR NOT same);
CREATE INDEX recommendations_ungrouped ON recommendations (id) WHERE NOT grouped;
CREATE INDEX recommendations_group ON recommendations (group_id, chamber, created_at, id) WHERE group_id IS NOT NULL;

-- What the staff took out of a group stays out of it.
CREATE TABLE splits (
    recommendation bigint NOT NULL REFERENCES recommendations ON DELETE CASCADE,
    group_id       bigint NOT NULL REFERENCES groups ON DELETE CASCADE,
    PRIMARY KEY (recommendation, group_id)
);
CREATE INDEX splits_group ON splits (group_id);

-- What the staff may know of groups: nothing of who.
CREATE VIEW inbox_alike AS SELECT id, reference, group_id, same, chamber, escalated_at, created_at FROM recommendations WHERE group_id IS NOT NULL;
