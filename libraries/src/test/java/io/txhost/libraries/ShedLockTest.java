package io.txhost.libraries;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import net.javacrumbs.shedlock.core.LockConfiguration;
import net.javacrumbs.shedlock.core.LockProvider;
import net.javacrumbs.shedlock.provider.jdbctemplate.JdbcTemplateLockProvider;
import org.junit.jupiter.api.Test;

/** ShedLock, on the pool: a lock must be seen at once. */
class ShedLockTest extends LibraryFixture {
  private LockProvider locks;

  @Override
  void openLibrary() throws SQLException {
    apart(
        """
        create table shedlock (
          name varchar(64) primary key, lock_until timestamp not null,
          locked_at timestamp not null, locked_by varchar(255) not null)
        """);
    locks = new JdbcTemplateLockProvider(pool);
  }

  @Test
  void aLockThatIsTakenInsideIsSeenBeforeTheEnd() throws Exception {
    LockConfiguration lock =
        new LockConfiguration(
            Instant.now(), "report", Duration.ofMinutes(5), Duration.ofMinutes(5));

    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      insert(1);
                      assertThat(locks.lock(lock)).isPresent();
                      assertThat(numbers("select count(*) from shedlock")).containsExactly(1);
                      throw new Oops();
                    }))
        .isInstanceOf(Oops.class);

    assertThat(locks.lock(lock)).isEmpty();
    assertThat(rows()).isEmpty();
  }
}
