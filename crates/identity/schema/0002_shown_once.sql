-- Secrets on their way to the one screen that shows them: sealed with a key that only the address has.
create table shown_once (
    hash text primary key,
    person_id text not null references people (id) on delete cascade,
    sealed text not null,
    expires_at bigint not null
);
create index shown_once_by_age on shown_once (expires_at);
