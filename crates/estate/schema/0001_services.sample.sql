insert into services (id, client_id, name, slug, phase, phase_since, description, owner_id, ownership, consumers, end_of_life, declared_in, created_at, changed_at)
values ('svc_00000000000000000000000001', 'cli_00000000000000000000000001', 'Parking permits', 'parking-permits', 'live', 1767225600000000, 'Residents ask for a permit to park.', null, 'client', '', '2029-12-31', 'town.yml:3', 1767225600000000, 1767225600000000);

insert into service_phases (client_id, service_id, entered_at, phase, from_phase, reason)
values ('cli_00000000000000000000000001', 'svc_00000000000000000000000001', 1767225600000000, 'live', 'beta', 'assessed');

insert into environments (id, client_id, service_id, name, declared_in)
values ('env_00000000000000000000000001', 'cli_00000000000000000000000001', 'svc_00000000000000000000000001', 'production', null);

insert into components (id, client_id, service_id, name, description, environment_id, declared_in)
values ('cmp_00000000000000000000000001', 'cli_00000000000000000000000001', 'svc_00000000000000000000000001', 'web', '', 'env_00000000000000000000000001', null);

insert into dependencies (id, client_id, service_id, component_id, to_service_id, to_component_id, declared_in)
values ('dep_00000000000000000000000001', 'cli_00000000000000000000000001', 'svc_00000000000000000000000001', null, 'svc_00000000000000000000000001', 'cmp_00000000000000000000000001', null);
