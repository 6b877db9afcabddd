-- How far messages have come to each member, whether they mark a conversation as unread, and who calls whom.

ALTER TABLE members
  -- Come to one of their devices up to here; what they have read has come too. And the same as others see it.
  ADD COLUMN delivered_seq INTEGER NOT NULL DEFAULT 0,
  ADD COLUMN shown_delivered_seq INTEGER NOT NULL DEFAULT 0,
  ADD COLUMN marked_unread BOOLEAN NOT NULL DEFAULT false;

CREATE INDEX messages_mentions_idx ON messages (conversation_id, seq) WHERE extras ? 'mentions';

DROP FUNCTION move_read_marks(uuid[], uuid[], int[]);

-- Moves a batch of marks forward in one call, clamped to what was sent, and appends one event for each conversation,
-- and each kind, in which a mark really moved. A member comes once in a batch, with how far they have read, how far
-- messages have come to them, or both; null: not said. The answers keep the order of the input: where the marks are
-- now, or null for somebody who is not in the conversation.
--
-- Beside a block, marks are news of their own member alone, and stay where they are for others; so do the read marks
-- of whoever does not let others know. Who reads ends their own mark of being unread, and hears of it if nothing moves.
CREATE FUNCTION move_marks(
  p_conversations uuid[], p_users uuid[], p_reads int[], p_deliveries int[],
  OUT head bigint, OUT reads int[], OUT deliveries int[]
) LANGUAGE plpgsql SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_changes jsonb;
BEGIN
  PERFORM 1 FROM conversations c WHERE c.id = ANY (p_conversations) ORDER BY c.id FOR NO KEY UPDATE;

  WITH input AS (
    SELECT * FROM unnest(p_conversations, p_users, p_reads, p_deliveries)
      WITH ORDINALITY AS i (conversation_id, user_id, read, delivered, ord)
  ), marked AS (
    SELECT i.ord, m.conversation_id, m.user_id, m.marked_unread,
           m.read_seq, m.shown_read_seq, m.delivered_seq, m.shown_delivered_seq,
           i.read IS NOT NULL AS says_read,
           greatest(m.read_seq, least(coalesce(i.read, 0), c.last_seq)) AS read,
           least(coalesce(i.delivered, 0), c.last_seq) AS delivered,
           m.withheld OR m.blocks_peer AS is_silent,
           m.withheld OR m.blocks_peer OR NOT u.read_receipts AS reads_in_silence
    FROM input i
    JOIN members m ON m.conversation_id = i.conversation_id AND m.user_id = i.user_id AND NOT m.hidden
    JOIN conversations c ON c.id = i.conversation_id
    JOIN users u ON u.id = i.user_id
  ), shown AS (
    SELECT *, CASE WHEN reads_in_silence OR read = read_seq THEN shown_read_seq ELSE read END AS shown_read
    FROM marked
  ), judged AS (
    SELECT *,
           says_read AND (read > read_seq OR marked_unread) AS has_read,
           -- Whoever reads in silence may be further than others know.
           delivered > greatest(delivered_seq, read)
             OR NOT is_silent AND delivered > greatest(shown_delivered_seq, shown_read) AS has_come
    FROM shown
  ), moved AS (
    UPDATE members m SET
      read_seq = j.read,
      shown_read_seq = j.shown_read,
      marked_unread = m.marked_unread AND NOT j.has_read,
      delivered_seq = greatest(j.delivered_seq, j.delivered),
      shown_delivered_seq = CASE WHEN j.is_silent THEN j.shown_delivered_seq
                                 ELSE greatest(j.shown_delivered_seq, j.delivered) END
    FROM judged j
    WHERE m.conversation_id = j.conversation_id AND m.user_id = j.user_id AND (j.has_read OR j.has_come)
  ), told AS (
    SELECT CASE WHEN reads_in_silence OR read = read_seq THEN user_id ELSE conversation_id END AS topic, conversation_id,
           'receipt.read' AS type, jsonb_build_object('userId', user_id, 'readSeq', read) AS mark
    FROM judged WHERE has_read
    UNION ALL
    SELECT CASE WHEN is_silent THEN user_id ELSE conversation_id END, conversation_id,
           'receipt.delivered', jsonb_build_object('userId', user_id, 'deliveredSeq', delivered)
    FROM judged WHERE has_come
  )
  SELECT
    (SELECT array_agg(j.read ORDER BY i.ord) FROM input i LEFT JOIN judged j USING (ord)),
    (SELECT array_agg(greatest(j.delivered_seq, j.delivered, j.read) ORDER BY i.ord)
     FROM input i LEFT JOIN judged j USING (ord)),
    (SELECT jsonb_agg(change) FROM (
       SELECT topic, type, jsonb_build_object('conversationId', conversation_id, 'marks', jsonb_agg(mark)) AS refs
       FROM told GROUP BY topic, conversation_id, type ORDER BY type) change)
  INTO reads, deliveries, v_changes;

  IF v_changes IS NOT NULL THEN
    head := log_take_head();
    INSERT INTO events (position, topic, type, refs)
    SELECT head + ord, (change->>'topic')::uuid, change->>'type', change->'refs'
    FROM jsonb_array_elements(v_changes) WITH ORDINALITY AS c (change, ord);
    head := head + jsonb_array_length(v_changes);
  END IF;
END $$;
