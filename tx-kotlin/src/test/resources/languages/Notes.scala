import io.txhost.{Propagation, TransactionHost}
import java.io.IOException
import java.sql.Connection

/** As a Scala application writes it: function literals, no type arguments, no casts. */
object Notes:
  private def write(host: TransactionHost[Connection], what: String): Unit =
    val statement = host.tx().createStatement()
    try statement.execute(s"insert into noted values ('$what')")
    finally statement.close()

  def run(host: TransactionHost[Connection]): java.util.List[AnyRef] =
    val one: Int = host.withTransaction(() => { write(host, "scala"); 1 })
    host.withTransaction(() => write(host, "unit"))
    val nested: Boolean = host.withTransaction(() =>
      host.withTransaction(Propagation.NESTED, () => host.currentTransaction().get().isNested))
    val outside: Boolean = host.withoutTransaction(() => host.isTransactionActive)
    try host.withTransaction(() => { write(host, "undone"); throw IOException("checked in Java") })
    catch case expected: IOException => assert(expected.getMessage == "checked in Java")
    java.util.List.of(Integer.valueOf(one), java.lang.Boolean.valueOf(nested), java.lang.Boolean.valueOf(outside))
