insert into call_edges (service_id, from_name, to_name, client_id, calls, errors, took, first_at, last_at)
values ('svc_00000000000000000000000001', 'web', 'payment', 'cli_00000000000000000000000001', 10, 1,
  '{"count":10,"sum":100.0,"zeros":0,"buckets":{}}', 1772334000000000, 1772334000000000);
insert into call_folds (service_id, client_id, version)
values ('svc_00000000000000000000000001', 'cli_00000000000000000000000001', 3);
