create table sources (
    id text primary key,
    client_id text not null,
    service_id text not null,
    name text not null,
    public_key text not null,
    number bigint not null,
    domains text not null,
    also text not null,
    identity text not null,
    respects_signals bigint not null,
    keep_days bigint,
    declared_in text,
    created_at bigint not null
);
create unique index sources_name on sources (service_id, name);
create unique index sources_number on sources (number);

create table source_words (
    word text primary key,
    source_id text not null references sources (id)
);
create index source_words_source on source_words (source_id);

create table intake_numbers (
    name text primary key,
    value bigint not null
);

create table intake_counts (
    source_id text not null,
    hour bigint not null,
    what text not null,
    client_id text not null,
    service_id text not null,
    amount bigint not null,
    last_at bigint not null,
    primary key (source_id, hour, what)
);
create index intake_counts_hour on intake_counts (hour);

create table intake_strays (
    hour bigint not null,
    door text not null,
    reason text not null,
    word text not null,
    amount bigint not null,
    last_at bigint not null,
    primary key (hour, door, reason, word)
);

create table intake_salts (
    day bigint primary key,
    sealed {bytes} not null,
    made_at bigint not null
);
create index intake_salts_made on intake_salts (made_at);

create table intake_subjects (
    lookup text primary key,
    client_id text not null,
    service_id text not null,
    kind text not null,
    secret {bytes} not null,
    made_at bigint not null
);
create index intake_subjects_service on intake_subjects (service_id);
