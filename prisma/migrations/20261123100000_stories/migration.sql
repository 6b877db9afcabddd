-- Stories: an image or a video for those close to somebody, for a day.

CREATE TABLE stories (
  id UUID NOT NULL,
  author_id UUID NOT NULL,
  -- One file is one story.
  file_id UUID NOT NULL,
  caption TEXT,
  -- Only those named in story_audience see it, as far as they are close to the author.
  chosen BOOLEAN NOT NULL,
  created_at TIMESTAMPTZ(3) NOT NULL,
  -- From then on nobody sees it, whether its row is there or not.
  expires_at TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT stories_pkey PRIMARY KEY (id),
  CONSTRAINT stories_author_id_fkey FOREIGN KEY (author_id) REFERENCES users (id) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX stories_file_id_key ON stories (file_id);
CREATE INDEX stories_author_id_expires_at_idx ON stories (author_id, expires_at);
CREATE INDEX stories_expires_at_idx ON stories (expires_at);

CREATE TABLE story_audience (
  story_id UUID NOT NULL,
  user_id UUID NOT NULL,
  CONSTRAINT story_audience_pkey PRIMARY KEY (story_id, user_id),
  CONSTRAINT story_audience_story_id_fkey FOREIGN KEY (story_id) REFERENCES stories (id) ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT story_audience_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX story_audience_user_id_idx ON story_audience (user_id);

CREATE TABLE story_views (
  story_id UUID NOT NULL,
  viewer_id UUID NOT NULL,
  seen_at TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT story_views_pkey PRIMARY KEY (story_id, viewer_id),
  CONSTRAINT story_views_story_id_fkey FOREIGN KEY (story_id) REFERENCES stories (id) ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT story_views_viewer_id_fkey FOREIGN KEY (viewer_id) REFERENCES users (id) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX story_views_viewer_id_idx ON story_views (viewer_id);

-- A report of a story keeps its file for the moderators, when the story is gone.
ALTER TABLE reports
  ADD COLUMN story_id UUID,
  ADD COLUMN file_id UUID;
CREATE INDEX reports_file_id_idx ON reports (file_id);

-- The same news for the topics of many people. All of it is one statement, as for an audience: many drafts would hold
-- the log's lock for ten times as long.
ALTER TABLE event_drafts ADD COLUMN topics UUID[];

CREATE OR REPLACE FUNCTION log_append_draft() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  v_head bigint := log_take_head();
BEGIN
  DELETE FROM event_drafts WHERE id = NEW.id;
  IF NEW.to_audience OR cardinality(NEW.topics) > 0 THEN
    INSERT INTO events (position, topic, type, refs)
    SELECT v_head + row_number() OVER (), topic, NEW.type, NEW.refs
    FROM (
      SELECT unnest(NEW.topics) AS topic
      UNION ALL SELECT audience_of(NEW.topic) WHERE NEW.to_audience
    ) told;
    RETURN NULL;
  END IF;

  INSERT INTO events (position, topic, type, refs, opens, closes)
  VALUES (v_head + 1, NEW.topic, NEW.type, NEW.refs, NEW.opens, NEW.closes);

  INSERT INTO topic_intervals (user_id, topic, opened_at)
  SELECT user_id, NEW.topic, v_head + 1 FROM unnest(NEW.opens) AS user_id;

  UPDATE topic_intervals SET closed_at = v_head + 1
  WHERE topic = NEW.topic AND user_id = ANY (NEW.closes) AND closed_at IS NULL;
  RETURN NULL;
END $$;
