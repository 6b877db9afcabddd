-- Profiles: what people tell of themselves, what they let others do, how they are found, and who hears of a change.

CREATE TYPE contact_policy AS ENUM ('everyone', 'contacts', 'friends');
CREATE TYPE last_seen_policy AS ENUM ('everyone', 'contacts', 'nobody');

-- Names are looked up by how they begin, and listed: both need the order of bytes, whatever the database's own is.
ALTER TABLE users
  ADD COLUMN bio TEXT,
  ADD COLUMN status_text TEXT,
  ADD COLUMN status_until TIMESTAMPTZ(3),
  ADD COLUMN dm_policy contact_policy NOT NULL DEFAULT 'everyone',
  ADD COLUMN last_seen_for last_seen_policy NOT NULL DEFAULT 'everyone',
  ADD COLUMN read_receipts BOOLEAN NOT NULL DEFAULT true,
  ADD COLUMN group_adds_by contact_policy NOT NULL DEFAULT 'everyone',
  ALTER COLUMN username_key TYPE TEXT COLLATE "C";

CREATE TABLE name_words (
  user_id UUID NOT NULL,
  word TEXT COLLATE "C" NOT NULL,
  CONSTRAINT name_words_pkey PRIMARY KEY (user_id, word)
);
CREATE INDEX name_words_word_user_id_idx ON name_words (word, user_id);
ALTER TABLE name_words ADD CONSTRAINT name_words_user_id_fkey
  FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE ON UPDATE CASCADE;

-- A name, or what is looked for among names, in lower case and without accents. Beyond ASCII a database with the
-- locale C knows no cases.
CREATE FUNCTION name_key(name text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN lower(regexp_replace(normalize(name, NFKD), '[\u0300-\u036f]', '', 'g'));

-- The words of a name, each from its first character on and from behind each punctuation in it: "(Jean-Luc)" is
-- found by "(jean", "jean" and "luc". They are cut to what an index takes.
CREATE FUNCTION words_of_name(name text) RETURNS SETOF text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  WITH RECURSIVE words (word) AS (
    SELECT regexp_split_to_table(name_key(name), '[ \t\n\v\f\r]+')
    UNION
    SELECT regexp_replace(word, '^[^!-/:-@[-`{-~]*[!-/:-@[-`{-~]+', '') FROM words WHERE word ~ '[!-/:-@[-`{-~]'
  )
  SELECT DISTINCT left(word, 100) FROM words WHERE word <> ''
$$;

-- Whoever writes a full name writes its words: a name that is taken out of an account is found no more.
CREATE FUNCTION keep_name_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM name_words WHERE user_id = NEW.id;
  INSERT INTO name_words (user_id, word) SELECT NEW.id, word FROM words_of_name(NEW.full_name) AS word;
  RETURN NULL;
END $$;

CREATE TRIGGER users_name_added AFTER INSERT ON users
  FOR EACH ROW WHEN (NEW.full_name IS NOT NULL) EXECUTE FUNCTION keep_name_words();
CREATE TRIGGER users_name_changed AFTER UPDATE OF full_name ON users
  FOR EACH ROW WHEN (NEW.full_name IS DISTINCT FROM OLD.full_name) EXECUTE FUNCTION keep_name_words();

INSERT INTO name_words (user_id, word) SELECT id, word FROM users, words_of_name(full_name) AS word;

-- The topics in which others see a person, their own left out: who hears when they change.
CREATE FUNCTION audience_of(person uuid) RETURNS SETOF uuid LANGUAGE sql STABLE SET enable_seqscan = off AS $$
  SELECT conversation_id FROM members WHERE user_id = person
$$;

-- News of a person goes to as many topics as they are seen in. Which these are is read here, under the log's lock:
-- whoever has come to see them at a lower position is among them, and whoever comes at a higher one is shown them as
-- they are by then. All of it is one statement: 5,000 topics hold the lock for some 30 ms, as many drafts would for 260.
ALTER TABLE event_drafts ADD COLUMN to_audience BOOLEAN NOT NULL DEFAULT false;

CREATE OR REPLACE FUNCTION log_append_draft() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  v_head bigint := log_take_head();
BEGIN
  DELETE FROM event_drafts WHERE id = NEW.id;
  IF NEW.to_audience THEN
    INSERT INTO events (position, topic, type, refs)
    SELECT v_head + row_number() OVER (), topic, NEW.type, NEW.refs FROM audience_of(NEW.topic) AS topic;
    RETURN NULL;
  END IF;

  INSERT INTO events (position, topic, type, refs, opens, closes)
  VALUES (v_head + 1, NEW.topic, NEW.type, NEW.refs, NEW.opens, NEW.closes);

  INSERT INTO topic_intervals (user_id, topic, opened_at)
  SELECT user_id, NEW.topic, v_head + 1 FROM unnest(NEW.opens) AS user_id;

  UPDATE topic_intervals SET closed_at = v_head + 1
  WHERE topic = NEW.topic AND user_id = ANY (NEW.closes) AND closed_at IS NULL;
  RETURN NULL;
END $$;
