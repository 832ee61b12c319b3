package io.txhost.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Before a server that answers every byte by the same one twice. */
@Timeout(30)
class LoopbackProxyTest {
  private ServerSocket server;
  private LoopbackProxy proxy;
  private Socket client;
  private final BlockingQueue<String> received = new LinkedBlockingQueue<>();

  @BeforeEach
  void open() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread answering = new Thread(this::answer, "answering");
    answering.setDaemon(true);
    answering.start();
    proxy = LoopbackProxy.before(server.getLocalPort());
    client = connect();
  }

  private Socket connect() throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), proxy.port());
  }

  private void answer() {
    while (!server.isClosed()) {
      try (Socket asked = server.accept()) {
        StringBuilder all = new StringBuilder();
        for (int b = asked.getInputStream().read(); b >= 0; b = asked.getInputStream().read()) {
          all.append((char) b);
          asked.getOutputStream().write(new byte[] {(byte) b, (byte) b});
        }
        received.add(all.toString());
      } catch (IOException e) {
        // the proxy or the test hung up
      }
    }
  }

  @AfterEach
  void close() throws IOException {
    client.close();
    proxy.close();
    server.close();
  }

  private String say(String words) throws IOException {
    client.getOutputStream().write(bytes(words));
    return read(client, 2 * words.length());
  }

  private static byte[] bytes(String words) {
    return words.getBytes(StandardCharsets.US_ASCII);
  }

  /** As many characters, or fewer if the connection ends before. */
  private static String read(Socket from, int atMost) throws IOException {
    InputStream in = from.getInputStream();
    return new String(in.readNBytes(atMost), StandardCharsets.US_ASCII);
  }

  @Test
  void whatIsSaidArrivesAndIsKept() throws IOException {
    assertThat(say("ab")).isEqualTo("aabb");

    assertThat(proxy.said()).containsExactly(bytes("ab"));
    assertThat(proxy.sent()).isEqualTo(2);
    assertThat(proxy.answered()).isEqualTo(4);
  }

  @Test
  void aTurnIsCountedWhereTheClientSpeaksAfterTheServer() throws IOException {
    say("a");
    say("bcd");
    assertThat(proxy.turns()).isEqualTo(2);
    assertThat(proxy.said()).containsExactly(bytes("a"), bytes("bcd"));

    proxy.reset();
    assertThat(proxy.turns()).isZero();
    say("e");
    assertThat(proxy.turns()).isEqualTo(1);
    assertThat(proxy.said()).containsExactly(bytes("e"));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void aCutLetsSoManyBytesOfTheClientPass(int bytes) throws Exception {
    proxy.cutAfterSending(bytes);
    client.getOutputStream().write(bytes("abc"));

    assertThat(client.getInputStream().read()).as("nothing more is answered").isEqualTo(-1);
    assertThat(received.poll(10, TimeUnit.SECONDS)).isEqualTo("abc".substring(0, bytes));
  }

  @Test
  void whatPassedBeforeACutReachesTheServerHoweverSoonTheCutComes() throws Exception {
    client.close();
    assertThat(received.poll(10, TimeUnit.SECONDS)).isEmpty();
    for (int i = 0; i < 300; i++) {
      proxy.cutAfterSending(3);
      try (Socket soon = connect()) {
        soon.getOutputStream().write(bytes("abc"));
        assertThat(soon.getInputStream().read()).isEqualTo(-1);
        assertThat(received.poll(10, TimeUnit.SECONDS)).as("connection %d", i).isEqualTo("abc");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4})
  void aCutLetsSoManyBytesOfTheServerPassAndThoseArrive(int bytes) throws IOException {
    proxy.cutAfterAnswering(bytes);
    client.getOutputStream().write(bytes("ab"));

    assertThat(read(client, 5)).isEqualTo("aabb".substring(0, bytes));
  }

  @Test
  void aCutHitsOneConnectionAndTheNextIsNew() throws IOException {
    proxy.cutAfterSending(0);
    client.getOutputStream().write('a');
    assertThat(client.getInputStream().read()).isEqualTo(-1);
    client.close();

    client = connect();

    assertThat(say("b")).isEqualTo("bb");
  }

  @Test
  void aCutThatWasCalledOffDoesNotHappen() throws IOException {
    proxy.cutAfterSending(0);
    proxy.spare();

    assertThat(say("a")).isEqualTo("aa");
  }

  @Test
  void allAreCutAtOnce() throws IOException {
    say("a");

    proxy.cutAll();

    assertThat(client.getInputStream().read()).isEqualTo(-1);
  }

  @Test
  void whatIsSwallowedIsNeitherAnsweredNorHungUpOn() throws Exception {
    client.getOutputStream().write('a');
    assertThat(client.getInputStream().readNBytes(2)).containsExactly('a', 'a');
    proxy.swallow();

    assertSwallows(client);
    try (Socket later = connect()) {
      assertSwallows(later);

      proxy.passAgain();

      assertSwallows(client);
      assertSwallows(later);
    }
    client.close(); // the server serves one after another
    try (Socket afterwards = connect()) {
      afterwards.setSoTimeout(20_000);
      afterwards.getOutputStream().write('b');
      assertThat(afterwards.getInputStream().readNBytes(2)).containsExactly('b', 'b');
    }
  }

  private static void assertSwallows(Socket socket) throws IOException {
    socket.getOutputStream().write('x');
    socket.setSoTimeout(100);
    assertThatThrownBy(() -> socket.getInputStream().read())
        .isInstanceOf(SocketTimeoutException.class);
  }
}
