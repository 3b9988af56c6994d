-- +goose Up

-- How somebody came in, so that a mistaken check-in can be taken back. Whoever comes without a registration gets one at the door, which
-- is nobody's chat (chat_id 0) and bears the branch of their trade; its name_key ends with the reference, as nobody knows it for the same person.
ALTER TABLE registrations ADD COLUMN came_as text CHECK (came_as IN ('confirmed', 'waitlisted', 'walk-in'));
ALTER TABLE registrations ADD CONSTRAINT registrations_came CHECK (came_as IS NULL OR state = 'attended');
ALTER TABLE registrations ADD CONSTRAINT registrations_walk_in CHECK (chat_id <> 0 OR state = 'attended');

-- The stop whose door a member of the staff holds, as they picked it; for that day only.
ALTER TABLE staff ADD COLUMN door text REFERENCES stops ON DELETE SET NULL;
ALTER TABLE staff ADD COLUMN door_at timestamptz;
