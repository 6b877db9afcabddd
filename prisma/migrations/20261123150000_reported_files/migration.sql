-- A file that was kept for a report is due when the report goes, as one is that no message has any more.
CREATE FUNCTION release_reported_file() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE files SET sweep_at = to_timestamp(0) WHERE id = OLD.file_id;
  RETURN NULL;
END $$;

CREATE TRIGGER release_reported_file AFTER DELETE ON reports FOR EACH ROW
  WHEN (OLD.file_id IS NOT NULL) EXECUTE FUNCTION release_reported_file();
