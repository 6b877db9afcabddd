-- Files, and their uploads.

CREATE TYPE file_purpose AS ENUM ('message', 'avatar', 'group_icon', 'story');
CREATE TYPE file_status AS ENUM ('pending', 'ready', 'deleted');

CREATE TABLE files (
  id UUID NOT NULL,
  owner_id UUID NOT NULL,
  purpose file_purpose NOT NULL,
  status file_status NOT NULL DEFAULT 'pending',
  name TEXT NOT NULL,
  -- Bytes: those announced, and once it is ready those kept.
  size INTEGER NOT NULL,
  -- Of an upload: so many bytes are there, in these parts.
  received INTEGER NOT NULL DEFAULT 0,
  parts TEXT[],
  -- What was found in it.
  type TEXT,
  kind TEXT,
  width INTEGER,
  height INTEGER,
  blurhash TEXT,
  created_at TIMESTAMPTZ(3) NOT NULL,
  -- It was used once: from then on whoever sees where it is used may have it, and nobody else.
  used BOOLEAN NOT NULL DEFAULT false,
  -- When to look whether it is still to be kept.
  sweep_at TIMESTAMPTZ(3),
  CONSTRAINT files_pkey PRIMARY KEY (id)
);
CREATE INDEX files_owner_id_idx ON files (owner_id);
CREATE INDEX files_sweep_at_idx ON files (sweep_at);

-- The files of messages. One that was forwarded is in several.
CREATE TABLE attachments (
  conversation_id UUID NOT NULL,
  seq INTEGER NOT NULL,
  file_id UUID NOT NULL,
  CONSTRAINT attachments_pkey PRIMARY KEY (conversation_id, seq, file_id)
);
CREATE INDEX attachments_file_id_idx ON attachments (file_id);

-- Files come and go with their messages, whichever way these do: sent, forwarded, deleted, erased, or with their whole
-- group. A row without files pays nothing for it. Who forwards a message saw it; else a file is its sender's own, and
-- is sent once. The caller has looked before, so that only what happens at this moment is refused here.
CREATE FUNCTION attach_files() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  v_files uuid[] := ARRAY (SELECT (f ->> 'id')::uuid FROM jsonb_array_elements(NEW.extras -> 'attachments') f);
  v_taken int;
BEGIN
  -- Locked first, and looked at in a later statement: what is being swept is seen.
  PERFORM 1 FROM files f WHERE f.id = ANY (v_files) ORDER BY f.id FOR NO KEY UPDATE;
  UPDATE files f SET used = true
  WHERE f.id = ANY (v_files) AND f.status = 'ready' AND f.purpose = 'message'
    AND (NEW.extras ? 'forwarded' OR f.owner_id = NEW.sender_id AND NOT f.used);
  GET DIAGNOSTICS v_taken = ROW_COUNT;
  IF v_taken < cardinality(v_files) THEN
    RAISE EXCEPTION 'no such file' USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'attachments_file_id';
  END IF;
  INSERT INTO attachments (conversation_id, seq, file_id)
  SELECT NEW.conversation_id, NEW.seq, unnest(v_files);
  RETURN NULL;
END $$;

CREATE TRIGGER attach_files AFTER INSERT ON messages FOR EACH ROW
  WHEN (NEW.extras ? 'attachments') EXECUTE FUNCTION attach_files();

-- What nothing uses any more is due at once.
CREATE FUNCTION detach_files() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  WITH gone AS (
    DELETE FROM attachments WHERE conversation_id = OLD.conversation_id AND seq = OLD.seq RETURNING file_id
  )
  UPDATE files SET sweep_at = to_timestamp(0) WHERE id IN (SELECT file_id FROM gone);
  RETURN NULL;
END $$;

CREATE TRIGGER detach_files AFTER UPDATE OF extras ON messages FOR EACH ROW
  WHEN (OLD.extras ? 'attachments' AND (NEW.extras ? 'attachments') IS NOT TRUE) EXECUTE FUNCTION detach_files();
CREATE TRIGGER detach_files_of_deleted AFTER DELETE ON messages FOR EACH ROW
  WHEN (OLD.extras ? 'attachments') EXECUTE FUNCTION detach_files();

-- Pictures of people and groups.
ALTER TABLE users ADD COLUMN avatar_id UUID;
ALTER TABLE conversations ADD COLUMN icon_id UUID;
CREATE INDEX conversations_icon_id_idx ON conversations (icon_id) WHERE icon_id IS NOT NULL;
