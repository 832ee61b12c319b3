create table if not exists todos (
  id bigint generated always as identity primary key,
  title varchar(200) not null
);

create unique index if not exists todos_title on todos (title);
