package io.txhost.tck;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Stands on 127.0.0.1 before a server, and shows what a round trip is worth: counts how often the
 * talk turns from client to server, keeps what was sent, cuts a connection at any byte, and
 * swallows what is said as a network does that has gone dead.
 *
 * <p>Count and look while no client is in a call: what is on its way may or may not be in.
 *
 * <p><b>Threads:</b> safe for use by many; what it counts is of all connections together.
 */
public final class LoopbackProxy implements AutoCloseable {
  private final int serverPort;
  private final ServerSocket listener;
  private final ExecutorService pumps = Executors.newCachedThreadPool();
  private final Set<Link> links = ConcurrentHashMap.newKeySet();

  private final ReentrantLock lock = new ReentrantLock(); // guards what follows
  private final List<ByteArrayOutputStream> turns = new ArrayList<>();
  private long sent;
  private long answered;
  private @Nullable Cut cut;

  private volatile boolean swallows;

  private LoopbackProxy(int serverPort) throws IOException {
    this.serverPort = serverPort;
    this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  /**
   * Starts one, on a free port.
   *
   * @param serverPort where on 127.0.0.1 the server listens
   * @throws IOException if no port can be had
   */
  public static LoopbackProxy before(int serverPort) throws IOException {
    LoopbackProxy proxy = new LoopbackProxy(serverPort);
    proxy.pumps.execute(proxy::accept);
    return proxy;
  }

  /** Where clients connect to. */
  public int port() {
    return listener.getLocalPort();
  }

  /** Counts from nothing again, and forgets what was sent. */
  public void reset() {
    lock.lock();
    try {
      turns.clear();
      sent = 0;
      answered = 0;
    } finally {
      lock.unlock();
    }
  }

  /** How often a client spoke after the server had, since {@link #reset}. */
  public int turns() {
    return said().size();
  }

  /** What clients said since {@link #reset}, turn by turn. */
  public List<byte[]> said() {
    lock.lock();
    try {
      return turns.stream().map(ByteArrayOutputStream::toByteArray).toList();
    } finally {
      lock.unlock();
    }
  }

  /** How many bytes clients sent since {@link #reset}. */
  public long sent() {
    lock.lock();
    try {
      return sent;
    } finally {
      lock.unlock();
    }
  }

  /** How many bytes the server sent since {@link #reset}. */
  public long answered() {
    lock.lock();
    try {
      return answered;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Lets so many more bytes of the clients pass, then cuts the connection that sent them. Once; a
   * later call replaces it.
   *
   * @param bytes 0 to cut before the next one passes
   */
  public void cutAfterSending(long bytes) {
    arm(new Cut(Side.CLIENT, bytes));
  }

  /** Likewise for the bytes of the server. */
  public void cutAfterAnswering(long bytes) {
    arm(new Cut(Side.SERVER, bytes));
  }

  private void arm(@Nullable Cut armed) {
    lock.lock();
    try {
      cut = armed;
    } finally {
      lock.unlock();
    }
  }

  /** Calls off a cut that has not happened. */
  public void spare() {
    arm(null);
  }

  /** Cuts every connection there is, now. */
  public void cutAll() {
    links.forEach(Link::sever);
  }

  /**
   * Swallows every byte from now on, on the connections there are and on those to come: nobody is
   * answered, and nobody is hung up on.
   */
  public void swallow() {
    swallows = true;
    links.forEach(link -> link.isDead = true);
  }

  /** Lets connections to come pass again. Those that were swallowed from stay dead. */
  public void passAgain() {
    swallows = false;
  }

  /** Takes no more connections, as a server does that is down. Those there are go on. */
  public void refuse() throws IOException {
    listener.close();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        if (listener.isClosed()) { // it came while that was being closed
          client.close();
          return;
        }
        Link link = new Link(client, new Socket(InetAddress.getLoopbackAddress(), serverPort));
        links.add(link);
        if (swallows) { // looked at once swallow() would find the link
          link.isDead = true;
        }
        pumps.execute(() -> link.pump(Side.CLIENT));
        pumps.execute(() -> link.pump(Side.SERVER));
      } catch (IOException e) {
        if (!listener.isClosed()) {
          throw new IllegalStateException("The server behind the proxy cannot be reached", e);
        }
      }
    }
  }

  /**
   * Notes what came, before it goes on: whoever has it can rely on the count.
   *
   * @return how much of it may pass
   */
  private int note(Link link, Side from, byte[] bytes, int length) {
    lock.lock();
    try {
      if (from == Side.CLIENT) {
        if (!link.isClientsTurn || turns.isEmpty()) {
          turns.add(new ByteArrayOutputStream());
        }
        turns.get(turns.size() - 1).write(bytes, 0, length);
        sent += length;
      } else {
        answered += length;
      }
      link.isClientsTurn = from == Side.CLIENT;
      Cut armed = cut;
      if (armed == null || armed.side != from) {
        return length;
      }
      int passing = (int) Math.min(length, armed.left);
      armed.left -= passing;
      if (armed.left == 0) {
        cut = null;
        link.isSevered = true; // before the last bytes go on: no answer to them may pass
      }
      return passing;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Link link : links) {
      link.close();
    }
    pumps.shutdown();
  }

  private enum Side {
    CLIENT,
    SERVER
  }

  private static final class Cut {
    private final Side side;
    private long left;

    Cut(Side side, long left) {
      this.side = side;
      this.left = left;
    }
  }

  /** One client's connection, and the one to the server for it. */
  private final class Link {
    private final Socket client;
    private final Socket server;

    // asked for before anything passes: a socket that was severed has no stream to give
    private final Stream fromClient;
    private final Stream fromServer;

    private boolean isClientsTurn; // guarded by lock
    private volatile boolean isSevered;
    private volatile boolean isDead;

    Link(Socket client, Socket server) throws IOException {
      this.client = client;
      this.server = server;
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
      this.fromClient = new Stream(client.getInputStream(), server.getOutputStream());
      this.fromServer = new Stream(server.getInputStream(), client.getOutputStream());
    }

    private record Stream(InputStream in, OutputStream out) {}

    void pump(Side from) {
      try {
        pass(from, from == Side.CLIENT ? fromClient : fromServer);
      } catch (IOException e) {
        // one side hung up, so the other is hung up too
      } finally {
        hangUp(client);
        hangUp(server);
        links.remove(this);
      }
    }

    private void pass(Side from, Stream stream) throws IOException {
      byte[] buffer = new byte[8192];
      for (int read = stream.in.read(buffer); read >= 0; read = stream.in.read(buffer)) {
        if (isDead) {
          continue;
        }
        if (!isSevered) { // else read on, and drop: a close with bytes unread resets the other end
          stream.out.write(buffer, 0, note(this, from, buffer, read));
          stream.out.flush();
          if (isSevered) {
            sever();
          }
        }
      }
    }

    private void hangUp(Socket socket) {
      try {
        socket.close();
      } catch (IOException e) {
        // it is gone
      }
    }

    /** Both ends see the end of what has passed, and lose none of it. */
    void sever() {
      isSevered = true;
      shutDown(client);
      shutDown(server);
    }

    private void shutDown(Socket socket) {
      try {
        socket.shutdownOutput();
      } catch (IOException e) {
        // it has hung up itself
      }
    }

    void close() throws IOException {
      client.close();
      server.close();
    }
  }
}
