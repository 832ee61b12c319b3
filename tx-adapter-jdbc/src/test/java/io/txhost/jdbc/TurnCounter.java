package io.txhost.jdbc;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** A proxy on 127.0.0.1 that counts how often the talk turns from client to server. */
final class TurnCounter implements AutoCloseable {
  private final int serverPort;
  private final ServerSocket listener;
  private final ExecutorService pumps = Executors.newCachedThreadPool();
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final AtomicInteger turns = new AtomicInteger();

  private TurnCounter(int serverPort) throws IOException {
    this.serverPort = serverPort;
    this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  static TurnCounter before(int serverPort) throws IOException {
    TurnCounter counter = new TurnCounter(serverPort);
    counter.pumps.execute(counter::accept);
    return counter;
  }

  int port() {
    return listener.getLocalPort();
  }

  void reset() {
    turns.set(0);
  }

  int turns() {
    return turns.get();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
        sockets.add(client);
        sockets.add(server);
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
        AtomicBoolean serverSpoke = new AtomicBoolean(true);
        pumps.execute(
            () ->
                pump(
                    client,
                    server,
                    () -> {
                      if (serverSpoke.getAndSet(false)) {
                        turns.incrementAndGet();
                      }
                    }));
        pumps.execute(() -> pump(server, client, () -> serverSpoke.set(true)));
      } catch (IOException e) {
        if (!listener.isClosed()) {
          throw new IllegalStateException(e);
        }
      }
    }
  }

  /** The note is taken before the bytes go on: whoever has them can rely on it. */
  private static void pump(Socket from, Socket to, Runnable note) {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[8192];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        note.run();
        out.write(buffer, 0, read);
        out.flush();
      }
    } catch (IOException e) {
      // one side hung up, so the other is hung up too
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : sockets) {
      socket.close();
    }
    pumps.shutdown();
  }
}
