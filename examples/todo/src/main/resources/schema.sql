create table if not exists todos (
  id bigint generated always as identity primary key,
  title varchar(200) not null
);

create unique index if not exists todos_title on todos (title);

create table if not exists publications (
  id bigint generated always as identity primary key,
  title varchar(200) not null,
  request_id varchar(64) not null
);

create table if not exists publication_deliveries (
  publication_id bigint not null references publications (id),
  channel varchar(20) not null,
  message varchar(1000) not null,
  request_id varchar(64) not null,
  primary key (publication_id, channel)
);
