-- +goose Up

-- What the staff know one rating from another by: random, so that neither it nor the order of those of one day tells who spoke when.
ALTER TABLE ratings ADD COLUMN key uuid NOT NULL DEFAULT gen_random_uuid();
CREATE INDEX ratings_said ON ratings (stop_id) WHERE words <> '' OR file <> '';

-- What the staff may know of a rating that says something: whose it is, in which language and at what hour is not in it.
CREATE VIEW inbox_ratings AS SELECT r.key::text AS key, r.stop_id, s.region, r.score, r.words, r.file, (r.created_at AT TIME ZONE 'Africa/Casablanca')::date AS day,
    coalesce(f.reason, '') AS refused, coalesce(f.id, 0) AS copy
    FROM ratings r JOIN stops s ON s.id = r.stop_id LEFT JOIN media f ON f.rating = r.id WHERE r.words <> '' OR r.file <> '';
