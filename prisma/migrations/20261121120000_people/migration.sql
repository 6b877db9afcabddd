-- Friends, contacts, blocks and reports.

CREATE TABLE friend_requests (
  sender_id UUID NOT NULL,
  receiver_id UUID NOT NULL,
  created_at TIMESTAMPTZ(3) NOT NULL,
  withheld BOOLEAN NOT NULL DEFAULT false,
  CONSTRAINT friend_requests_pkey PRIMARY KEY (sender_id, receiver_id)
);
CREATE INDEX friend_requests_receiver_id_created_at_idx ON friend_requests (receiver_id, created_at);
ALTER TABLE friend_requests
  ADD CONSTRAINT friend_requests_sender_id_fkey FOREIGN KEY (sender_id) REFERENCES users (id) ON DELETE CASCADE ON UPDATE CASCADE,
  ADD CONSTRAINT friend_requests_receiver_id_fkey FOREIGN KEY (receiver_id) REFERENCES users (id) ON DELETE CASCADE ON UPDATE CASCADE;

CREATE TABLE friendships (
  user_id UUID NOT NULL,
  friend_id UUID NOT NULL,
  since TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT friendships_pkey PRIMARY KEY (user_id, friend_id)
);
CREATE INDEX friendships_friend_id_idx ON friendships (friend_id);
ALTER TABLE friendships
  ADD CONSTRAINT friendships_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE ON UPDATE CASCADE,
  ADD CONSTRAINT friendships_friend_id_fkey FOREIGN KEY (friend_id) REFERENCES users (id) ON DELETE CASCADE ON UPDATE CASCADE;

CREATE TABLE contacts (
  owner_id UUID NOT NULL,
  user_id UUID NOT NULL,
  alias TEXT,
  created_at TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT contacts_pkey PRIMARY KEY (owner_id, user_id)
);
CREATE INDEX contacts_user_id_idx ON contacts (user_id);
ALTER TABLE contacts
  ADD CONSTRAINT contacts_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES users (id) ON DELETE CASCADE ON UPDATE CASCADE,
  ADD CONSTRAINT contacts_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE ON UPDATE CASCADE;

CREATE TABLE blocks (
  blocker_id UUID NOT NULL,
  blocked_id UUID NOT NULL,
  created_at TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT blocks_pkey PRIMARY KEY (blocker_id, blocked_id)
);
CREATE INDEX blocks_blocked_id_idx ON blocks (blocked_id);
ALTER TABLE blocks
  ADD CONSTRAINT blocks_blocker_id_fkey FOREIGN KEY (blocker_id) REFERENCES users (id) ON DELETE CASCADE ON UPDATE CASCADE,
  ADD CONSTRAINT blocks_blocked_id_fkey FOREIGN KEY (blocked_id) REFERENCES users (id) ON DELETE CASCADE ON UPDATE CASCADE;

CREATE TYPE report_reason AS ENUM ('spam', 'harassment', 'violence', 'impersonation', 'illegal', 'other');
CREATE TABLE reports (
  id UUID NOT NULL,
  reporter_id UUID NOT NULL,
  user_id UUID NOT NULL,
  message_id UUID,
  conversation_id UUID,
  text TEXT,
  reason report_reason NOT NULL,
  comment TEXT,
  created_at TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT reports_pkey PRIMARY KEY (id)
);
CREATE INDEX reports_created_at_idx ON reports (created_at);
CREATE INDEX reports_reporter_id_user_id_idx ON reports (reporter_id, user_id);

-- Blocks in a direct conversation. What they mean for a send is in the sender's own row, which every send reads anyway.
ALTER TABLE members
  ADD COLUMN shown_read_seq INTEGER,
  ADD COLUMN withheld BOOLEAN NOT NULL DEFAULT false,
  ADD COLUMN blocks_peer BOOLEAN NOT NULL DEFAULT false,
  ADD COLUMN hidden BOOLEAN NOT NULL DEFAULT false,
  ADD COLUMN last_withheld_at TIMESTAMPTZ(3);
UPDATE members SET shown_read_seq = read_seq;
ALTER TABLE members ALTER COLUMN shown_read_seq SET NOT NULL;
ALTER TABLE messages ADD COLUMN withheld BOOLEAN NOT NULL DEFAULT false;
CREATE INDEX messages_withheld_idx ON messages (conversation_id, seq) WHERE withheld;

-- Who sees a person outside a conversation that the two share: there the conversation's topic tells of them.
CREATE OR REPLACE FUNCTION audience_of(person uuid) RETURNS SETOF uuid LANGUAGE sql STABLE SET enable_seqscan = off AS $$
  SELECT conversation_id FROM members WHERE user_id = person
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

