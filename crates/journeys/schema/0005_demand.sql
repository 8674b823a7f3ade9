create table capacities (
    id text primary key,
    client_id text not null,
    service_id text not null,
    name text not null,
    name_key text not null,
    definition text not null,
    units bigint,
    scaled_at bigint,
    declared_in text,
    created_at bigint not null,
    changed_at bigint not null
);
create unique index capacities_name on capacities (service_id, name_key);

create table demand_plans (
    service_id text primary key,
    client_id text not null,
    costs text not null,
    settings text not null,
    published bigint not null,
    declared_in text,
    changed_at bigint not null
);

create table demand_fits (
    service_id text not null,
    journey text not null,
    client_id text not null,
    fitted_at bigint not null,
    body text not null,
    raised text,
    primary key (service_id, journey)
);
create index demand_fits_due on demand_fits (fitted_at);
