insert into operator (id, name, sms, prepared_at, declared_in) values ('operator', 'Kustwerk', null, 1767225600000000, 'town.yml:1');
insert into clients (client_id, name, name_key, is_operator, added_at, declared_in)
    values ('cli_00000000000000000000000001', 'Kustwerk', 'kustwerk', 1, 1767225600000000, null);
insert into clients (client_id, name, name_key, is_operator, added_at, declared_in)
    values ('cli_00000000000000000000000002', 'Lindehaven', 'lindehaven', 0, 1767225600000000, 'town.yml:2');
insert into people (id, name, name_key, mail, language, zone, theme, state, added_at)
    values ('per_00000000000000000000000001', 'Noor Kaya', 'noor kaya', 'noor@kustwerk.example', 'nl', 'Europe/Amsterdam', 'system', 'active', 1767225600000000);
insert into credentials (person_id, password) values ('per_00000000000000000000000001', '$argon2id$v=19$m=19456,t=2,p=1$AAAA$AAAA');
insert into roles (id, person_id, role, client_id, service_id, granted_at, granted_by)
    values ('rol_00000000000000000000000001', 'per_00000000000000000000000001', 'admin', null, null, 1767225600000000, 'operator');
insert into teams (id, client_id, name, name_key, added_at)
    values ('tea_00000000000000000000000001', 'cli_00000000000000000000000002', 'Permits team', 'permits team', 1767225600000000);
insert into team_members (team_id, person_id, client_id, position)
    values ('tea_00000000000000000000000001', 'per_00000000000000000000000001', 'cli_00000000000000000000000002', 0);
insert into contact_methods (id, person_id, position, kind, channel, verified_at, verified_by, code_tries, added_at)
    values ('cme_00000000000000000000000001', 'per_00000000000000000000000001', 1, 'mail', '{"channel":"mail","address":"noor@kustwerk.example"}', 1767225600000000, 'link', 0, 1767225600000000);
insert into contact_rules (person_id, position, method_id, after)
    values ('per_00000000000000000000000001', 0, 'cme_00000000000000000000000001', 0);
insert into messages (id, person_id, purpose, channel, shown, content, state, attempts, next_at, give_up_at, said, made_at)
    values ('msg_00000000000000000000000001', null, 'code', '{"channel":"mail","address":"a@b.example"}', 'a@b.example', null, 'sent', 1, 0, 0, '250', 1767225600000000);
