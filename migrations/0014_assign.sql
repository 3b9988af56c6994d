-- +goose Up

-- Who has something can give it to a colleague. A question can be given too, so what becomes of it is a move as well.
ALTER TABLE moves
    ALTER COLUMN recommendation DROP NOT NULL,
    ADD COLUMN thread  bigint REFERENCES threads ON DELETE CASCADE, -- a question; a recommendation's thread goes with it
    ADD COLUMN former  bigint,                          -- assigned: staff.id of who had it; null: nobody
    ADD COLUMN taker   bigint,                          -- and of who has it then
    ADD COLUMN to_tell boolean NOT NULL DEFAULT false,  -- and those who didn't do it are to be told
    ADD CONSTRAINT moves_of_one CHECK (num_nonnulls(recommendation, thread) = 1);
CREATE INDEX moves_thread ON moves (thread, id) WHERE thread IS NOT NULL;
CREATE INDEX moves_tell ON moves (id) WHERE to_tell;

-- What somebody has.
CREATE INDEX recommendations_held ON recommendations (assigned, created_at, id) WHERE assigned IS NOT NULL;
CREATE INDEX threads_held ON threads (assigned, since) WHERE assigned IS NOT NULL;

-- The day on which somebody said something beside their score, until the staff have been told that there is something: the hour is nobody's.
ALTER TABLE ratings ADD COLUMN to_tell date;
CREATE INDEX ratings_tell ON ratings (to_tell) WHERE to_tell IS NOT NULL;
