create table if not exists orders (id int primary key);