-- As before, and in a direct conversation:
--   withheld       stored, with this seq, for its sender alone: the event is news of the sender, not of the conversation
--   peer_blocked   the sender has blocked the other one
CREATE OR REPLACE FUNCTION send_messages(
  p_ids uuid[], p_conversations uuid[], p_senders uuid[],
  p_texts text[], p_fingerprints text[], p_sent_at timestamptz,
  OUT head bigint, OUT outcomes text[], OUT seqs int[]
) LANGUAGE plpgsql SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
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
           WHEN e.fingerprint = i.fingerprint THEN 'exists'
           WHEN e.seq IS NOT NULL THEN 'conflict'
           WHEN m.blocks_peer THEN 'peer_blocked'
           WHEN m.withheld THEN 'withheld'
           ELSE 'stored' END AS outcome
    FROM input i
    LEFT JOIN members m ON m.conversation_id = i.conversation_id AND m.user_id = i.sender_id AND NOT m.hidden
    LEFT JOIN messages e ON e.id = i.id
  ), numbered AS (
    SELECT j.*, c.last_seq + row_number() OVER (PARTITION BY j.conversation_id ORDER BY j.ord)::int AS seq
    FROM judged j JOIN conversations c ON c.id = j.conversation_id
    WHERE j.outcome IN ('stored', 'withheld')
  ), stored AS (
    INSERT INTO messages (id, conversation_id, seq, sender_id, fingerprint, text, created_at, withheld)
    SELECT id, conversation_id, n.seq, sender_id, fingerprint, text, p_sent_at, outcome = 'withheld' FROM numbered n
  ), counted AS (
    UPDATE conversations c
    SET last_seq = n.seq, last_activity_at = CASE WHEN n.is_seen THEN p_sent_at ELSE c.last_activity_at END
    FROM (SELECT conversation_id, max(numbered.seq) AS seq, bool_or(outcome = 'stored') AS is_seen
          FROM numbered GROUP BY 1) n
    WHERE c.id = n.conversation_id
  ), marked AS (
    -- Whoever sends has read what came before. Others see as much of it as they see of the message.
    UPDATE members m
    SET read_seq = n.seq,
        shown_read_seq = CASE WHEN m.withheld THEN m.shown_read_seq ELSE n.seq END,
        last_withheld_at = CASE WHEN m.withheld THEN p_sent_at ELSE m.last_withheld_at END
    FROM (SELECT conversation_id, sender_id, max(numbered.seq) AS seq FROM numbered GROUP BY 1, 2) n
    WHERE m.conversation_id = n.conversation_id AND m.user_id = n.sender_id
  )
  SELECT array_agg(j.outcome ORDER BY j.ord), array_agg(coalesce(n.seq, j.existing_seq) ORDER BY j.ord)
  INTO outcomes, seqs
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
END $$;

-- As before, but that a mark beside a block is news of its own member alone.
CREATE OR REPLACE FUNCTION move_read_marks(
  p_conversations uuid[], p_users uuid[], p_seqs int[],
  OUT head bigint, OUT marks int[]
) LANGUAGE plpgsql SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_changes jsonb;
BEGIN
  PERFORM 1 FROM conversations c WHERE c.id = ANY (p_conversations) ORDER BY c.id FOR NO KEY UPDATE;

  WITH input AS (
    SELECT * FROM unnest(p_conversations, p_users, p_seqs) WITH ORDINALITY AS i (conversation_id, user_id, seq, ord)
  ), judged AS (
    SELECT i.ord, i.conversation_id, i.user_id, m.read_seq AS before, m.withheld OR m.blocks_peer AS is_silent,
           greatest(m.read_seq, least(i.seq, c.last_seq)) AS after
    FROM input i
    JOIN members m ON m.conversation_id = i.conversation_id AND m.user_id = i.user_id AND NOT m.hidden
    JOIN conversations c ON c.id = i.conversation_id
  ), moved AS (
    UPDATE members m
    SET read_seq = j.after, shown_read_seq = CASE WHEN j.is_silent THEN m.shown_read_seq ELSE j.after END
    FROM judged j
    WHERE m.conversation_id = j.conversation_id AND m.user_id = j.user_id AND j.after > j.before
    RETURNING m.conversation_id, m.user_id, m.read_seq, CASE WHEN j.is_silent THEN m.user_id ELSE m.conversation_id END AS topic
  )
  SELECT
    (SELECT array_agg(j.after ORDER BY i.ord) FROM input i LEFT JOIN judged j USING (ord)),
    (SELECT jsonb_agg(per_conversation) FROM (
       SELECT topic, conversation_id AS "conversationId",
              jsonb_agg(jsonb_build_object('userId', user_id, 'readSeq', read_seq)) AS marks
       FROM moved GROUP BY 1, 2) per_conversation)
  INTO marks, v_changes;

  IF v_changes IS NOT NULL THEN
    head := log_take_head();
    INSERT INTO events (position, topic, type, refs)
    SELECT head + row_number() OVER (), (change->>'topic')::uuid, 'receipt.read', change - 'topic'
    FROM jsonb_array_elements(v_changes) AS change;
    head := head + jsonb_array_length(v_changes);
  END IF;
END $$;
