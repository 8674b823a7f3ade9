insert into capacities (id, client_id, service_id, name, name_key, definition, units, scaled_at, created_at, changed_at)
values ('cap_00000000000000000000000001', 'cli_00000000000000000000000001', 'svc_00000000000000000000000001',
  'Counter staff', 'counter staff', '{"serves":40.0,"per":"hour","headroom":0.2}', 2, 1772334000000000,
  1772334000000000, 1772334000000000);
insert into demand_plans (service_id, client_id, costs, settings, published, changed_at)
values ('svc_00000000000000000000000001', 'cli_00000000000000000000000001',
  '[{"name":"hosting","amount":{"minor":120000,"currency":"EUR"},"per":"month"}]', '{}', 1, 1772334000000000);
insert into demand_fits (service_id, journey, client_id, fitted_at, body)
values ('svc_00000000000000000000000001', '', 'cli_00000000000000000000000001', 1772334000000000,
  '{"ends":"2026-03-01T03:00:00Z","fit":{"none":"nothing"}}');
