// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.http;

/**
 * Something to GET. <i>Thread-safe.</i>
 *
 * @see HttpServer#listen
 */
@FunctionalInterface
public interface Page {

  /**
   * An answer.
   *
   * @param status of HTTP, 200 for instance
   * @param contentType media type of the body
   */
  record Answer(int status, String contentType, String body) {

    /** A line of text. */
    public static Answer text(int status, String line) {
      return new Answer(status, "text/plain; charset=utf-8", line + "\n");
    }
  }

  /**
   * Makes the page, within milliseconds.
   *
   * @param accept the request's {@code Accept} header; empty without one
   */
  Answer get(String accept);
}
