-- How each member keeps a conversation for themselves.
CREATE TYPE notify_level AS ENUM ('all', 'mentions', 'none');
ALTER TABLE members
  ADD COLUMN archived_at TIMESTAMPTZ(3),
  ADD COLUMN pinned_at TIMESTAMPTZ(3),
  ADD COLUMN muted_until TIMESTAMPTZ(3),
  ADD COLUMN notify notify_level NOT NULL DEFAULT 'all',
  -- They have deleted for themselves what was said up to joined_seq: it is not listed until there is something new.
  ADD COLUMN cleared BOOLEAN NOT NULL DEFAULT false,
  -- What joined_seq was before that, which others go on seeing.
  ADD COLUMN shown_joined_seq INTEGER;
