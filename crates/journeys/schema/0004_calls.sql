create table call_edges (
    service_id text not null,
    from_name text not null,
    to_name text not null,
    client_id text not null,
    calls bigint not null,
    errors bigint not null,
    took text not null,
    first_at bigint not null,
    last_at bigint not null,
    primary key (service_id, from_name, to_name)
);

create table call_folds (
    service_id text primary key,
    client_id text not null,
    version bigint not null
);
