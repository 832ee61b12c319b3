package io.txhost.matrix;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a client had executed, read from what it sent on one connection since that began: one entry
 * a turn, its statements joined by {@code "; "}.
 */
enum Wire {
  /** A type, the length of itself and what follows, the content. */
  POSTGRESQL {
    @Override
    List<String> turns(List<byte[]> said) {
      Map<String, String> prepared = new HashMap<>();
      return said.stream().map(turn -> String.join("; ", executed(turn, prepared))).toList();
    }
  },
  /** The content's length in three bytes, low one first, a number, the content. */
  MARIADB {
    @Override
    List<String> turns(List<byte[]> said) {
      return said.stream().map(turn -> String.join("; ", queries(turn))).toList();
    }
  };

  private static final int MARIADB_QUERY = 3;

  abstract List<String> turns(List<byte[]> said);

  private static List<String> executed(byte[] turn, Map<String, String> prepared) {
    List<String> statements = new ArrayList<>();
    ByteBuffer bytes = ByteBuffer.wrap(turn);
    while (bytes.hasRemaining()) {
      // only what opens a connection has no type; its length begins with a zero
      char type = bytes.get(bytes.position()) == 0 ? ' ' : (char) bytes.get();
      byte[] content = new byte[bytes.getInt() - Integer.BYTES];
      bytes.get(content);
      switch (type) {
        case 'Q' -> statements.add(text(content, 0));
        case 'P' -> prepared.put(text(content, 0), text(content, 1));
        case 'B' -> statements.add(prepared.get(text(content, 1)));
        default -> {}
      }
    }
    return statements;
  }

  /** The text of this index, where each ends with a zero. */
  private static String text(byte[] content, int index) {
    return new String(content, StandardCharsets.UTF_8).split("\0", -1)[index];
  }

  private static List<String> queries(byte[] turn) {
    List<String> statements = new ArrayList<>();
    ByteBuffer bytes = ByteBuffer.wrap(turn);
    while (bytes.hasRemaining()) {
      int length = (bytes.get() & 0xff) | (bytes.get() & 0xff) << 8 | (bytes.get() & 0xff) << 16;
      bytes.get();
      byte[] content = new byte[length];
      bytes.get(content);
      if (length > 0 && content[0] == MARIADB_QUERY) {
        statements.add(new String(content, 1, length - 1, StandardCharsets.UTF_8));
      }
    }
    return statements;
  }
}
