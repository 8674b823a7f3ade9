create table journeys (
    id text primary key,
    client_id text not null,
    service_id text not null,
    name text not null,
    name_key text not null,
    slug text not null,
    definition text not null,
    targets text not null,
    owner text,
    declared_in text,
    created_at bigint not null,
    changed_at bigint not null
);
create unique index journeys_name on journeys (service_id, name_key);
create unique index journeys_slug on journeys (service_id, slug);

create table journey_folds (
    journey_id text not null references journeys (id),
    day text not null,
    client_id text not null,
    service_id text not null,
    version bigint not null,
    fingerprint text not null,
    folded_at bigint not null,
    settled bigint not null,
    hours text not null,
    primary key (journey_id, day)
);

create table journey_days (
    journey_id text not null references journeys (id),
    day text not null,
    field text not null,
    part text not null,
    value text not null,
    client_id text not null,
    service_id text not null,
    counts text not null,
    primary key (journey_id, field, day, part, value)
);

create table traffic_hours (
    service_id text not null,
    hour bigint not null,
    client_id text not null,
    views bigint not null,
    events bigint not null,
    visits bigint not null,
    bots bigint not null,
    primary key (service_id, hour)
);

create table traffic_folds (
    service_id text not null,
    day bigint not null,
    client_id text not null,
    version bigint not null,
    primary key (service_id, day)
);
