// SPDX-License-Identifier: Apache-2.0
package dev.continuo.audio;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Iterator;
import org.gagravarr.ogg.OggPacket;
import org.gagravarr.ogg.OggPacketData;
import org.gagravarr.ogg.OggPage;
import org.jspecify.annotations.Nullable;

/**
 * Packets of the first logical stream in an Ogg file (RFC 3533), over vorbis-java's pages: strict,
 * where that library's own packet reader skips damage with a word on standard error.
 *
 * <p><i>Serialised by the caller.</i>
 */
final class OggPackets implements Closeable {
  private static final byte[] CAPTURE = {'O', 'g', 'g', 'S'};
  private static final int END_OF_STREAM = 4;
  private static final int FLAGS_AT = 5;

  /** Far above what Opus needs (61 KB); a bound for packets that go on from page to page. */
  private static final int LONGEST_PACKET_BYTES = 1 << 20;

  private final InputStream in;
  private final String name;
  private @Nullable Iterator<OggPacketData> onPage;
  private @Nullable OggPacketData unfinished;
  private @Nullable Page page;
  private long previousGranule;
  private boolean startsPage;

  OggPackets(InputStream in, String name) {
    this.in = in;
    this.name = name;
  }

  /**
   * The next packet, or null at the end.
   *
   * @throws AudioFormatException if a page is damaged, missing or cut
   */
  byte @Nullable [] next() throws IOException {
    boolean fresh = false;
    while (true) {
      while (onPage != null && onPage.hasNext()) {
        OggPacketData data = onPage.next();
        if (data instanceof OggPacket) {
          startsPage = fresh;
          return data.getData();
        }
        unfinished = data;
        if (data.getData().length > LONGEST_PACKET_BYTES) {
          throw damaged("has a packet longer than " + LONGEST_PACKET_BYTES + " bytes", null);
        }
      }
      Page next = lastPage() ? null : readPage();
      if (next == null) {
        return null;
      }
      if (page != null) {
        previousGranule = Math.max(previousGranule, page.getGranulePosition());
      }
      onPage = unfinished == null ? next.getPacketIterator() : next.getPacketIterator(unfinished);
      unfinished = null;
      page = next;
      fresh = true;
    }
  }

  /** Whether the last packet returned was the first to end on its page. */
  boolean startsPage() {
    return startsPage;
  }

  /** Granule position of the last packet's page. */
  long granule() {
    return page == null ? 0 : page.getGranulePosition();
  }

  /** Granule position of the pages before it. */
  long previousGranule() {
    return previousGranule;
  }

  /** Whether the last packet's page is the stream's last. */
  boolean lastPage() {
    return page != null && (page.flags & END_OF_STREAM) != 0;
  }

  /** The next page of this stream; null where the file ends between pages. */
  private @Nullable Page readPage() throws IOException {
    byte[] capture = in.readNBytes(CAPTURE.length);
    if (capture.length == 0 && page != null && unfinished == null) {
      return null; // without a last page: a stream that was stopped
    }
    if (!java.util.Arrays.equals(capture, CAPTURE)) {
      throw damaged(capture.length < CAPTURE.length ? "is cut between pages" : "is damaged", null);
    }
    Page read;
    try {
      read = new Page(new FlagsTap(in));
    } catch (EOFException e) {
      throw damaged("is cut within a page", e);
    } catch (RuntimeException e) {
      throw damaged("has a damaged page", e);
    }
    if (!read.isChecksumValid()) {
      throw damaged("has a page with a wrong checksum", null);
    }
    if (page != null
        && (read.getSid() != page.getSid()
            || read.getSequenceNumber() != page.getSequenceNumber() + 1)) {
      throw damaged("has a page out of order or of another stream", null);
    }
    if (read.isContinuation() != (unfinished != null)) {
      throw damaged("has a page out of order", null);
    }
    return read;
  }

  private AudioFormatException damaged(String problem, @Nullable Exception cause) {
    return cause == null
        ? new AudioFormatException(name, problem, "one whole Ogg Opus stream")
        : new AudioFormatException(name, problem, "one whole Ogg Opus stream", cause);
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  /** A page with its flags, which the library keeps to itself. <i>Immutable.</i> */
  private static final class Page extends OggPage {
    private final int flags;

    Page(FlagsTap in) throws IOException {
      super(in);
      this.flags = in.flags;
    }
  }

  /** Notes the byte with the flags as it passes. <i>Serialised by the caller.</i> */
  private static final class FlagsTap extends InputStream {
    private final InputStream in;
    private int at = CAPTURE.length;
    private int flags;

    FlagsTap(InputStream in) {
      this.in = in;
    }

    @Override
    public int read() throws IOException {
      int b = in.read();
      if (at++ == FLAGS_AT) {
        flags = b;
      }
      return b;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int n = in.read(bytes, offset, length);
      at += Math.max(0, n);
      return n;
    }
  }
}
