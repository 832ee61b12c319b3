create table orders (id int primary key, article varchar(40) not null);
