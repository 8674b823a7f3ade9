insert into objectives (id, client_id, service_id, journey_id, kind, step, component_id, target, span, limit_ms, created_at, standing)
values ('obj_00000000000000000000000001', 'cli_00000000000000000000000001', 'svc_00000000000000000000000001', 'jny_00000000000000000000000001', 'latency', 'pay', null, 0.95, '28d', 2000, 1, '{}');
insert into objective_slices (objective_id, at, client_id, service_id, counts)
values ('obj_00000000000000000000000001', 3600000000, 'cli_00000000000000000000000001', 'svc_00000000000000000000000001', '5/6 - - - - - - - - - - 0/0');
insert into troubles (id, client_id, service_id, kind, number, title, cause, from_at, until_at)
values ('inc_00000000000000000000000001', 'cli_00000000000000000000000001', 'svc_00000000000000000000000001', 'incident', 1, 'down', 'x', 1, null);
