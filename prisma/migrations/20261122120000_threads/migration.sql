-- Threads: a thread is a conversation of its own, about one message of another. SQL tells it by its parent, and not by
-- its kind: a value that an enum has just got cannot be used before the commit.

ALTER TYPE conversation_kind ADD VALUE 'thread';

ALTER TABLE conversations
  ADD COLUMN parent_id UUID,
  ADD COLUMN parent_seq INTEGER;
CREATE UNIQUE INDEX conversations_parent_id_parent_seq_key ON conversations (parent_id, parent_seq);

ALTER TABLE messages ADD COLUMN thread_id UUID;

-- As before, without the threads: whoever follows one is in its parent, and hears of people there.
CREATE OR REPLACE FUNCTION audience_of(person uuid) RETURNS SETOF uuid LANGUAGE sql STABLE SET enable_seqscan = off AS $$
  SELECT m.conversation_id FROM members m LEFT JOIN conversations c ON c.id = m.conversation_id
  WHERE m.user_id = person AND c.parent_id IS NULL
  UNION ALL
  SELECT id FROM (
    SELECT friend_id AS id FROM friendships WHERE user_id = person
    UNION SELECT owner_id FROM contacts WHERE user_id = person
    UNION SELECT receiver_id FROM friend_requests WHERE sender_id = person AND NOT withheld
    UNION SELECT sender_id FROM friend_requests WHERE receiver_id = person
    UNION SELECT blocker_id FROM blocks WHERE blocked_id = person
  ) related
  WHERE NOT EXISTS (
    SELECT FROM members mine JOIN members other USING (conversation_id)
    WHERE mine.user_id = person AND other.user_id = related.id AND NOT other.hidden
  )
$$;

-- As before, and in a thread of a group a plain member of the group mentions everyone no more than in the group.
CREATE OR REPLACE FUNCTION problem_of_extras(p_extras jsonb, p_member members) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT CASE
    WHEN p_extras ? 'replyTo' AND NOT EXISTS (
      SELECT FROM messages r
      WHERE r.conversation_id = p_member.conversation_id AND r.seq = (p_extras->>'replyTo')::int
        AND r.seq > p_member.joined_seq AND (NOT r.withheld OR r.sender_id = p_member.user_id)
    ) THEN 'no_reply'
    WHEN EXISTS (
      SELECT FROM jsonb_array_elements_text(p_extras #> '{mentions,userIds}') AS mentioned
      WHERE NOT EXISTS (SELECT FROM members o
                        WHERE o.conversation_id = p_member.conversation_id AND o.user_id = mentioned::uuid)
    ) THEN 'no_mention'
    WHEN p_extras @> '{"mentions": {"everyone": true}}' AND EXISTS (
      SELECT FROM conversations c
      JOIN conversations place ON place.id = coalesce(c.parent_id, c.id)
      JOIN members m ON m.conversation_id = place.id AND m.user_id = p_member.user_id
      WHERE c.id = p_member.conversation_id AND place.kind = 'group' AND m.role = 'member'
    ) THEN 'not_everyone'
  END
$$;

-- What the log is told of threads in which something was said, besides the messages: one row for each thread. A message
-- that only its sender sees, and a reply that only its sender sees, are news of that sender alone.
CREATE FUNCTION news_of_threads(p_threads uuid[], p_senders uuid[], p_outcomes text[])
RETURNS TABLE (topic uuid, refs jsonb) LANGUAGE sql STABLE SET enable_seqscan = off AS $$
  SELECT CASE WHEN root.withheld THEN root.sender_id WHEN said.is_seen THEN t.parent_id ELSE said.sender_id END,
         jsonb_build_object(
           'conversationId', t.parent_id, 'seq', t.parent_seq,
           'thread', jsonb_build_object(
             'id', t.id, 'replies', newest.seq,
             'lastReplyAt', to_char(newest.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))
  FROM (
    SELECT thread, bool_or(outcome = 'stored') AS is_seen, (array_agg(sender_id))[1] AS sender_id
    FROM unnest(p_threads, p_senders, p_outcomes) AS s (thread, sender_id, outcome)
    WHERE outcome IN ('stored', 'withheld') GROUP BY 1
  ) said
  JOIN conversations t ON t.id = said.thread AND t.parent_id IS NOT NULL
  JOIN messages root ON root.conversation_id = t.parent_id AND root.seq = t.parent_seq
  CROSS JOIN LATERAL (
    SELECT seq, created_at FROM messages r WHERE r.conversation_id = t.id ORDER BY r.seq DESC LIMIT 1
  ) newest
  ORDER BY t.id
$$;

-- How a thread stands, as somebody sees it, as JSON of the contract. Replies that were withheld from them are none to
-- them. Null where they know of no thread: somebody began it whom they had blocked. A function, as `reactions_to` is one.
CREATE FUNCTION thread_as_seen(p_thread uuid, p_me uuid) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_replies int;
  v_at timestamptz;
BEGIN
  SELECT r.seq, r.created_at INTO v_replies, v_at FROM messages r
  WHERE r.conversation_id = p_thread AND (NOT r.withheld OR r.sender_id = p_me) ORDER BY r.seq DESC LIMIT 1;
  IF v_replies IS NULL AND EXISTS (
    SELECT FROM members h WHERE h.conversation_id = p_thread AND h.user_id = p_me AND h.hidden
  ) THEN
    RETURN NULL;
  END IF;
  RETURN '{"id":"' || p_thread || '","replies":' || coalesce(v_replies, 0) || ',"lastReplyAt":' ||
    coalesce('"' || to_char(v_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') || '"', 'null') || '}';
END $$;
