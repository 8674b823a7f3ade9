create table incident_numbers (
    id text primary key,
    last bigint not null
);

create table incidents (
    id text primary key,
    client_id text not null,
    service_id text not null,
    number bigint not null unique,
    title text not null,
    severity bigint not null,
    cause text not null,
    by_us bigint not null,
    since bigint not null,
    opened_at bigint not null,
    state text not null,
    state_by text,
    state_at bigint,
    state_until bigint,
    reason text,
    first_acknowledged_at bigint,
    quiet_since bigint,
    next_update_at bigint,
    cycle bigint not null,
    climb_round bigint,
    climb_step bigint,
    climb_at bigint,
    exhausted_at bigint,
    nobody_since bigint,
    due_at bigint
);
create index incidents_of_service on incidents (service_id, state);
create index incidents_by_state on incidents (state, due_at);
create index incidents_by_time on incidents (opened_at, id);

create table incident_alerts (
    id text primary key,
    client_id text not null,
    service_id text not null,
    incident_id text not null references incidents (id),
    probe_id text,
    title text not null,
    reason text not null,
    severity bigint not null,
    since bigint not null,
    raised_at bigint not null,
    cleared_at bigint
);
create index incident_alerts_of_incident on incident_alerts (incident_id);

create table incident_notes (
    id text primary key,
    client_id text not null,
    service_id text not null,
    incident_id text not null references incidents (id),
    author text,
    public_state text,
    body text not null,
    written_at bigint not null
);
create index incident_notes_of_incident on incident_notes (incident_id, written_at);
create index incident_notes_of_service on incident_notes (service_id, written_at);

create table pages (
    id text primary key,
    client_id text not null,
    service_id text not null,
    incident_id text not null references incidents (id),
    person_id text not null,
    cycle bigint not null,
    round bigint not null,
    step bigint not null,
    requested_at bigint not null,
    state text not null,
    ended_at bigint,
    unique (incident_id, cycle, round, person_id)
);
create index pages_of_person on pages (person_id, requested_at);

create table deliveries (
    id text primary key,
    client_id text not null,
    service_id text not null,
    incident_id text not null references incidents (id),
    page_id text references pages (id),
    person_id text not null,
    method_id text not null,
    kind text not null,
    channel text not null,
    channel_kind text not null,
    shown text not null,
    made_at bigint not null,
    planned_at bigint not null,
    next_at bigint not null,
    deadline_at bigint not null,
    state text not null,
    attempts bigint not null,
    tried_at bigint,
    said text,
    message_id text not null unique
);
create index deliveries_due on deliveries (state, next_at);
create index deliveries_of_incident on deliveries (incident_id);

create table escalations (
    id text primary key,
    client_id text not null,
    name text not null,
    only_service text,
    policy text not null,
    declared_in text,
    unique (client_id, name)
);

create table service_escalations (
    service_id text primary key,
    client_id text not null,
    escalation_id text not null references escalations (id)
);

create table rotas (
    id text primary key,
    client_id text not null,
    name text not null,
    zone text not null,
    layers text not null,
    feed_key text not null unique,
    declared_in text,
    unique (client_id, name)
);

create table rota_overrides (
    id text primary key,
    client_id text not null,
    rota_id text not null references rotas (id),
    person_id text not null,
    from_at bigint not null,
    until_at bigint not null,
    made_by text,
    made_at bigint not null
);
create index rota_overrides_of_rota on rota_overrides (rota_id, until_at);

create table status_pages (
    service_id text primary key,
    id text not null unique,
    client_id text not null,
    slug text not null unique,
    title text not null,
    public bigint not null,
    declared_in text
);
