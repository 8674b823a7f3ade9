create table services (
  id text primary key,
  client_id text not null,
  name text not null,
  slug text not null unique,
  phase text not null,
  phase_since bigint not null,
  description text not null,
  owner_id text,
  ownership text not null,
  consumers text not null,
  end_of_life text,
  declared_in text,
  created_at bigint not null,
  changed_at bigint not null,
  unique (client_id, name)
);

create table service_phases (
  client_id text not null,
  service_id text not null references services (id),
  entered_at bigint not null,
  phase text not null,
  from_phase text,
  reason text not null,
  primary key (service_id, entered_at, phase)
);

create table environments (
  id text primary key,
  client_id text not null,
  service_id text not null references services (id),
  name text not null,
  declared_in text,
  unique (service_id, name)
);

create table components (
  id text primary key,
  client_id text not null,
  service_id text not null references services (id),
  name text not null,
  description text not null,
  environment_id text references environments (id),
  declared_in text,
  unique (service_id, name)
);

create table dependencies (
  id text primary key,
  client_id text not null,
  service_id text not null references services (id),
  component_id text references components (id),
  to_service_id text not null references services (id),
  to_component_id text references components (id),
  declared_in text
);

create index dependencies_from on dependencies (service_id);

create index dependencies_to on dependencies (to_service_id);
