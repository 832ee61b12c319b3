package io.txhost.spring.tx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.txhost.TransactionHost;
import io.txhost.jdbc.JdbcAdapter;
import io.txhost.spring.EnableTransactionHosts;
import io.txhost.test.NothingLeftBehind;
import java.io.IOException;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.event.TransactionPhase;
import org.springframework.transaction.event.TransactionalEventListener;

/** An application with both annotations, and Spring's listeners, on one pool. */
@ExtendWith(NothingLeftBehind.class)
class BridgedApplicationTest {

  @Configuration
  @EnableTransactionHosts
  @EnableTransactionManagement
  static class Application {
    @Bean
    HikariDataSource pool() {
      HikariDataSource pool = new HikariDataSource();
      pool.setJdbcUrl("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
      return pool;
    }

    @Bean
    TransactionHost<Connection> host(DataSource pool) {
      return TransactionHost.create(JdbcAdapter.over(pool));
    }

    @Bean
    TxHostTransactionManager transactionManager(TransactionHost<?> host) {
      return new TxHostTransactionManager(host);
    }

    @Bean
    JdbcTemplate jdbc(DataSource pool) {
      JdbcTemplate jdbc = new JdbcTemplate(pool);
      jdbc.execute("create table item (name varchar(100) unique)");
      return jdbc;
    }

    @Bean
    Repository repository(JdbcTemplate jdbc, TransactionHost<Connection> host) {
      return new Repository(jdbc, host);
    }

    @Bean
    BySpring bySpring(Repository repository, ApplicationEventPublisher events) {
      return new BySpring(repository, events);
    }

    @Bean
    ByHost byHost(BySpring bySpring, Repository repository, ApplicationEventPublisher events) {
      return new ByHost(bySpring, repository, events);
    }

    @Bean
    Listeners listeners(Repository repository, ApplicationEventPublisher events) {
      return new Listeners(repository, events);
    }
  }

  static class Repository {
    private final JdbcTemplate jdbc;
    private final TransactionHost<Connection> host;

    Repository(JdbcTemplate jdbc, TransactionHost<Connection> host) {
      this.jdbc = jdbc;
      this.host = host;
    }

    void insert(String name) throws Exception {
      jdbc.update("insert into item values (?)", name + " by Spring");
      try (var statement = host.tx().createStatement()) {
        statement.executeUpdate("insert into item values ('" + name + " by the host')");
      }
    }
  }

  record Event(String name) {}

  static class BySpring {
    private final Repository repository;
    private final ApplicationEventPublisher events;

    BySpring(Repository repository, ApplicationEventPublisher events) {
      this.repository = repository;
      this.events = events;
    }

    @Transactional
    public void insert(String name, Throwable failure) throws Throwable {
      events.publishEvent(new Event(name));
      repository.insert(name);
      if (failure != null) {
        throw failure;
      }
    }

    @Transactional(rollbackFor = IOException.class)
    public void insertAllOrNothing(String name, Throwable failure) throws Throwable {
      insert(name, failure);
    }

    @Transactional(propagation = Propagation.REQUIRES_NEW)
    public void audit(String name) throws Throwable {
      insert(name, null);
    }
  }

  static class ByHost {
    private final BySpring bySpring;
    private final Repository repository;
    private final ApplicationEventPublisher events;

    ByHost(BySpring bySpring, Repository repository, ApplicationEventPublisher events) {
      this.bySpring = bySpring;
      this.repository = repository;
      this.events = events;
    }

    @io.txhost.Transactional
    public void insert(String name, Throwable failure) throws Throwable {
      events.publishEvent(new Event(name));
      repository.insert(name);
      if (failure != null) {
        throw failure;
      }
    }

    @io.txhost.Transactional
    public void calls(String name, boolean swallows) throws Throwable {
      bySpring.audit("audit");
      try {
        bySpring.insert(name, new IllegalStateException("inner"));
      } catch (IllegalStateException inner) {
        if (!swallows) {
          throw inner;
        }
      }
    }
  }

  static class Listeners {
    private final List<String> heard = new ArrayList<>();
    private final Repository repository;
    private final ApplicationEventPublisher events;

    Listeners(Repository repository, ApplicationEventPublisher events) {
      this.repository = repository;
      this.events = events;
    }

    /** The bean's: a test has its proxy. */
    public List<String> heard() {
      return heard;
    }

    @TransactionalEventListener(phase = TransactionPhase.BEFORE_COMMIT)
    void before(Event event) throws Exception {
      heard.add("before " + event.name());
      if (event.name().startsWith("write")) {
        repository.insert("before");
      }
    }

    @TransactionalEventListener
    void committed(Event event) {
      heard.add("committed " + event.name());
    }

    @TransactionalEventListener(phase = TransactionPhase.AFTER_ROLLBACK)
    void rolledBack(Event event) {
      heard.add("rolled back " + event.name());
    }

    @TransactionalEventListener(phase = TransactionPhase.AFTER_COMPLETION)
    void completed(Event event) {
      heard.add("completed " + event.name());
    }

    @TransactionalEventListener(condition = "#event.name() == 'chosen'", fallbackExecution = true)
    void chosen(Event event) {
      heard.add("chosen");
    }

