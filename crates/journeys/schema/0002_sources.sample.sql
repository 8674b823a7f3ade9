insert into sources (id, client_id, service_id, name, public_key, number, domains, also, identity, respects_signals,
  keep_days, created_at)
values ('src_00000000000000000000000001', 'cli_00000000000000000000000001', 'svc_00000000000000000000000001', 'website',
  '0123456789abc', 1, '["permits.example"]', '[]', 'daily', 1, 400, 1772334000000000);
insert into source_words (word, source_id) values ('permits.example', 'src_00000000000000000000000001');
insert into intake_numbers (name, value) values ('source', 1);
insert into intake_counts (source_id, hour, what, client_id, service_id, amount, last_at)
values ('src_00000000000000000000000001', 492315, 'taken', 'cli_00000000000000000000000001',
  'svc_00000000000000000000000001', 12, 1772334000000000);
insert into intake_strays (hour, door, reason, word, amount, last_at)
values (492315, 'plausible', 'unknown-key', 'old.example', 3, 1772334000000000);
