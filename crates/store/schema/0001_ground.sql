-- What happened, in the order in which it was committed. Never rewritten.
create table facts (
  seq bigint primary key,
  id text not null unique,
  at bigint not null,
  actor text not null,
  client_id text,
  service_id text,
  name text not null,
  body text not null
);
create index facts_by_service on facts (service_id, seq);
create index facts_by_client on facts (client_id, seq);

-- Every thing (service, incident, person, ..) that a fact mentions.
create table fact_things (
  thing text not null,
  seq bigint not null references facts (seq),
  primary key (thing, seq)
);

-- Who did what, each line carrying the hash of the one before it.
create table audit (
  seq bigint primary key,
  at bigint not null,
  actor text not null,
  action text not null,
  request text not null,
  fact_seq bigint,
  fact_hash text,
  previous text not null,
  hash text not null
);

create table cursors (
  subscriber text primary key,
  seq bigint not null
);

create table leases (
  name text primary key,
  holder text not null,
  until bigint not null
);

create table secrets (
  name text primary key,
  secret {bytes} not null,
  made_at bigint not null
);
