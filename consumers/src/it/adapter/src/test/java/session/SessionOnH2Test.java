package session;

import io.txhost.tck.AdapterContract;
import io.txhost.test.Database;

class SessionOnH2Test extends AdapterContract<Session> {
  SessionOnH2Test() {
    super(new SessionUnderTest());
  }

  @Override
  protected Database openDatabase() {
    return Database.h2();
  }
}
