-- Stores a batch of sends in one call. Each send is judged for itself; the answers keep the order of the input:
--   stored       a new message, with this seq
--   exists       this sender used the key before, for the same content: the message with this seq
--   conflict     this sender used the key before, for other content
--   not_member   the sender is not in the conversation, or there is none
-- A message's id is made of its sender and the sender's key, so the same key is the same id. The n-th stored
-- message has position head + n. An id comes once in a batch: the caller sees to it.
CREATE FUNCTION send_messages(
  p_ids uuid[], p_conversations uuid[], p_senders uuid[],
  p_texts text[], p_fingerprints text[], p_sent_at timestamptz,
  OUT head bigint, OUT outcomes text[], OUT seqs int[]
) LANGUAGE plpgsql AS $$
BEGIN
  -- 1. Lock the conversations, in one order for everybody.
  PERFORM 1 FROM conversations c WHERE c.id = ANY (p_conversations) ORDER BY c.id FOR NO KEY UPDATE;

  -- 2. In a later statement, with a fresh snapshot: somebody removed while this batch waited does not get in.
  WITH input AS (
    SELECT * FROM unnest(p_ids, p_conversations, p_senders, p_texts, p_fingerprints)
      WITH ORDINALITY AS i (id, conversation_id, sender_id, text, fingerprint, ord)
  ), judged AS (
    SELECT i.*, e.seq AS existing_seq,
      CASE WHEN m.user_id IS NULL THEN 'not_member'
           WHEN e.seq IS NULL THEN 'stored'
           WHEN e.fingerprint = i.fingerprint THEN 'exists'
           ELSE 'conflict' END AS outcome
    FROM input i
    LEFT JOIN members m ON m.conversation_id = i.conversation_id AND m.user_id = i.sender_id
    LEFT JOIN messages e ON e.id = i.id
  ), numbered AS (
    SELECT j.*, c.last_seq + row_number() OVER (PARTITION BY j.conversation_id ORDER BY j.ord)::int AS seq
    FROM judged j JOIN conversations c ON c.id = j.conversation_id
    WHERE j.outcome = 'stored'
  ), stored AS (
    INSERT INTO messages (id, conversation_id, seq, sender_id, fingerprint, text, created_at)
    SELECT id, conversation_id, n.seq, sender_id, fingerprint, text, p_sent_at FROM numbered n
  ), counted AS (
    UPDATE conversations c SET last_seq = n.seq, last_activity_at = p_sent_at
    FROM (SELECT conversation_id, max(numbered.seq) AS seq FROM numbered GROUP BY 1) n
    WHERE c.id = n.conversation_id
  ), marked AS (
    -- Whoever sends has read what came before.
    UPDATE members m SET read_seq = n.seq
    FROM (SELECT conversation_id, sender_id, max(numbered.seq) AS seq FROM numbered GROUP BY 1, 2) n
    WHERE m.conversation_id = n.conversation_id AND m.user_id = n.sender_id
  )
  SELECT array_agg(j.outcome ORDER BY j.ord), array_agg(coalesce(n.seq, j.existing_seq) ORDER BY j.ord)
  INTO outcomes, seqs
  FROM judged j LEFT JOIN numbered n ON n.ord = j.ord;

  -- 3. Positions last, under the log's lock.
  IF 'stored' = ANY (outcomes) THEN
    head := log_take_head();
    INSERT INTO events (position, topic, type, refs)
    SELECT head + row_number() OVER (ORDER BY ord), conversation_id, 'message.created', jsonb_build_object('seq', seq)
    FROM unnest(p_conversations, outcomes, seqs) WITH ORDINALITY AS s (conversation_id, outcome, seq, ord)
    WHERE outcome = 'stored';
  END IF;
END $$;
