-- The moderators' queue: a report is open until one of them closes it.
CREATE TYPE report_outcome AS ENUM ('upheld', 'dismissed');

ALTER TABLE reports
  ADD COLUMN closed_at TIMESTAMPTZ(3),
  ADD COLUMN closed_by UUID,
  ADD COLUMN outcome report_outcome;

CREATE INDEX reports_closed_at_created_at_id_idx ON reports (closed_at, created_at, id);
CREATE INDEX reports_user_id_created_at_id_idx ON reports (user_id, created_at, id);
