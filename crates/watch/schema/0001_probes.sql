create table probes (
    id text primary key,
    client_id text not null,
    service_id text not null,
    number bigint not null,
    name text not null,
    kind text not null,
    plan text not null,
    target text not null,
    component_id text,
    environment text,
    severity bigint not null,
    paused_at bigint,
    declared_in text,
    beat text,
    created_at bigint not null,
    version bigint not null
);
create unique index probes_number on probes (number);
create unique index probes_name on probes (service_id, name);
create unique index probes_beat on probes (beat);
create index probes_version on probes (version);

create table watch_standings (
    probe_id text primary key references probes (id),
    client_id text not null,
    service_id text not null,
    state text not null,
    since bigint not null,
    reason text,
    standing text not null,
    row_state text not null,
    row_since bigint not null,
    checked_at bigint,
    micros bigint,
    folded_day bigint not null
);
create index watch_standings_service on watch_standings (service_id);
create index watch_standings_folded on watch_standings (folded_day);

create table watch_states (
    probe_id text not null,
    since bigint not null,
    client_id text not null,
    service_id text not null,
    until_at bigint,
    state text not null,
    reason text,
    told_at bigint not null,
    primary key (probe_id, since)
);
create index watch_states_until on watch_states (until_at);
create index watch_states_service on watch_states (service_id, since);

create table watch_hours (
    number bigint not null,
    hour bigint not null,
    cells {bytes} not null,
    last_at bigint not null,
    last_micros bigint,
    primary key (number, hour)
);
create index watch_hours_hour on watch_hours (hour);

create table watch_days (
    number bigint not null,
    day bigint not null,
    good bigint not null,
    poor bigint not null,
    bad bigint not null,
    unknown bigint not null,
    maintenance bigint not null,
    latency {bytes} not null,
    cells {bytes} not null,
    primary key (number, day)
);
create index watch_days_day on watch_days (day);

create table watch_strips (
    subject text primary key,
    client_id text not null,
    service_id text not null,
    days {bytes} not null
);
create index watch_strips_service on watch_strips (service_id);

create table watch_failures (
    probe_id text not null,
    at bigint not null,
    client_id text not null,
    service_id text not null,
    verdict text not null,
    findings text not null,
    details text not null,
    primary key (probe_id, at)
);

create table watch_beats (
    probe_id text not null,
    at bigint not null,
    client_id text not null,
    service_id text not null,
    what text not null,
    message text not null,
    handled bigint not null,
    primary key (probe_id, at)
);
create index watch_beats_handled on watch_beats (handled, at);

create table maintenances (
    id text primary key,
    client_id text not null,
    service_id text not null,
    title text not null,
    from_at bigint not null,
    until_at bigint not null,
    created_at bigint not null
);
create index maintenances_service on maintenances (service_id, until_at);

create table watch_meta (
    name text primary key,
    value bigint not null
);
