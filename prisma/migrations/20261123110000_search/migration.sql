-- Search: what is looked for is found by reading messages; of each 1,024 in a row an index says which to read.

-- The blocks of conversations that have an index: block n is of the messages 1024 n + 1 to 1024 n + 1024.
CREATE TABLE search_blocks (
  conversation_id UUID NOT NULL,
  block INTEGER NOT NULL,
  CONSTRAINT search_blocks_pkey PRIMARY KEY (conversation_id, block),
  CONSTRAINT search_blocks_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES conversations (id)
    ON DELETE CASCADE ON UPDATE CASCADE
);

-- In which messages of its block a term is: one bit for each, the first message's first.
CREATE TABLE search_postings (
  conversation_id UUID NOT NULL,
  block INTEGER NOT NULL,
  term TEXT NOT NULL,
  bits BIT(1024) NOT NULL,
  CONSTRAINT search_postings_pkey PRIMARY KEY (conversation_id, block, term),
  CONSTRAINT search_postings_conversation_id_block_fkey FOREIGN KEY (conversation_id, block)
    REFERENCES search_blocks (conversation_id, block) ON DELETE CASCADE ON UPDATE CASCADE
);

-- As texts and what is looked for in them are compared: in lower case and without accents, see name_key. Most texts
-- are plain ASCII, and need a tenth of the time.
CREATE FUNCTION search_fold(p_text text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN CASE WHEN octet_length(p_text) = length(p_text) THEN lower(p_text) ELSE name_key(p_text) END;

-- What a message has, besides its text.
CREATE FUNCTION search_traits(p_text text, p_extras jsonb) RETURNS SETOF text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT 'link' WHERE p_text ~* 'https?://\S'
  UNION ALL
  SELECT unnest(ARRAY['file', f ->> 'kind']) FROM jsonb_array_elements(p_extras -> 'attachments') f
$$;

-- The terms of a message: each two characters of its folded text that follow each other in a word, and each one from
-- U+2600 on (CJK, Hangul, emoji), which say more by themselves; who wrote it, and what it has.
CREATE FUNCTION search_terms(p_sender uuid, p_text text, p_extras jsonb) RETURNS SETOF text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT 'from:' || p_sender
  UNION ALL
  SELECT 'has:' || trait FROM search_traits(p_text, p_extras) trait
  UNION ALL
  SELECT term
  FROM string_to_array(search_fold(p_text), NULL) AS chars
  CROSS JOIN LATERAL unnest(chars, chars[2:]) AS c (char, next)
  CROSS JOIN LATERAL (SELECT char || next UNION ALL SELECT char WHERE ascii(char) >= 9728) AS t (term)
  WHERE position(' ' IN term) = 0
$$;

-- Whoever makes the index of a block and whoever changes a message in it wait for each other: what was changed before is
-- in the index, and what is changed afterwards takes the index away.
CREATE FUNCTION search_lock_of(p_conversation uuid, p_block int) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN hashtext(p_conversation || '.' || p_block);

-- Makes the index of a block whose messages are all there, unless it has one.
CREATE FUNCTION index_for_search(p_conversation uuid, p_block int) RETURNS void LANGUAGE plpgsql
SET lock_timeout = '1s' SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(1024, search_lock_of(p_conversation, p_block));
  INSERT INTO search_blocks (conversation_id, block)
  SELECT id, p_block FROM conversations WHERE id = p_conversation AND last_seq >= (p_block + 1) * 1024
  ON CONFLICT DO NOTHING;
  IF NOT FOUND THEN RETURN; END IF;
  INSERT INTO search_postings (conversation_id, block, term, bits)
  SELECT p_conversation, p_block, term, bit_or(set_bit(0::bit(1024), (m.seq - 1) % 1024, 1))
  FROM messages m CROSS JOIN LATERAL search_terms(m.sender_id, m.text, m.extras) AS term
  WHERE m.conversation_id = p_conversation AND m.seq BETWEEN p_block * 1024 + 1 AND (p_block + 1) * 1024
    AND m.deleted_at IS NULL
  GROUP BY term;
END $$;

-- A message says something else, or nothing more: its block has no index until it gets a new one. So nothing that was
-- deleted is left in any.
CREATE FUNCTION forget_search_block() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(1024, search_lock_of(OLD.conversation_id, (OLD.seq - 1) / 1024));
  DELETE FROM search_blocks WHERE conversation_id = OLD.conversation_id AND block = (OLD.seq - 1) / 1024;
  RETURN NULL;
END $$;
CREATE TRIGGER forget_search_block AFTER UPDATE OF text, extras ON messages FOR EACH ROW
  WHEN (OLD.text <> NEW.text OR (OLD.extras -> 'attachments') IS DISTINCT FROM (NEW.extras -> 'attachments'))
  EXECUTE FUNCTION forget_search_block();

CREATE FUNCTION forget_search_blocks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(1024, search_lock_of(conversation_id, block))
  FROM (SELECT DISTINCT conversation_id, (seq - 1) / 1024 AS block FROM gone ORDER BY 1, 2) g;
  DELETE FROM search_blocks s
  USING (SELECT DISTINCT conversation_id, (seq - 1) / 1024 AS block FROM gone) g
  WHERE s.conversation_id = g.conversation_id AND s.block = g.block;
  RETURN NULL;
END $$;
CREATE TRIGGER forget_search_blocks AFTER DELETE ON messages REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION forget_search_blocks();
