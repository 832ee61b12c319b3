-- Titles are what they are: not the same where case, accents or spaces at the end differ.
create table if not exists todos (
  id bigint auto_increment primary key,
  title varchar(200) character set utf8mb4 collate utf8mb4_nopad_bin not null
);

create unique index if not exists todos_title on todos (title);

create table if not exists publications (
  id bigint auto_increment primary key,
  title varchar(200) character set utf8mb4 not null,
  request_id varchar(64) not null
);

create table if not exists publication_deliveries (
  publication_id bigint not null,
  channel varchar(20) not null,
  message varchar(1000) character set utf8mb4 not null,
  request_id varchar(64) not null,
  primary key (publication_id, channel),
  foreign key (publication_id) references publications (id)
);
