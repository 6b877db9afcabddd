-- What somebody who joins a group sees, invites by a link, and groups that are deleted.

CREATE TYPE history_policy AS ENUM ('joined', 'all');
ALTER TABLE conversations ADD COLUMN history history_policy NOT NULL DEFAULT 'joined';

CREATE TABLE invites (
  id UUID NOT NULL,
  conversation_id UUID NOT NULL,
  -- SHA-256 of the token: it is shown once.
  token_hash BYTEA NOT NULL,
  creator_id UUID NOT NULL,
  created_at TIMESTAMPTZ(3) NOT NULL,
  expires_at TIMESTAMPTZ(3) NOT NULL,
  max_uses INTEGER,
  uses INTEGER NOT NULL DEFAULT 0,
  CONSTRAINT invites_pkey PRIMARY KEY (id)
);
CREATE UNIQUE INDEX invites_token_hash_key ON invites (token_hash);
CREATE INDEX invites_conversation_id_idx ON invites (conversation_id);

-- Of a group that is deleted, all of these go.
CREATE INDEX hidden_messages_conversation_id_idx ON hidden_messages (conversation_id);
CREATE INDEX former_members_conversation_id_idx ON former_members (conversation_id);
