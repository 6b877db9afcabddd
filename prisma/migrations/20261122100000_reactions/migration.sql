-- Reactions, messages that are pinned, and drafts.

-- Who has reacted to which message, and how. Counts are not kept: they are counted.
CREATE TABLE reactions (
  user_id UUID NOT NULL,
  conversation_id UUID NOT NULL,
  seq INTEGER NOT NULL,
  emoji TEXT NOT NULL,
  -- Emojis of a message stand in the order of their first use: the same number for all who use one.
  place INTEGER NOT NULL,
  -- The other one of a direct conversation had blocked them: nobody else sees it or counts it.
  withheld BOOLEAN NOT NULL DEFAULT false,
  created_at TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT reactions_pkey PRIMARY KEY (user_id, conversation_id, seq, emoji)
);
CREATE INDEX reactions_conversation_id_seq_idx ON reactions (conversation_id, seq);

ALTER TABLE messages
  -- There may be reactions to it: a page looks for none where there are none.
  ADD COLUMN reacted BOOLEAN NOT NULL DEFAULT false,
  ADD COLUMN pinned_at TIMESTAMPTZ(3);
CREATE INDEX messages_pinned_idx ON messages (conversation_id, pinned_at DESC) WHERE pinned_at IS NOT NULL;

-- What somebody has written in a conversation and not sent.
CREATE TABLE drafts (
  user_id UUID NOT NULL,
  conversation_id UUID NOT NULL,
  text TEXT NOT NULL,
  reply_to INTEGER,
  updated_at TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT drafts_pkey PRIMARY KEY (user_id, conversation_id)
);
CREATE INDEX drafts_conversation_id_idx ON drafts (conversation_id);

-- How people have reacted to a message, as one of them sees it, as JSON in the order of the contract; null when nobody has.
-- A function, so that a page of messages is planned without it, and asks it for those only that have some.
CREATE FUNCTION reactions_to(p_conversation uuid, p_seq int, p_me uuid) RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (
    SELECT '[' || string_agg('{"emoji":' || to_json(emoji)::text || ',"count":' || count || ',"isMine":' || is_mine || '}',
                             ',' ORDER BY place) || ']'
    FROM (
      SELECT r.emoji, count(*) AS count, coalesce(bool_or(r.user_id = p_me), false) AS is_mine, min(r.place) AS place
      FROM reactions r
      WHERE r.conversation_id = p_conversation AND r.seq = p_seq AND (NOT r.withheld OR r.user_id = p_me)
      GROUP BY r.emoji
    ) by_emoji
  );
END $$;
