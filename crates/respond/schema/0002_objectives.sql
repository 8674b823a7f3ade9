-- An alert may come from an objective instead of a probe.
alter table incident_alerts add column objective_id text;
