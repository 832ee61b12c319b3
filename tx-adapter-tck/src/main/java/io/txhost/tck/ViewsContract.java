package io.txhost.tck;

import static io.txhost.tck.Rows.insertOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.txhost.tck.AdapterUnderTest.HostView;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** All ways to use one host are one transaction. */
interface ViewsContract<T> extends ContractTest<T> {

  @Test // A23
  default void allViewsOfOneHostInOneBodyAreOneConnectionAndOneCommit() throws Exception {
    int count = underTest().viewsOfOneHost(recorder()).size();
    for (int i = 0; i < count; i++) {
      List<HostView> views = underTest().viewsOfOneHost(recorder());
      HostView boundary = views.get(i);
      run("delete from item");
      recorder().clear();

      boundary.host().withTransaction(() -> insertThroughEach(views));

      assertThat(recorder().connectionsTaken()).as(boundary.name()).isEqualTo(1);
      assertThat(recorder().transcript()).as(boundary.name()).isEqualTo(oneTransactionOf(views));
      assertThat(rows()).as(boundary.name()).hasSize(count);
    }
  }

  @Test // A23
  default void aFailureInAnyViewUndoesWhatAllViewsDid() throws Exception {
    List<HostView> views = underTest().viewsOfOneHost(recorder());
    for (HostView failing : views) {
      Throwable failure =
          catchThrowable(
              () ->
                  views
                      .get(0)
                      .host()
                      .withTransaction(
                          () -> {
                            insertThroughEach(views);
                            failing.runner().execute("insert into nowhere values (1)");
                          }));

      assertThat(failure).as(failing.name()).isNotNull();
      assertThat(rows()).as(failing.name()).isEmpty();
    }
  }

  private static void insertThroughEach(List<HostView> views) throws Exception {
    for (int i = 0; i < views.size(); i++) {
      views.get(i).runner().execute(insertOf(i + 1));
    }
  }

  private static List<String> oneTransactionOf(List<HostView> views) {
    List<String> expected = new ArrayList<>(List.of("BEGIN"));
    views.forEach(view -> expected.add("SQL"));
    expected.addAll(List.of("COMMIT", "CLOSE"));
    return expected;
  }
}
