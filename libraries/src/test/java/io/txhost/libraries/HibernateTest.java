package io.txhost.libraries;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import javax.sql.DataSource;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.Configuration;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Hibernate with transactions of its own (RESOURCE_LOCAL). */
class HibernateTest {

  @Entity
  @Table(name = "item")
  static class Item {
    @Id private Integer id;
    private String label;

    protected Item() {}

    Item(int id) {
      this.id = id;
      this.label = "hibernate";
    }
  }

  abstract static class OnHibernate extends DemarcatingLibrary.OfTheApplication {
    private SessionFactory sessions;

    abstract boolean providerDisablesAutoCommit();

    @Override
    void openLibrary(DataSource enlisting) {
      Configuration configuration = new Configuration().addAnnotatedClass(Item.class);
      configuration.getProperties().put("hibernate.connection.datasource", enlisting);
      configuration.setProperty(
          "hibernate.connection.provider_disables_autocommit", providerDisablesAutoCommit());
      sessions = configuration.buildSessionFactory();
    }

    @Override
    void closeLibrary() {
      if (sessions != null) {
        sessions.close();
      }
    }

    @Override
    void write(int id) {
      sessions.inTransaction(session -> session.persist(new Item(id)));
    }

    @Override
    void writeAndFail(int id) {
      sessions.inTransaction(
          session -> {
            session.persist(new Item(id));
            session.flush();
            throw new Oops();
          });
    }

    @Test
    void aSessionThatWasOpenedBeforeTheBoundaryJoins() throws Exception {
      try (var session = sessions.openSession()) {
        assertThat(session.find(Item.class, 1)).isNull();
        assertThatThrownBy(
                () ->
                    host.withTransaction(
                        () -> {
                          session.beginTransaction();
                          session.persist(new Item(1));
                          session.getTransaction().commit();
                          assertThat(rows()).isEmpty();
                          throw new Oops();
                        }))
            .isInstanceOf(Oops.class);
      }

      assertThat(rows()).isEmpty();
      assertThat(pool.connectionsOut()).isZero();
    }
  }

  @Nested
  class ThatSetsAutoCommitOff extends OnHibernate {
    @Override
    boolean providerDisablesAutoCommit() {
      return false;
    }
  }

  @Nested
  class ThatTakesAutoCommitForOff extends OnHibernate {
    @Override
    boolean providerDisablesAutoCommit() {
      return true;
    }

    /** It does not say that it begins: outside each of its statements has committed by then. */
    @Override
    @Test
    void whatItRolledBackOutsideIsNotThere() throws Exception {
      assertThatThrownBy(() -> writeAndFail(1)).hasStackTraceContaining("TXH-544");

      assertThat(rows()).containsExactly(1);
      assertThat(pool.connectionsOut()).isZero();
    }
  }
}
