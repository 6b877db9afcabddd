-- How long messages are kept, and archives of what there is of a person.

ALTER TABLE conversations
  -- Messages are kept for so many days; null: as the server keeps them.
  ADD COLUMN retention_days INTEGER,
  -- Messages up to this seq are gone for everybody.
  ADD COLUMN trimmed_seq INTEGER NOT NULL DEFAULT 0;

-- Where something may be to be removed when the server itself keeps all.
CREATE INDEX conversations_retention_idx ON conversations (id)
  WHERE parent_id IS NULL AND (retention_days IS NOT NULL OR trimmed_seq > 0);

CREATE TYPE export_status AS ENUM ('pending', 'ready', 'failed');

CREATE TABLE exports (
  id UUID NOT NULL,
  user_id UUID NOT NULL,
  status export_status NOT NULL DEFAULT 'pending',
  created_at TIMESTAMPTZ(3) NOT NULL,
  -- Of one that is ready: bytes.
  size BIGINT,
  -- When it goes, with its bytes.
  expires_at TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT exports_pkey PRIMARY KEY (id)
);
CREATE INDEX exports_user_id_created_at_idx ON exports (user_id, created_at);
CREATE INDEX exports_expires_at_idx ON exports (expires_at);
