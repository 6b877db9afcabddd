-- Moves a batch of read marks forward in one call, clamped to what was sent, and appends one event for each
-- conversation in which a mark really moved. The answers keep the order of the input: where the mark is now,
-- or null for somebody who is not in the conversation.
CREATE FUNCTION move_read_marks(
  p_conversations uuid[], p_users uuid[], p_seqs int[],
  OUT head bigint, OUT marks int[]
) LANGUAGE plpgsql AS $$
DECLARE
  v_changes jsonb;
BEGIN
  PERFORM 1 FROM conversations c WHERE c.id = ANY (p_conversations) ORDER BY c.id FOR NO KEY UPDATE;

  WITH input AS (
    SELECT * FROM unnest(p_conversations, p_users, p_seqs) WITH ORDINALITY AS i (conversation_id, user_id, seq, ord)
  ), judged AS (
    SELECT i.ord, i.conversation_id, i.user_id, m.read_seq AS before,
           greatest(m.read_seq, least(i.seq, c.last_seq)) AS after
    FROM input i
    JOIN members m ON m.conversation_id = i.conversation_id AND m.user_id = i.user_id
    JOIN conversations c ON c.id = i.conversation_id
  ), moved AS (
    UPDATE members m SET read_seq = j.after FROM judged j
    WHERE m.conversation_id = j.conversation_id AND m.user_id = j.user_id AND j.after > j.before
    RETURNING m.conversation_id, m.user_id, m.read_seq
  )
  SELECT
    (SELECT array_agg(j.after ORDER BY i.ord) FROM input i LEFT JOIN judged j USING (ord)),
    (SELECT jsonb_object_agg(conversation_id, m) FROM (
       SELECT conversation_id, jsonb_agg(jsonb_build_object('userId', user_id, 'readSeq', read_seq)) AS m
       FROM moved GROUP BY 1) per_conversation)
  INTO marks, v_changes;

  IF v_changes IS NOT NULL THEN
    head := log_take_head();
    INSERT INTO events (position, topic, type, refs)
    SELECT head + row_number() OVER (), key::uuid, 'receipt.read', jsonb_build_object('marks', value)
    FROM jsonb_each(v_changes);
    head := head + (SELECT count(*) FROM jsonb_object_keys(v_changes));
  END IF;
END $$;
