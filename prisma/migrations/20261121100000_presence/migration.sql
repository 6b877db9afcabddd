-- Presence: which nodes live, who is connected to which of them, how people want to be taken.

CREATE TYPE availability AS ENUM ('online', 'away', 'busy', 'invisible');

ALTER TABLE users
  ADD COLUMN availability availability NOT NULL DEFAULT 'online',
  ADD COLUMN last_seen_at TIMESTAMPTZ(3);

-- Unlogged: after a crash of Postgres they are empty, and each node writes again who is connected to it.
CREATE UNLOGGED TABLE nodes (
  id UUID NOT NULL,
  lease_until TIMESTAMPTZ(3) NOT NULL,
  revision INTEGER NOT NULL,
  CONSTRAINT nodes_pkey PRIMARY KEY (id)
);

CREATE UNLOGGED TABLE online (
  node_id UUID NOT NULL,
  user_id UUID NOT NULL,
  CONSTRAINT online_pkey PRIMARY KEY (node_id, user_id)
);
