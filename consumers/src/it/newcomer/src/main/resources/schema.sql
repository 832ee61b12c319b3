create table stock (item text primary key, amount int not null);
create table orders (id bigint generated always as identity primary key, item text not null, amount int not null, expired boolean not null default false);
create table audit (id bigint generated always as identity primary key, entry text not null);
