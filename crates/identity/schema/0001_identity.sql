-- The installation itself: one row.
create table operator (
    id text primary key,
    name text not null,
    sms text,
    prepared_at bigint not null,
    declared_in text
);

-- Within the wall: `client_id` is the client itself.
create table clients (
    client_id text primary key,
    name text not null,
    name_key text not null unique,
    is_operator bigint not null,
    added_at bigint not null,
    declared_in text
);

create table people (
    id text primary key,
    name text not null,
    name_key text not null,
    mail text not null unique,
    language text not null,
    zone text not null,
    theme text not null,
    state text not null,
    suspended_at bigint,
    suspended_reason text,
    added_at bigint not null,
    seen_at bigint,
    declared_in text
);
create index people_by_name on people (name_key, id);

-- What somebody proves themselves with; apart from the person, so that no list reads it by accident.
create table credentials (
    person_id text primary key references people (id) on delete cascade,
    password text,
    password_at bigint,
    totp text,
    totp_at bigint,
    totp_step bigint,
    totp_pending text
);

create table recovery_codes (
    person_id text not null references people (id) on delete cascade,
    hash text not null,
    used_at bigint,
    primary key (person_id, hash)
);

create table roles (
    id text primary key,
    person_id text not null references people (id) on delete cascade,
    role text not null,
    client_id text references clients (client_id),
    service_id text,
    granted_at bigint not null,
    granted_by text not null,
    declared_in text
);
create unique index roles_once on roles (person_id, role, (coalesce(client_id, '')), (coalesce(service_id, '')));
create index roles_of_client on roles (client_id, person_id);

create table teams (
    id text primary key,
    client_id text not null references clients (client_id),
    name text not null,
    name_key text not null,
    added_at bigint not null,
    declared_in text,
    unique (client_id, name_key)
);

create table team_members (
    team_id text not null references teams (id) on delete cascade,
    person_id text not null references people (id) on delete cascade,
    client_id text not null references clients (client_id),
    position bigint not null,
    primary key (team_id, person_id)
);
create index team_members_of_person on team_members (person_id);

create table sessions (
    id text primary key,
    hash text not null unique,
    person_id text not null references people (id) on delete cascade,
    made_at bigint not null,
    seen_at bigint not null,
    agent text not null,
    address text not null,
    signed_in_with text not null
);
create index sessions_of_person on sessions (person_id);
create index sessions_by_age on sessions (seen_at);

create table tokens (
    id text primary key,
    hash text not null unique,
    person_id text not null references people (id) on delete cascade,
    name text not null,
    most text not null,
    places text not null,
    made_at bigint not null,
    expires_at bigint not null,
    used_at bigint,
    revoked_at bigint
);
create index tokens_of_person on tokens (person_id, id);

create table links (
    id text primary key,
    hash text not null unique,
    purpose text not null,
    person_id text references people (id) on delete cascade,
    made_at bigint not null,
    expires_at bigint,
    used_at bigint
);
create index links_of_person on links (person_id, purpose);
create index links_by_purpose on links (purpose, used_at);

create table contact_methods (
    id text primary key,
    person_id text not null references people (id) on delete cascade,
    position bigint not null,
    kind text not null,
    channel text not null,
    verified_at bigint,
    verified_by text,
    code_hash text,
    code_expires_at bigint,
    code_tries bigint not null,
    added_at bigint not null,
    declared_in text
);
create unique index contact_methods_once on contact_methods (person_id, channel);

create table contact_rules (
    person_id text not null references people (id) on delete cascade,
    position bigint not null,
    method_id text not null references contact_methods (id) on delete cascade,
    after bigint not null,
    primary key (person_id, position)
);

-- Failed tries to sign in, by account or network address (hashed), shared by all nodes.
create table tries (
    key text primary key,
    failed bigint not null,
    last_at bigint not null
);
create index tries_by_age on tries (last_at);

-- Mails and other messages on their way out. The content goes when the message has gone.
create table messages (
    id text primary key,
    person_id text,
    purpose text not null,
    channel text not null,
    shown text not null,
    content text,
    state text not null,
    attempts bigint not null,
    next_at bigint not null,
    give_up_at bigint not null,
    said text not null,
    made_at bigint not null,
    done_at bigint
);
create index messages_due on messages (state, next_at);
create index messages_by_age on messages (made_at);