    @TransactionalEventListener(condition = "#event.name() == 'again'")
    @Transactional(propagation = Propagation.REQUIRES_NEW)
    public void again(Event event) throws Exception {
      repository.insert("again 2");
      events.publishEvent(new Event("of again"));
    }

    @EventListener
    void atOnce(Event event) {
      heard.add("at once " + event.name());
    }
  }

  private AnnotationConfigApplicationContext context;
  private BySpring bySpring;
  private ByHost byHost;
  private Listeners listeners;

  @BeforeEach
  void start() {
    context = new AnnotationConfigApplicationContext(Application.class);
    bySpring = context.getBean(BySpring.class);
    byHost = context.getBean(ByHost.class);
    listeners = context.getBean(Listeners.class);
  }

  @AfterEach
  void close() {
    assertThat(context.getBean(HikariDataSource.class).getHikariPoolMXBean().getActiveConnections())
        .isZero();
    context.close();
  }

  private List<String> items() {
    return context
        .getBean(JdbcTemplate.class)
        .queryForList("select name from item order by name", String.class);
  }

  @Test
  void aCheckedExceptionCommitsBySpringsRulesAndRollsBackByTheHosts() throws Throwable {
    var checked = new IOException("checked");
    assertThatThrownBy(() -> bySpring.insert("a", checked)).isSameAs(checked);
    assertThatThrownBy(() -> bySpring.insertAllOrNothing("b", checked)).isSameAs(checked);
    assertThatThrownBy(() -> byHost.insert("c", checked)).isSameAs(checked);

    assertThat(items()).containsExactly("a by Spring", "a by the host");
  }

  @Test
  void anUncheckedExceptionOrAnErrorRollsBackEitherWay() {
    for (Throwable failure : List.of(new IllegalStateException("x"), new AssertionError("x"))) {
      assertThatThrownBy(() -> bySpring.insert("a", failure)).isSameAs(failure);
      assertThatThrownBy(() -> byHost.insert("a", failure)).isSameAs(failure);
    }
    assertThat(items()).isEmpty();
  }

  @Test
  void listenersOfAllPhasesHearOfACommitEitherWay() throws Throwable {
    bySpring.insert("a", null);
    byHost.insert("b", null);

    assertThat(listeners.heard())
        .containsExactlyInAnyOrder( // of those after the end Spring promises no order
            "at once a",
            "before a",
            "committed a",
            "completed a",
            "at once b",
            "before b",
            "committed b",
            "completed b");
  }

  @Test
  void listenersHearOfARollbackEitherWay() {
    assertThatThrownBy(() -> bySpring.insert("a", new IllegalStateException("x"))).isNotNull();
    assertThatThrownBy(() -> byHost.insert("b", new IOException("x"))).isNotNull();

    assertThat(listeners.heard())
        .containsExactlyInAnyOrder(
            "at once a",
            "completed a",
            "rolled back a",
            "at once b",
            "completed b",
            "rolled back b");
  }

  @Test
  void whatAListenerWritesBeforeTheCommitIsInIt() throws Throwable {
    byHost.insert("write", null);
    assertThat(items()).hasSize(4);
  }

  @Test
  void aListenerWhichFailsBeforeTheCommitUndoesIt() throws Throwable {
    bySpring.insert("before", null); // so that what it writes is there
    assertThatThrownBy(() -> byHost.insert("write", null))
        .isInstanceOf(org.springframework.dao.DuplicateKeyException.class);
    assertThatThrownBy(() -> bySpring.insert("write", null))
        .isInstanceOf(org.springframework.dao.DuplicateKeyException.class);
    assertThat(items()).hasSize(2);
    assertThat(listeners.heard()).filteredOn(what -> what.equals("rolled back write")).hasSize(2);
  }

  @Test
  void aConditionChoosesAndWithoutATransactionFallbackExecutionIsAtOnce() throws Throwable {
    byHost.insert("chosen", null);
    assertThat(listeners.heard()).contains("chosen");
    listeners.heard().clear();

    context.publishEvent(new Event("chosen"));
    context.publishEvent(new Event("other"));
    assertThat(listeners.heard())
        .containsExactlyInAnyOrder("at once chosen", "chosen", "at once other");
  }

  @Test
  void aListenerInANewTransactionWritesAndItsOwnEventsAreHeard() throws Throwable {
    byHost.insert("again", null);

    assertThat(items()).hasSize(4);
    assertThat(listeners.heard()).contains("committed of again");
  }

  @Test
  void springsMethodJoinsTheHostsAndRequiresNewDoesNot() {
    assertThatThrownBy(() -> byHost.calls("a", false)).hasMessage("inner");
    assertThat(items()).containsExactly("audit by Spring", "audit by the host");
  }

  @Test
  void aFailureOfSpringsMethodThatIsSwallowedEndsTheHostsAsOne() {
    assertThatThrownBy(() -> byHost.calls("a", true))
        .isInstanceOf(io.txhost.UnexpectedRollbackException.class);
    assertThat(items()).containsExactly("audit by Spring", "audit by the host");
    assertThat(listeners.heard()).contains("committed audit", "rolled back a");
  }
}
