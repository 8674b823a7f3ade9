insert into journeys (id, client_id, service_id, name, name_key, slug, definition, targets, created_at, changed_at)
values ('jny_00000000000000000000000001', 'cli_00000000000000000000000001', 'svc_00000000000000000000000001',
  'Apply for a permit', 'apply for a permit', 'apply-for-a-permit',
  '{"unit":"visit","window":"PT2H","order":"ordered","steps":[],"endings":[],"exclusions":[],"segments":[],"zone":"UTC"}',
  '{}', 1772334000000000, 1772334000000000);
insert into journey_folds (journey_id, day, client_id, service_id, version, fingerprint, folded_at, settled, hours)
values ('jny_00000000000000000000000001', '2026-02-28', 'cli_00000000000000000000000001',
  'svc_00000000000000000000000001', 3, '0011223344556677', 1772334000000000, 1, '[[10,6]]');
insert into journey_days (journey_id, day, field, part, value, client_id, service_id, counts)
values ('jny_00000000000000000000000001', '2026-02-28', '', 'all', '', 'cli_00000000000000000000000001',
  'svc_00000000000000000000000001', '{"reached":[10,6]}');
insert into traffic_hours (service_id, hour, client_id, views, events, visits, bots)
values ('svc_00000000000000000000000001', 1772334000000000, 'cli_00000000000000000000000001', 10, 12, 4, 1);
insert into traffic_folds (service_id, day, client_id, version)
values ('svc_00000000000000000000000001', 1772323200000000, 'cli_00000000000000000000000001', 3);
