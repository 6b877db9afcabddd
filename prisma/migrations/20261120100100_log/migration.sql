-- The log: how a transaction takes its positions. See docs/decisions/0001-order.md.

INSERT INTO log_epoch (id, epoch) VALUES (1, substr(md5(random()::text || clock_timestamp()::text), 1, 8));

-- Takes the one lock of the log, held until this transaction has committed, and answers the highest position.
-- The read is a statement of its own: it needs a snapshot taken after the lock was granted. Nothing that may
-- wait comes after this call in a transaction.
CREATE FUNCTION log_take_head() RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(5047000000000001);
  RETURN (SELECT coalesce(max(position), 0) FROM events);
END $$;

-- Moves one draft into the log, and opens and closes its topic for people. It runs while the transaction
-- commits, so that no client waits between taking the position and the commit.
CREATE FUNCTION log_append_draft() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  v_position bigint := log_take_head() + 1;
BEGIN
  INSERT INTO events (position, topic, type, refs, opens, closes)
  VALUES (v_position, NEW.topic, NEW.type, NEW.refs, NEW.opens, NEW.closes);

  INSERT INTO topic_intervals (user_id, topic, opened_at)
  SELECT user_id, NEW.topic, v_position FROM unnest(NEW.opens) AS user_id;

  UPDATE topic_intervals SET closed_at = v_position
  WHERE topic = NEW.topic AND user_id = ANY (NEW.closes) AND closed_at IS NULL;

  DELETE FROM event_drafts WHERE id = NEW.id;
  RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER event_drafts_append AFTER INSERT ON event_drafts
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION log_append_draft();
