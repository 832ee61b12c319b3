package io.txhost.kotlin

import io.txhost.DetachedTransactionException
import io.txhost.Propagation
import io.txhost.TransactionHost
import io.txhost.TransactionOptions
import io.txhost.TransactionRequiredException
import io.txhost.context.Context
import io.txhost.context.ContextMode
import io.txhost.jdbc.JdbcAdapter
import java.io.IOException
import java.sql.Connection
import java.util.concurrent.TimeUnit
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.delay
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import org.assertj.core.api.Assertions.assertThat
import org.assertj.core.api.Assertions.assertThatThrownBy
import org.assertj.core.api.Assertions.catchThrowable
import org.h2.jdbcx.JdbcDataSource
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.BeforeEach
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout

/** What Kotlin's compiler makes of the host, as an application writes it. */
@Timeout(60, unit = TimeUnit.SECONDS)
class KotlinTest {
  private val dataSource =
      JdbcDataSource().apply { setURL("jdbc:h2:mem:kotlin;DB_CLOSE_DELAY=-1") }
  private val host: TransactionHost<Connection> =
      TransactionHost.create(JdbcAdapter.over(dataSource))

  @BeforeEach
  fun table() = direct("create table noted (what varchar)")

  @AfterEach
  fun drop() {
    assertThat(host.isTransactionActive).isFalse()
    assertThat(Context.isActive()).isFalse()
    direct("drop all objects")
  }

  private fun direct(sql: String) {
    dataSource.connection.use { it.createStatement().execute(sql) }
  }

  private fun write(what: String) {
    host.tx().createStatement().use { it.execute("insert into noted values ('$what')") }
  }

  private fun rows(): List<String> =
      dataSource.connection.use { connection ->
        connection.createStatement().executeQuery("select what from noted order by what").use {
          generateSequence { if (it.next()) it.getString(1) else null }.toList()
        }
      }

  @Test
  fun `a boundary works as it stands, with a result and without`() { // issue 13, point 5
    val one: Int = host.withTransaction { 1 }
    host.withTransaction { write("a") }
    val inferred = host.withTransaction { host.isTransactionActive }
    val nothing: String? = host.withTransaction { null }
    assertThat(one).isEqualTo(1)
    assertThat(inferred).isTrue()
    assertThat(nothing).isNull()
    assertThat(rows()).containsExactly("a")
  }

  @Test
  fun `a boundary of a propagation or options works as it stands`() {
    val nested: Boolean =
        host.withTransaction(TransactionOptions.defaults().name("outer")) {
          host.withTransaction(Propagation.NESTED) { host.currentTransaction().get().isNested }
        }
    assertThat(nested).isTrue()
    assertThat(host.withoutTransaction { host.isTransactionActive }).isFalse()
  }

  @Test
  fun `what the work throws leaves as it is, and nothing is kept`() {
    val failure = IOException("checked in Java")
    assertThatThrownBy {
          host.withTransaction {
            write("a")
            throw failure
          }
        }
        .isSameAs(failure)
    assertThat(rows()).isEmpty()
  }

  @Test
  fun `tasks in parallel are in the transaction`() {
    val sizes: List<Int> =
        host.withTransaction {
          host.inParallel(
              {
                write("a")
                1
              },
              {
                write("b")
                2
              },
          )
        }
    assertThat(sizes).containsExactly(1, 2)
    assertThat(rows()).containsExactly("a", "b")
    assertThat(host.anyInParallel({ "won" })).isEqualTo("won")
  }

  @Test
  fun `a coroutine on a dispatcher writes nothing under the default policy`() { // D13, issue 12
    val refused =
        host.withTransaction {
          write("inside")
          runBlocking(Dispatchers.IO) { catchThrowable { write("beside") } }
        }
    assertThat(refused).isInstanceOf(TransactionRequiredException::class.java)
    assertThat(rows()).containsExactly("inside")
  }

  @Test
  fun `with the element it has the context's values and is told that it is outside`() { // D6
    val key = contextKey<String>("user")
    val seen =
        inContext(ContextMode.NEW) {
          Context.current().set(key, "ann")
          host.withTransaction(TransactionOptions.defaults().name("outer")) {
            runBlocking(Dispatchers.IO + contextElement()) {
              val before = Context.current().require(key)
              val refused = catchThrowable { write("beside") }
              delay(1) // may go on on another thread
              val own: String = host.withTransaction { write("own").let { "kept" } }
              Context.current().set(key, "bob")
              listOf(before, refused, own, Context.current().require(key))
            }
          }
        }
    assertThat(seen[0]).isEqualTo("ann")
    assertThat(seen[1] as Throwable)
        .isInstanceOf(DetachedTransactionException::class.java)
        .hasMessageContaining("'outer'")
    assertThat(seen.subList(2, 4)).isEqualTo(listOf("kept", "bob"))
    assertThat(rows()).containsExactly("own")
  }

  @Test
  fun `nothing of a coroutine stays on the dispatcher's threads`() { // C7
    val key = contextKey<Int>("number")
    runBlocking {
      (1..200)
          .map { number ->
            inContext {
              Context.current().set(key, number)
              async(Dispatchers.IO + contextElement()) {
                delay(1)
                assertThat(Context.current().require(key)).isEqualTo(number)
                withContext(Dispatchers.Default) {
                  assertThat(Context.current().require(key)).isEqualTo(number)
                }
              }
            }
          }
          .awaitAll()
      (1..200)
          .map { async(Dispatchers.IO) { assertThat(Context.isActive()).isFalse() } }
          .awaitAll()
    }
  }

  @Test
  fun `on the boundary's own thread the element puts it outside and back`() {
    host.withTransaction {
      runBlocking(contextElement()) {
        assertThat(catchThrowable { write("beside") })
            .isInstanceOf(DetachedTransactionException::class.java)
      }
      write("inside")
    }
    assertThat(rows()).containsExactly("inside")
  }
}
