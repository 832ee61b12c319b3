package io.txhost.kotlin

import io.txhost.TransactionHost
import io.txhost.Transactional
import java.sql.Connection
import java.util.UUID
import javax.sql.DataSource
import org.assertj.core.api.Assertions.assertThat
import org.assertj.core.api.Assertions.assertThatThrownBy
import org.h2.jdbcx.JdbcDataSource
import org.junit.jupiter.api.Test
import org.springframework.boot.WebApplicationType
import org.springframework.boot.autoconfigure.EnableAutoConfiguration
import org.springframework.boot.builder.SpringApplicationBuilder
import org.springframework.context.ConfigurableApplicationContext
import org.springframework.context.annotation.Bean
import org.springframework.context.annotation.Configuration
import org.springframework.stereotype.Service

/** The Spring Boot starter in Kotlin, compiled with the plugin kotlin-spring as Spring's own starters are. */
class SpringBootTest {

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    class Shop {
        @Bean
        fun database(): DataSource =
            JdbcDataSource().apply { setURL("jdbc:h2:mem:${UUID.randomUUID()};DB_CLOSE_DELAY=-1") }
    }

    /** Open by the plugin. */
    @Service
    class Orders(private val host: TransactionHost<Connection>) {
        @Transactional
        fun place(id: Int, fails: Boolean = false) {
            host.tx().createStatement().use { it.execute("insert into item values ($id)") }
            check(!fails) { "asked" }
        }
    }

    /** The plugin opens what has an annotation of Spring's, and this has none. */
    class Closed {
        @Transactional
        fun place() {}
    }

    open class HalfOpen {
        @Transactional
        fun place() {}
    }

    class Suspending {
        @Transactional
        suspend fun place() {}
    }

    @Test
    fun `an annotated function commits and rolls back`() {
        start(Orders::class.java).use { application ->
            val database = application.getBean(DataSource::class.java)
            database.connection.use { it.createStatement().execute("create table item (id int primary key)") }
            val orders = application.getBean(Orders::class.java)

            orders.place(1)
            assertThatThrownBy { orders.place(2, fails = true) }.hasMessage("asked")

            assertThat(items(database)).containsExactly(1)
        }
    }

    @Test
    fun `a class that is not open is refused and told how it is opened`() {
        assertThatThrownBy { start(Closed::class.java).close() }
            .hasStackTraceContaining("TXH-605")
            .hasStackTraceContaining("SpringBootTest.Closed is final")
            .hasStackTraceContaining("in Kotlin a class is final unless it is open")
            .hasStackTraceContaining("kotlin-spring")
    }

    @Test
    fun `a function that is not open is refused and told so`() {
        assertThatThrownBy { start(HalfOpen::class.java).close() }
            .hasStackTraceContaining("TXH-603")
            .hasStackTraceContaining("HalfOpen.place() is final")
            .hasStackTraceContaining("declare it open")
    }

    @Test
    fun `a suspending function is refused`() {
        assertThatThrownBy { start(Suspending::class.java).close() }
            .hasStackTraceContaining("TXH-607")
            .hasStackTraceContaining("suspends")
    }

    private fun start(vararg components: Class<*>): ConfigurableApplicationContext =
        SpringApplicationBuilder(Shop::class.java, *components)
            .web(WebApplicationType.NONE)
            .properties("spring.main.banner-mode=off")
            .run()

    private fun items(database: DataSource): List<Int> =
        database.connection.use { connection ->
            connection.createStatement().executeQuery("select id from item").use { rows ->
                generateSequence { if (rows.next()) rows.getInt(1) else null }.toList()
            }
        }
}
