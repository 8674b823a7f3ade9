insert into incident_alerts (id, client_id, service_id, incident_id, objective_id, title, reason, severity, since, raised_at)
values ('alr_00000000000000000000000002', 'cli_00000000000000000000000001', 'svc_00000000000000000000000001', 'inc_00000000000000000000000001', 'obj_00000000000000000000000001', 'completion burns', '41 % of an hour', 1, 2, 2);
