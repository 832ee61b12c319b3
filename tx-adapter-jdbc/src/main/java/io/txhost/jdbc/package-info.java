/**
 * Transactions of plain JDBC: a host whose {@code tx()} is a {@code Connection}. Start at {@link
 * io.txhost.jdbc.JdbcAdapter}.
 */
@NullMarked
package io.txhost.jdbc;

import org.jspecify.annotations.NullMarked;
