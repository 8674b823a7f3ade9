insert into probes (id, client_id, service_id, number, name, kind, plan, target, severity, created_at, version)
values ('prb_00000000000000000000000001', 'cli_00000000000000000000000001', 'svc_00000000000000000000000001', 1,
  'start page', 'http', '{"every":"30s","timeout":"10s","retries":1,"retry_every":"10s","recover":2}',
  '{"kind":"http","url":"https://example.org/"}', 2, 1772334000000000, 1);
insert into watch_standings (probe_id, client_id, service_id, state, since, standing, row_state, row_since, folded_day)
values ('prb_00000000000000000000000001', 'cli_00000000000000000000000001', 'svc_00000000000000000000000001', 'up',
  1772334000000000, '{}', 'up', 1772334000000000, 0);
insert into watch_states (probe_id, since, client_id, service_id, state, told_at)
values ('prb_00000000000000000000000001', 1772334000000000, 'cli_00000000000000000000000001',
  'svc_00000000000000000000000001', 'up', 1772334000000000);
insert into watch_meta (name, value) values ('probes', 1), ('number', 1);
