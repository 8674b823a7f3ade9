insert into lake_files (id, client_id, service_id, table_name, day, rows, bytes, from_at, until_at, sha256, node, remote, made_at)
values ('00000000000000000000000000000001', 'cli_00000000000000000000000001', 'svc_00000000000000000000000001', 'events', 20513, 2, 900,
  1772334000000000, 1772334001000000, '00', 'n1', 0, 1772334300000000);
insert into lake_days (client_id, service_id, table_name, day, rows, version)
values ('cli_00000000000000000000000001', 'svc_00000000000000000000000001', 'events', 20513, 2, 3);
insert into lake_logs (node, low, changed_at) values ('n1', 2, 1772334300000000);
insert into lake_retention (client_id, service_id, table_name, days, changed_at)
values ('cli_00000000000000000000000001', 'svc_00000000000000000000000001', 'events', 400, 1772334300000000);
insert into lake_erasures (id, client_id, service_id, unit, number, asked_at, asked_by, done_at, rows, files_read, files_rewritten, destroyed)
values ('00000000000000000000000000000002', 'cli_00000000000000000000000001', 'svc_00000000000000000000000001', 'visit', '7',
  1772334000000000, 'operator', 1772334001000000, 1, 1, 1, '["00"]');
insert into lake_doomed (path, doomed_at) values ('events/x.parquet', 1772334300000000);
insert into lake_meta (name, value) values ('manifest', 3);
