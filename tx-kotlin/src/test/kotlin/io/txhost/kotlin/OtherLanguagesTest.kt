package io.txhost.kotlin

import groovy.lang.Binding
import groovy.lang.GroovyShell
import io.txhost.TransactionHost
import io.txhost.jdbc.JdbcAdapter
import java.io.InputStreamReader
import java.net.URLClassLoader
import java.nio.file.Path
import java.sql.Connection
import java.util.concurrent.TimeUnit
import org.assertj.core.api.Assertions.assertThat
import org.h2.jdbcx.JdbcDataSource
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.BeforeEach
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout
import org.junit.jupiter.api.io.TempDir

/** Programs as Groovy and Scala applications write them, compiled by their compilers and run. */
@Timeout(180, unit = TimeUnit.SECONDS)
class OtherLanguagesTest {
  private val dataSource =
      JdbcDataSource().apply { setURL("jdbc:h2:mem:languages;DB_CLOSE_DELAY=-1") }
  private val host: TransactionHost<Connection> =
      TransactionHost.create(JdbcAdapter.over(dataSource))

  @BeforeEach
  fun table() = direct("create table noted (what varchar)")

  @AfterEach
  fun drop() = direct("drop all objects")

  private fun direct(sql: String) {
    dataSource.connection.use { it.createStatement().execute(sql) }
  }

  private fun rows(): List<String> =
      dataSource.connection.use { connection ->
        connection.createStatement().executeQuery("select what from noted order by what").use {
          generateSequence { if (it.next()) it.getString(1) else null }.toList()
        }
      }

  private fun program(name: String): java.net.URL =
      checkNotNull(javaClass.getResource("/languages/$name"))

  @Test
  fun `in Groovy a closure is a boundary's work as it stands`() { // issue 13, point 5
    val said =
        InputStreamReader(program("Notes.groovy").openStream()).use {
          GroovyShell(Binding(mapOf("host" to host))).evaluate(it, "Notes.groovy")
        }
    assertThat(said).isEqualTo(listOf(1, true, false))
    assertThat(rows()).containsExactly("groovy")
  }

  @Test
  fun `in Scala a function literal is a boundary's work as it stands`(@TempDir classes: Path) {
    val reporter =
        dotty.tools.dotc.Main.process(
            arrayOf(
                "-classpath",
                System.getProperty("java.class.path"),
                "-d",
                classes.toString(),
                Path.of(program("Notes.scala").toURI()).toString(),
            )
        )
    assertThat(reporter.hasErrors()).isFalse()
    URLClassLoader(arrayOf(classes.toUri().toURL()), javaClass.classLoader).use { loader ->
      val said =
          loader
              .loadClass("Notes")
              .getMethod("run", TransactionHost::class.java)
              .invoke(null, host)
      assertThat(said).isEqualTo(listOf(1, true, false))
    }
    assertThat(rows()).containsExactly("scala", "unit")
  }
}
