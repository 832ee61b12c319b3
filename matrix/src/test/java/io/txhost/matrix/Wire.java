package io.txhost.matrix;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The statements among the bytes that a client sent, in their order; from a message's start on. */
enum Wire {
  /** A type, the length of itself and what follows, the content. */
  POSTGRESQL {
    @Override
    List<String> statements(byte[] sent) {
      List<String> statements = new ArrayList<>();
      ByteBuffer bytes = ByteBuffer.wrap(sent);
      while (bytes.hasRemaining()) {
        char type = (char) bytes.get();
        byte[] content = new byte[bytes.getInt() - Integer.BYTES];
        bytes.get(content);
        if (type == 'Q') {
          statements.add(textAt(content, 0));
        } else if (type == 'P') { // the statement's own name comes first
          statements.add(textAt(content, textAt(content, 0).length() + 1));
        }
      }
      return statements;
    }
  },
  /** The content's length in three bytes, low one first, a number, the content. */
  MARIADB {
    private static final int QUERY = 3;

    @Override
    List<String> statements(byte[] sent) {
      List<String> statements = new ArrayList<>();
      ByteBuffer bytes = ByteBuffer.wrap(sent);
      while (bytes.hasRemaining()) {
        int length = (bytes.get() & 0xff) | (bytes.get() & 0xff) << 8 | (bytes.get() & 0xff) << 16;
        bytes.get();
        byte[] content = new byte[length];
        bytes.get(content);
        if (length > 0 && content[0] == QUERY) {
          statements.add(new String(content, 1, length - 1, StandardCharsets.UTF_8));
        }
      }
      return statements;
    }
  };

  abstract List<String> statements(byte[] sent);

  private static String textAt(byte[] content, int start) {
    int end = start;
    while (content[end] != 0) {
      end++;
    }
    return new String(content, start, end - start, StandardCharsets.UTF_8);
  }
}
