-- Every file of events. The only truth: a file that is not here does not exist.
create table lake_files (
    id text primary key,
    client_id text not null,
    service_id text not null,
    table_name text not null,
    day bigint not null,
    rows bigint not null,
    bytes bigint not null,
    from_at bigint not null,
    until_at bigint not null,
    sha256 text not null,
    node text not null,
    remote bigint not null,
    made_at bigint not null
);
create index lake_files_by_place on lake_files (service_id, table_name, day);

-- What a day of a table holds in files. The version counts every row that was ever added or erased.
create table lake_days (
    client_id text not null,
    service_id text not null,
    table_name text not null,
    day bigint not null,
    rows bigint not null,
    version bigint not null,
    primary key (service_id, table_name, day)
);

-- Of each node's log, the first segment that is not in files yet.
create table lake_logs (
    node text primary key,
    low bigint not null,
    changed_at bigint not null
);

-- How long rows are kept; no row here means for ever.
create table lake_retention (
    client_id text not null,
    service_id text not null,
    table_name text not null,
    days bigint not null,
    changed_at bigint not null,
    primary key (service_id, table_name)
);

-- Which unit was erased, and the evidence.
create table lake_erasures (
    id text primary key,
    client_id text not null,
    service_id text not null,
    unit text not null,
    number text not null,
    asked_at bigint not null,
    asked_by text not null,
    done_at bigint,
    rows bigint not null,
    files_read bigint not null,
    files_rewritten bigint not null,
    destroyed text not null
);
create index lake_erasures_by_service on lake_erasures (service_id, asked_at);

-- Objects that no file names any more and that are still in the object store.
create table lake_doomed (
    path text primary key,
    doomed_at bigint not null
);

-- Counts every change of lake_files, so that other nodes see that there was one.
create table lake_meta (
    name text primary key,
    value bigint not null
);
