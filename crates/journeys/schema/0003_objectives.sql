-- What a journey is held to, what was counted slice by slice, and what may have spent it.
create table objectives (
    id text primary key,
    client_id text not null,
    service_id text not null,
    journey_id text not null,
    kind text not null,
    step text not null,
    component_id text,
    target double precision not null,
    span text not null,
    limit_ms bigint,
    created_at bigint not null,
    standing text not null
);
create unique index objectives_of_journey on objectives (journey_id, kind, step);
create index objectives_of_service on objectives (service_id);

-- An hour of slices of five minutes as text: "good/total" each, "-" where nothing was measured.
create table objective_slices (
    objective_id text not null,
    at bigint not null,
    client_id text not null,
    service_id text not null,
    counts text not null,
    primary key (objective_id, at)
);

-- Incidents, maintenances and alerts as facts told them.
create table troubles (
    id text primary key,
    client_id text not null,
    service_id text not null,
    kind text not null,
    number bigint,
    title text not null,
    cause text not null,
    from_at bigint not null,
    until_at bigint
);
create index troubles_of_service on troubles (service_id, kind, from_at);
