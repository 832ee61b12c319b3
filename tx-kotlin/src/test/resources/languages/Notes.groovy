import io.txhost.Propagation
import io.txhost.TransactionHost

/** As a Groovy application writes it: closures, no type arguments, no casts. */
def write = { TransactionHost host, String what ->
  host.tx().createStatement().withCloseable { it.execute("insert into noted values ('$what')") }
}

def one = host.inTransaction { write(host, 'groovy'); 1 }
def nested = host.inTransaction(Propagation.REQUIRED) {
  host.inTransaction(Propagation.NESTED) { host.currentTransaction().get().nested }
}
def outside = host.outsideTransaction { host.transactionActive }
try {
  host.inTransaction { write(host, 'undone'); throw new IOException('checked in Java') }
} catch (IOException expected) {
  assert expected.message == 'checked in Java'
}
[one, nested, outside]
