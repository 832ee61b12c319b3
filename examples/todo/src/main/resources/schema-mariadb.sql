-- Titles are what they are: not the same where case, accents or spaces at the end differ.
create table if not exists todos (
  id bigint auto_increment primary key,
  title varchar(200) character set utf8mb4 collate utf8mb4_nopad_bin not null
);

create unique index if not exists todos_title on todos (title);
