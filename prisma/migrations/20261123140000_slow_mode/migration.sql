-- In slow mode a send that is refused, or was stored before, does not make the next one of its batch wait.

-- Stores a batch of sends in one call. Each send is judged for itself; the answers keep the order of the input:
--   stored       a new message, with this seq
--   withheld     the same, for its sender alone, whom the other one of a direct conversation has blocked: its event is
--                news of the sender, not of the conversation
--   exists       this sender used the key before, for the same content: the message with this seq
--   conflict     this sender used the key before, for other content
--   not_member   the sender is not in the conversation, or there is none
--   peer_blocked the sender has blocked the other one
--   no_reply     there is no such message to answer, for this sender
--   no_mention   somebody who is mentioned is not in the conversation
--   not_everyone a plain member of a group mentions everyone
--   too_soon     slow mode: in place of the seq, the seconds to wait
-- A message's id is made of its sender and the sender's key, so the same key is the same id. The n-th stored
-- message has position head + n; where threads are among the conversations, the log says behind them how these stand.
-- An id comes once in a batch: the caller sees to it.
CREATE OR REPLACE FUNCTION send_messages(
  p_ids uuid[], p_conversations uuid[], p_senders uuid[],
  p_texts text[], p_extras jsonb[], p_fingerprints text[], p_sent_at timestamptz,
  OUT head bigint, OUT outcomes text[], OUT seqs int[], OUT is_news_of_threads boolean
) LANGUAGE plpgsql SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_tail bigint;
BEGIN
  -- 1. Lock the conversations, in one order for everybody.
  PERFORM 1 FROM conversations c WHERE c.id = ANY (p_conversations) ORDER BY c.id FOR NO KEY UPDATE;

  -- 2. In a later statement, with a fresh snapshot: somebody removed while this batch waited does not get in.
  WITH input AS (
    SELECT * FROM unnest(p_ids, p_conversations, p_senders, p_texts, p_extras, p_fingerprints)
      WITH ORDINALITY AS i (id, conversation_id, sender_id, text, extras, fingerprint, ord)
  ), judged_alone AS (
    SELECT i.*, c.last_seq, e.seq AS existing_seq,
      CASE WHEN m.user_id IS NULL THEN 'not_member'
           WHEN e.fingerprint = i.fingerprint THEN 'exists'
           WHEN e.seq IS NOT NULL THEN 'conflict'
           WHEN m.blocks_peer THEN 'peer_blocked'
           WHEN s.seconds > 0 THEN 'too_soon'
           WHEN i.extras IS NOT NULL AND problem_of_extras(i.extras, m) IS NOT NULL THEN problem_of_extras(i.extras, m)
           WHEN m.withheld THEN 'withheld'
           ELSE 'stored' END AS outcome,
      s.seconds,
      -- In slow mode, how long whoever has sent just now has to wait.
      CASE WHEN m.role = 'member' THEN nullif(c.slow_mode_seconds, 0) END AS pause
    FROM input i
    LEFT JOIN members m ON m.conversation_id = i.conversation_id AND m.user_id = i.sender_id AND NOT m.hidden
    LEFT JOIN conversations c ON c.id = m.conversation_id
    LEFT JOIN messages e ON e.id = i.id
    CROSS JOIN LATERAL (
      SELECT CASE WHEN c.slow_mode_seconds > 0 AND m.role = 'member'
        THEN ceil(c.slow_mode_seconds - extract(epoch FROM p_sent_at - m.last_sent_at))::int END AS seconds
    ) s
  ), judged AS (
    -- Of several in one batch that could be stored only the first is in time.
    SELECT id, conversation_id, sender_id, fingerprint, text, extras, ord, last_seq, existing_seq,
      CASE WHEN is_too_many THEN 'too_soon' ELSE outcome END AS outcome,
      CASE WHEN is_too_many THEN pause ELSE seconds END AS seconds
    FROM (
      SELECT a.*, pause IS NOT NULL AND outcome IN ('stored', 'withheld')
        AND row_number() OVER (PARTITION BY conversation_id, sender_id, outcome ORDER BY ord) > 1 AS is_too_many
      FROM judged_alone a
    ) a
  ), numbered AS (
    SELECT j.*, j.last_seq + row_number() OVER (PARTITION BY j.conversation_id ORDER BY j.ord)::int AS seq
    FROM judged j
    WHERE j.outcome IN ('stored', 'withheld')
  ), stored AS (
    INSERT INTO messages (id, conversation_id, seq, sender_id, fingerprint, text, extras, created_at, withheld)
    SELECT id, conversation_id, n.seq, sender_id, fingerprint, text, extras, p_sent_at, outcome = 'withheld'
    FROM numbered n
  ), counted AS (
    UPDATE conversations c
    SET last_seq = n.seq, last_activity_at = CASE WHEN n.is_seen THEN p_sent_at ELSE c.last_activity_at END
    FROM (SELECT conversation_id, max(numbered.seq) AS seq, bool_or(outcome = 'stored') AS is_seen
          FROM numbered GROUP BY 1) n
    WHERE c.id = n.conversation_id
    RETURNING c.parent_id
  ), marked AS (
    -- Whoever sends has read what came before. Others see as much of it as they see of the message.
    UPDATE members m
    SET read_seq = n.seq,
        marked_unread = false,
        last_sent_at = p_sent_at,
        shown_read_seq = CASE WHEN m.withheld THEN m.shown_read_seq ELSE n.seq END,
        last_withheld_at = CASE WHEN m.withheld THEN p_sent_at ELSE m.last_withheld_at END
    FROM (SELECT conversation_id, sender_id, max(numbered.seq) AS seq FROM numbered GROUP BY 1, 2) n
    WHERE m.conversation_id = n.conversation_id AND m.user_id = n.sender_id
  )
  SELECT array_agg(j.outcome ORDER BY j.ord),
         array_agg(coalesce(n.seq, CASE j.outcome WHEN 'too_soon' THEN j.seconds ELSE j.existing_seq END) ORDER BY j.ord),
         (SELECT count(parent_id) > 0 FROM counted)
  INTO outcomes, seqs, is_news_of_threads
  FROM judged j LEFT JOIN numbered n ON n.ord = j.ord;

  -- 3. Positions last, under the log's lock.
  IF outcomes && ARRAY['stored', 'withheld'] THEN
    head := log_take_head();
    INSERT INTO events (position, topic, type, refs)
    SELECT head + row_number() OVER (ORDER BY ord),
           CASE outcome WHEN 'stored' THEN conversation_id ELSE sender_id END,
           'message.created',
           CASE outcome WHEN 'stored' THEN jsonb_build_object('seq', seq)
                        ELSE jsonb_build_object('conversationId', conversation_id, 'seq', seq) END
    FROM unnest(p_conversations, p_senders, outcomes, seqs)
      WITH ORDINALITY AS s (conversation_id, sender_id, outcome, seq, ord)
    WHERE outcome IN ('stored', 'withheld');
  END IF;

  -- 4. How threads stand now, behind the messages.
  IF is_news_of_threads THEN
    v_tail := log_take_head();
    INSERT INTO events (position, topic, type, refs)
    SELECT v_tail + row_number() OVER (), topic, 'thread.updated', refs
    FROM news_of_threads(p_conversations, p_senders, outcomes);
  END IF;
END $$;
