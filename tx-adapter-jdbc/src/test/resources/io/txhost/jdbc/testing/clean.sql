-- what tests leave; a semicolon; in a comment ends nothing
delete from orders
 where id > 0;
/* and nothing else */
