-- +goose Up

-- Who is dismissed leaves the answers that they recorded, and the voices and pictures by which they replied. This leads from their chat to
-- these, should they erase their data.
CREATE TABLE former_staff (
    staff   bigint PRIMARY KEY,                         -- staff.id, which nobody gets again
    chat_id bigint      NOT NULL,
    gone_at timestamptz NOT NULL
);

-- Whose a number of the staff is, or was.
CREATE VIEW staff_ever AS SELECT id, chat_id FROM staff UNION ALL SELECT staff, chat_id FROM former_staff;
