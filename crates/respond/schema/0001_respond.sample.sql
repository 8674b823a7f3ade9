insert into incident_numbers (id, last) values ('one', 1);
insert into incidents (id, client_id, service_id, number, title, severity, cause, by_us, since, opened_at, state, cycle)
values ('inc_00000000000000000000000001', 'cli_00000000000000000000000001', 'svc_00000000000000000000000001', 1, 'down', 2, 'x', 1, 1, 1, 'open', 0);
insert into incident_alerts (id, client_id, service_id, incident_id, title, reason, severity, since, raised_at)
values ('alr_00000000000000000000000001', 'cli_00000000000000000000000001', 'svc_00000000000000000000000001', 'inc_00000000000000000000000001', 'down', '503', 2, 1, 1);
insert into incident_notes (id, client_id, service_id, incident_id, body, written_at)
values ('not_00000000000000000000000001', 'cli_00000000000000000000000001', 'svc_00000000000000000000000001', 'inc_00000000000000000000000001', 'hello', 1);
insert into pages (id, client_id, service_id, incident_id, person_id, cycle, round, step, requested_at, state)
values ('pag_00000000000000000000000001', 'cli_00000000000000000000000001', 'svc_00000000000000000000000001', 'inc_00000000000000000000000001', 'per_00000000000000000000000001', 0, 0, 0, 1, 'waiting');
insert into deliveries (id, client_id, service_id, incident_id, page_id, person_id, method_id, kind, channel, channel_kind, shown, made_at, planned_at, next_at, deadline_at, state, attempts, message_id)
values ('dlv_00000000000000000000000001', 'cli_00000000000000000000000001', 'svc_00000000000000000000000001', 'inc_00000000000000000000000001', 'pag_00000000000000000000000001', 'per_00000000000000000000000001', 'cme_00000000000000000000000001', 'page', '{"channel":"mail","address":"a@example.org"}', 'mail', 'a@example.org', 1, 1, 1, 2, 'planned', 0, 'dlv_1@example.org');
insert into escalations (id, client_id, name, policy)
values ('esc_00000000000000000000000001', 'cli_00000000000000000000000001', 'Permits', '{"steps":[],"repeat":0,"acknowledgement_s":1800,"fallback":[]}');
insert into service_escalations (service_id, client_id, escalation_id)
values ('svc_00000000000000000000000001', 'cli_00000000000000000000000001', 'esc_00000000000000000000000001');
insert into rotas (id, client_id, name, zone, layers, feed_key)
values ('rta_00000000000000000000000001', 'cli_00000000000000000000000001', 'Permits', 'Europe/Amsterdam', '[]', 'k1');
insert into rota_overrides (id, client_id, rota_id, person_id, from_at, until_at, made_at)
values ('ovr_00000000000000000000000001', 'cli_00000000000000000000000001', 'rta_00000000000000000000000001', 'per_00000000000000000000000001', 1, 2, 1);
insert into status_pages (service_id, id, client_id, slug, title, public)
values ('svc_00000000000000000000000001', 'stp_00000000000000000000000001', 'cli_00000000000000000000000001', 'permits', 'Permits', 1);
