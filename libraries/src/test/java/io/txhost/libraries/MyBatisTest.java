package io.txhost.libraries;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import javax.sql.DataSource;
import org.apache.ibatis.annotations.Insert;
import org.apache.ibatis.annotations.Select;
import org.apache.ibatis.mapping.Environment;
import org.apache.ibatis.session.Configuration;
import org.apache.ibatis.session.SqlSession;
import org.apache.ibatis.session.SqlSessionFactory;
import org.apache.ibatis.session.SqlSessionFactoryBuilder;
import org.apache.ibatis.transaction.jdbc.JdbcTransactionFactory;
import org.junit.jupiter.api.Test;

/** MyBatis with its default transactions. */
class MyBatisTest extends DemarcatingLibrary.OfTheApplication {
  private SqlSessionFactory sessions;

  interface Items {
    @Insert("insert into item (id) values (#{id})")
    void insert(int id);

    @Select("select count(*) from item")
    int count();
  }

  @Override
  void openLibrary(DataSource enlisting) {
    Configuration configuration =
        new Configuration(new Environment("test", new JdbcTransactionFactory(), enlisting));
    configuration.addMapper(Items.class);
    sessions = new SqlSessionFactoryBuilder().build(configuration);
  }

  @Override
  void write(int id) {
    try (SqlSession session = sessions.openSession()) {
      session.getMapper(Items.class).insert(id);
      session.commit();
    }
  }

  @Override
  void writeAndFail(int id) {
    try (SqlSession session = sessions.openSession()) {
      session.getMapper(Items.class).insert(id);
      throw new Oops();
    }
  }

  @Test
  void aSessionThatOnlyReadsMarksNothing() throws Exception {
    host.withTransaction(
        () -> {
          insert(1);
          try (SqlSession session = sessions.openSession()) {
            assertThat(session.getMapper(Items.class).count()).isEqualTo(1);
          }
        });

    assertThat(rows()).containsExactly(1);
  }

  @Test
  void aSessionThatHasReadBeforeTheBoundaryJoins() throws Exception {
    try (SqlSession session = sessions.openSession()) {
      assertThat(session.getMapper(Items.class).count()).isZero();
      assertThatThrownBy(
              () ->
                  host.withTransaction(
                      () -> {
                        session.getMapper(Items.class).insert(1);
                        session.commit();
                        throw new Oops();
                      }))
          .isInstanceOf(Oops.class);
      assertThat(rows()).isEmpty();

      session.getMapper(Items.class).insert(2);
      session.commit();
    }

    assertThat(rows()).containsExactly(2);
  }

  @Test
  void aSessionThatHasWrittenBeforeTheBoundaryIsRefusedInside() throws Exception {
    try (SqlSession session = sessions.openSession()) {
      session.getMapper(Items.class).insert(1);
      host.withTransaction(
          () ->
              assertThatThrownBy(() -> session.getMapper(Items.class).insert(2))
                  .hasStackTraceContaining("TXH-543"));
      session.commit();
    }

    assertThat(rows()).containsExactly(1);
  }
}
